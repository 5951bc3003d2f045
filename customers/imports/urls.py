from django.urls import path

from customers.imports import column_views, import_views, upload_views

urlpatterns = [
    path("guests/import/", upload_views.imports, name="imports"),
    path(
        "guests/import/<uuid:import_uuid>/",
        import_views.import_detail,
        name="import_detail",
    ),
    path(
        "guests/import/<uuid:import_uuid>/columns/",
        column_views.import_columns,
        name="import_columns",
    ),
    path(
        "guests/import/<uuid:import_uuid>/problems/",
        import_views.import_problems,
        name="import_problems",
    ),
    path(
        "guests/import/<uuid:import_uuid>/read/",
        import_views.import_read,
        name="import_read",
    ),
    path(
        "guests/import/<uuid:import_uuid>/stop/",
        import_views.import_stop,
        name="import_stop",
    ),
    path(
        "guests/import/<uuid:import_uuid>/bring-in/",
        import_views.import_commit,
        name="import_commit",
    ),
    path(
        "guests/import/<uuid:import_uuid>/take-back/",
        import_views.import_revert,
        name="import_revert",
    ),
    path(
        "guests/import/<uuid:import_uuid>/discard/",
        import_views.import_discard,
        name="import_discard",
    ),
    path(
        "guests/import/<uuid:import_uuid>/left-out/",
        import_views.import_rejected,
        name="import_rejected",
    ),
]

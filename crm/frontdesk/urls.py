from django.urls import path

from crm.frontdesk import guest_page, moves, views

app_name = "frontdesk"

urlpatterns = [
    path("", views.front_door, name="front_door"),
    path("today/", views.today, name="today"),
    path("today/changes/", views.today_changes, name="today_changes"),
    path("guests/<uuid:guest_uuid>/", guest_page.guest_detail, name="guest_detail"),
    path("guests/<uuid:guest_uuid>/timeline/", guest_page.timeline, name="timeline"),
    path("visits/<uuid:visit_uuid>/arrive/", moves.visit_arrive, name="visit_arrive"),
    path("visits/<uuid:visit_uuid>/depart/", moves.visit_depart, name="visit_depart"),
    path(
        "visits/<uuid:visit_uuid>/no-show/", moves.visit_no_show, name="visit_no_show"
    ),
    path("visits/<uuid:visit_uuid>/cancel/", moves.visit_cancel, name="visit_cancel"),
    path("visits/<uuid:visit_uuid>/undo/", moves.visit_undo, name="visit_undo"),
]

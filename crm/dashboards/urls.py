from django.urls import path

from crm.dashboards import promise_views, views, visit_views

app_name = "dashboards"

urlpatterns = [
    path("", views.return_overview, name="return"),
    path("coming-again/", visit_views.coming_again, name="coming_again"),
    path("promises/", promise_views.promises, name="promises"),
    path("going-together/", visit_views.going_together, name="going_together"),
]

from django.urls import path

from outreach.campaigns import views

urlpatterns = [
    path("", views.campaign_list, name="campaign_list"),
    path("new/", views.campaign_create, name="campaign_create"),
    path("<uuid:campaign_uuid>/", views.campaign_detail, name="campaign_detail"),
    path("<uuid:campaign_uuid>/edit/", views.campaign_edit, name="campaign_edit"),
    path("<uuid:campaign_uuid>/start/", views.campaign_start, name="campaign_start"),
    path(
        "<uuid:campaign_uuid>/progress/",
        views.campaign_progress,
        name="campaign_progress",
    ),
    path("<uuid:campaign_uuid>/act/", views.campaign_act, name="campaign_act"),
]

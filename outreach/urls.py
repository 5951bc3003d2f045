from django.urls import include, path

from outreach import template_views, views
from outreach.deciding import budget_pages, forecast_pages
from outreach.effect import pages as effect_pages
from outreach.outbox import views as outbox
from outreach.preferences import stopped_pages as stopped

app_name = "outreach"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("automations/", include("outreach.automations.urls")),
    path(
        "templates/<uuid:template_uuid>/",
        template_views.template_edit,
        name="template_edit",
    ),
    path(
        "templates/<uuid:template_uuid>/preview/",
        template_views.template_preview,
        name="template_preview",
    ),
    path(
        "templates/<uuid:template_uuid>/test/",
        template_views.template_test,
        name="template_test",
    ),
    path("budget/", budget_pages.budget, name="budget"),
    path("effect/", effect_pages.effect, name="effect"),
    path("campaigns/", include("outreach.campaigns.urls")),
    path("forecast/", forecast_pages.forecast_page, name="forecast"),
    path("health/", outbox.health, name="health"),
    path("sending/", include("outreach.accounts.urls")),
    path("stopped/", stopped.stopped_list, name="stopped"),
    path("stopped/new/", stopped.stopped_new, name="stopped_new"),
    path(
        "stopped/<int:suppression_id>/open/",
        stopped.stopped_open,
        name="stopped_open",
    ),
    path("messages/", outbox.message_list, name="message_list"),
    path(
        "messages/<uuid:message_uuid>/",
        outbox.message_detail,
        name="message_detail",
    ),
    path(
        "messages/<uuid:message_uuid>/letter/",
        outbox.message_letter,
        name="message_letter",
    ),
    path(
        "messages/<uuid:message_uuid>/send-again/",
        outbox.message_send_again,
        name="message_send_again",
    ),
]

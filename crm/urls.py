"""Where every URL begins. Public first segments are reserved slugs, see tenancy.slugs."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from crm.core import health

handler404 = "customers.people.gone.not_found"
handler500 = "crm.core.outages.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/", health.healthz, name="healthz"),
    path("readyz/", health.readyz, name="readyz"),
    path("accounts/", include("crm.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("crm.tenancy.public_urls")),
    path("s/", include("surveys.public_urls")),
    path("", include("customers.sign_up.public_urls")),
    path("d/", include("customers.quality.public_urls")),
    path("", include("outreach.preferences.urls")),
    path("hooks/", include("outreach.events.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("", include("crm.devtools.urls")))

# /<business>/ comes last: everything above is a reserved slug.
urlpatterns += [
    path("<slug:slug>/", include("crm.frontdesk.urls")),
    path("<slug:slug>/", include("customers.urls")),
    path("<slug:slug>/answers/", include("surveys.urls")),
    path("<slug:slug>/outreach/", include("outreach.urls")),
    path("<slug:slug>/loyalty/", include("loyalty.urls")),
    path("<slug:slug>/return/", include("crm.dashboards.urls")),
    path("<slug:slug>/settings/", include("crm.tenancy.urls")),
    path("<slug:slug>/log/", include("crm.audit.urls")),
    path("<slug:slug>/jobs/", include("crm.jobs.urls")),
    path("<slug:slug>/files/", include("crm.files.urls")),
]

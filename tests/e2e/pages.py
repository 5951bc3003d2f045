"""Which pages the walks look at, as whom."""

OWNER = "owner@solvik.example"

MISSING_PAGE = "/solvik/nothing-here/"

# Pages that need no id. Those that do are found by following the first link that fits.
STAFF_PAGES = [
    "/solvik/today/",
    "/solvik/guests/",
    "/solvik/guests/?q=nora",
    "/solvik/guests/?q=zzzzzz",
    "/solvik/guests/?vip=on&visits=2",
    "/solvik/guests/?vip=on&country=IS&reach=none",
    "/solvik/guests/export/?vip=on",
    "/solvik/guests/new/",
    "/solvik/guests/quality/",
    "/solvik/guests/quality/questions/",
    "/solvik/guests/?amiss=old_wishes",
    "/solvik/guests/sign-up/",
    "/solvik/guests/sign-up/words/?about=marketing",
    "/solvik/guests/import/",
    "/solvik/guests/duplicates/",
    "/solvik/guests/duplicates/rules/",
    "/solvik/companies/",
    "/solvik/companies/?q=zzzzzz",
    "/solvik/answers/",
    "/solvik/outreach/",
    "/solvik/outreach/messages/",
    "/solvik/outreach/health/",
    "/solvik/loyalty/",
    "/solvik/return/",
    "/solvik/return/promises/",
    "/solvik/return/coming-again/",
    "/solvik/return/going-together/",
    "/solvik/visits/",
    "/solvik/visits/?state=no_show&spend=99999999",
    "/solvik/visits/export/",
    "/solvik/visits/new/",
    "/solvik/settings/",
    "/solvik/settings/wishes/",
    "/solvik/settings/checklist/",
    "/solvik/settings/tags/",
    "/solvik/settings/fields/",
    "/solvik/log/",
    "/solvik/log/?action=viewed&kind=customers.guest",
    "/accounts/profile/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/style/",
    "/mailbox/",
    MISSING_PAGE,
]
PUBLIC_PAGES = ["/accounts/login/", "/accounts/password/reset/"]

# From a page, the link that leads to a page with an id in its address.
LINKED_PAGES = [
    ("/solvik/guests/", r"/solvik/guests/[0-9a-f-]{36}/$"),
    ("/solvik/guests/import/", r"/solvik/guests/import/[0-9a-f-]{36}/$"),
    ("/solvik/guests/sign-up/", r"/solvik/guests/sign-up/[0-9a-f-]{36}/$"),
    ("/solvik/guests/sign-up/", r"/solvik/guests/sign-up/[0-9a-f-]{36}/poster/$"),
    ("/solvik/guests/sign-up/", r"/join/[\w-]+/$"),
    ("/solvik/settings/tags/", r"/solvik/settings/tags/[0-9a-f-]{36}/$"),
    ("/solvik/companies/", r"/solvik/companies/[0-9a-f-]{36}/$"),
    ("/solvik/outreach/", r"/solvik/outreach/automations/[0-9a-f-]{36}/$"),
    ("/solvik/outreach/", r"/solvik/outreach/templates/[0-9a-f-]{36}/$"),
    ("/solvik/outreach/messages/", r"/solvik/outreach/messages/[0-9a-f-]{36}/$"),
]

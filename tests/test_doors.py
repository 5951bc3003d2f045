"""Who may open which URL. A new one has to be thought about here."""

import pytest
from django.urls import get_resolver

from crm.tenancy.models import Staff
from crm.tenancy.slugs import RESERVED_SLUGS
from tests.factories import make_staff, make_user
from tests.full_house import make_full_house
from tests.url_walk import doors, public_doors, tenant_doors

# Pages below a business, by the least role that may open them.
ROLES = {
    Staff.Role.VIEWER: {
        "",
        "answers/",
        "answers/<uuid:survey_uuid>/preview/",
        "return/",
        "return/promises/",
        "return/coming-again/",
    },
    Staff.Role.STAFF: {
        "guests/<uuid:guest_uuid>/promises/new/",
        "guests/<uuid:guest_uuid>/wishes/new/",
        "promises/<uuid:promise_uuid>/edit/",
        "promises/<uuid:promise_uuid>/remove/",
        "visits/<uuid:visit_uuid>/promises/",
        "visits/<uuid:visit_uuid>/promises/<uuid:due_uuid>/",
        "visits/<uuid:visit_uuid>/promises/new/",
        "visits/<uuid:visit_uuid>/steps/",
        "wishes/<uuid:preference_uuid>/confirm/",
        "wishes/<uuid:preference_uuid>/edit/",
        "wishes/<uuid:preference_uuid>/end/",
        "wishes/<uuid:preference_uuid>/resume/",
        "today/",
        "today/changes/",
        "guests/",
        "guests/columns/",
        "guests/new/",
        "guests/<uuid:guest_uuid>/",
        "guests/<uuid:guest_uuid>/consent/",
        "guests/<uuid:guest_uuid>/agreements/withdraw/",
        "guests/<uuid:guest_uuid>/details/",
        "guests/<uuid:guest_uuid>/details/ask/",
        "guests/<uuid:guest_uuid>/edit/",
        "guests/<uuid:guest_uuid>/household/",
        "guests/<uuid:guest_uuid>/household/<uuid:other_uuid>/",
        "guests/<uuid:guest_uuid>/household/<uuid:other_uuid>/leave/",
        "companies/",
        "companies/names/",
        "companies/<uuid:company_uuid>/",
        "companies/<uuid:company_uuid>/edit/",
        # Needs ask for their own grant on top of the role.
        "guests/<uuid:guest_uuid>/needs/",
        "guests/<uuid:guest_uuid>/needs/new/",
        "guests/<uuid:guest_uuid>/notes/",
        "guests/<uuid:guest_uuid>/notes/on-top/",
        "guests/<uuid:guest_uuid>/photo/",
        "guests/<uuid:guest_uuid>/photo/new/",
        "guests/<uuid:guest_uuid>/photo/remove/",
        "guests/<uuid:guest_uuid>/tags/",
        "guests/<uuid:guest_uuid>/tags/<uuid:tag_uuid>/give/",
        "guests/<uuid:guest_uuid>/tags/<uuid:tag_uuid>/take/",
        "guests/<uuid:guest_uuid>/timeline/",
        "guests/<uuid:guest_uuid>/visits/new/",
        "needs/<uuid:need_uuid>/remove/",
        "notes/<uuid:note_uuid>/",
        "notes/<uuid:note_uuid>/bring-back/",
        "notes/<uuid:note_uuid>/edit/",
        "notes/<uuid:note_uuid>/pin/",
        "notes/<uuid:note_uuid>/remove/",
        "visits/<uuid:visit_uuid>/arrive/",
        "visits/<uuid:visit_uuid>/ask/",
        "visits/<uuid:visit_uuid>/cancel/",
        "visits/<uuid:visit_uuid>/depart/",
        "visits/<uuid:visit_uuid>/edit/",
        "visits/<uuid:visit_uuid>/lines/",
        "visits/<uuid:visit_uuid>/lines/sum/",
        "visits/<uuid:visit_uuid>/next/",
        "visits/<uuid:visit_uuid>/next/take-back/",
        "visits/",
        "visits/columns/",
        "visits/new/",
        "visits/<uuid:visit_uuid>/needs/",
        "visits/<uuid:visit_uuid>/no-show/",
        "visits/<uuid:visit_uuid>/undo/",
        # These two ask the job and the file itself for more.
        "files/<uuid:file_uuid>/",
        "jobs/<uuid:job_uuid>/",
        "jobs/<uuid:job_uuid>/cancel/",
    },
    Staff.Role.MANAGER: {
        "settings/checklist/",
        "settings/checklist/<uuid:step_uuid>/",
        "settings/checklist/<uuid:step_uuid>/archive/",
        "settings/checklist/<uuid:step_uuid>/move/",
        "settings/checklist/<uuid:step_uuid>/unarchive/",
        "settings/wishes/",
        "settings/wishes/<uuid:kind_uuid>/",
        "settings/wishes/<uuid:kind_uuid>/archive/",
        "settings/wishes/<uuid:kind_uuid>/move/",
        "settings/wishes/<uuid:kind_uuid>/unarchive/",
        "guests/<uuid:guest_uuid>/copy/",
        "guests/<uuid:guest_uuid>/segments/",
        "segments/",
        "segments/new/",
        "segments/sum/",
        "segments/<uuid:segment_uuid>/",
        "segments/<uuid:segment_uuid>/copy/",
        "segments/<uuid:segment_uuid>/count/",
        "segments/<uuid:segment_uuid>/delete/",
        "segments/<uuid:segment_uuid>/edit/",
        "segments/<uuid:segment_uuid>/restore/",
        "segments/<uuid:segment_uuid>/why/<uuid:guest_uuid>/",
        "guests/<uuid:guest_uuid>/merge/",
        "guests/<uuid:guest_uuid>/merge/<uuid:other_uuid>/",
        "guests/merges/<uuid:merge_uuid>/",
        "guests/merges/<uuid:merge_uuid>/undo/",
        "guests/export/",
        "guests/import/",
        "guests/import/<uuid:import_uuid>/",
        "guests/import/<uuid:import_uuid>/bring-in/",
        "guests/import/<uuid:import_uuid>/columns/",
        "guests/import/<uuid:import_uuid>/discard/",
        "guests/import/<uuid:import_uuid>/left-out/",
        "guests/import/<uuid:import_uuid>/problems/",
        "guests/import/<uuid:import_uuid>/read/",
        "guests/import/<uuid:import_uuid>/stop/",
        "guests/import/<uuid:import_uuid>/take-back/",
        "guests/duplicates/",
        "guests/duplicates/look/",
        "guests/duplicates/rules/",
        "guests/duplicates/<uuid:pair_uuid>/",
        "guests/duplicates/<uuid:pair_uuid>/one/",
        "guests/duplicates/<uuid:pair_uuid>/two/",
        "guests/duplicates/<uuid:pair_uuid>/reopen/",
        "guests/sign-up/",
        "guests/sign-up/<uuid:page_uuid>/",
        "guests/sign-up/<uuid:page_uuid>/poster/",
        "guests/sign-up/venues/<uuid:venue_uuid>/open/",
        "guests/sign-up/words/",
        "guests/quality/",
        "guests/quality/questions/",
        "guests/tag/",
        "guests/tag/<uuid:job_uuid>/undo/",
        "log/",
        "visits/export/",
        "loyalty/",
        "loyalty/edit/",
        "settings/fields/",
        "settings/fields/<uuid:field_uuid>/",
        "settings/fields/<uuid:field_uuid>/archive/",
        "settings/fields/<uuid:field_uuid>/move/",
        "settings/fields/<uuid:field_uuid>/restore/",
        "settings/tags/",
        "settings/tags/<uuid:tag_uuid>/",
        "settings/tags/<uuid:tag_uuid>/delete/",
        "settings/tags/<uuid:tag_uuid>/restore/",
        "outreach/",
        "outreach/automations/<uuid:automation_uuid>/",
        "outreach/automations/<uuid:automation_uuid>/backtest/",
        "outreach/automations/<uuid:automation_uuid>/switch/",
        "outreach/automations/new/",
        "outreach/automations/take/",
        "outreach/budget/",
        "outreach/effect/",
        "outreach/forecast/",
        "outreach/campaigns/",
        "outreach/campaigns/<uuid:campaign_uuid>/",
        "outreach/campaigns/<uuid:campaign_uuid>/act/",
        "outreach/campaigns/<uuid:campaign_uuid>/edit/",
        "outreach/campaigns/<uuid:campaign_uuid>/progress/",
        "outreach/campaigns/<uuid:campaign_uuid>/start/",
        "outreach/campaigns/new/",
        "outreach/health/",
        "outreach/messages/",
        "outreach/messages/<uuid:message_uuid>/",
        "outreach/messages/<uuid:message_uuid>/letter/",
        "outreach/messages/<uuid:message_uuid>/send-again/",
        "outreach/sending/",
        "outreach/sending/<uuid:account_uuid>/",
        "outreach/sending/<uuid:account_uuid>/records/",
        "outreach/stopped/",
        "outreach/stopped/<int:suppression_id>/open/",
        "outreach/stopped/new/",
        "outreach/templates/<uuid:template_uuid>/",
        "outreach/templates/<uuid:template_uuid>/preview/",
        "outreach/templates/<uuid:template_uuid>/test/",
        "return/going-together/",
    },
    Staff.Role.OWNER: {
        "guests/<uuid:guest_uuid>/forget/",
        "log/file/",
        "outreach/sending/<uuid:account_uuid>/edit/",
        "outreach/sending/<uuid:account_uuid>/pace/",
        "outreach/sending/<uuid:account_uuid>/pause/",
        "outreach/sending/<uuid:account_uuid>/prices/",
        "outreach/sending/<uuid:account_uuid>/remove/",
        "outreach/sending/<uuid:account_uuid>/resume/",
        "outreach/sending/<uuid:account_uuid>/test/",
        "outreach/sending/hours/",
        "outreach/sending/new/<str:channel>/",
        "outreach/sending/new/<str:channel>/<str:provider>/",
        "settings/",
        "settings/invitations/<uuid:invitation_uuid>/revoke/",
        "settings/invitations/<uuid:invitation_uuid>/send/",
        "settings/notice/",
        "settings/staff/",
        "settings/staff/<uuid:staff_uuid>/",
        "settings/staff/<uuid:staff_uuid>/remove/",
        "settings/venues/",
        "settings/venues/<uuid:venue_uuid>/",
        "settings/venues/<uuid:venue_uuid>/close/",
        "settings/venues/<uuid:venue_uuid>/reopen/",
    },
}

# Open to everybody, with the reason. All else asks who is there.
PUBLIC = {
    "": "leads everybody to where they belong; a new installation to its first step",
    "d/<str:token>/": "the token is the authority",
    "d/new/<str:token>/": "the token is the authority",
    "d/old/<str:token>/": "the token is the authority",
    "healthz/": "a supervisor asks",
    "hooks/<str:token>/<str:kind>": "the token, and a signature or password",
    "hooks/<str:token>/<str:kind>/": "the token, and a signature or password",
    "readyz/": "a supervisor asks",
    "invitation/<str:token>/": "the token is the authority",
    "p/<str:token>/": "the token is the authority",
    "join/<str:token>/": "anybody may sign up, and nobody is told who is a guest",
    "join/yes/<str:token>/": "the token is the authority",
    "s/<str:token>/": "the token is the authority",
    "u/<str:token>": "the token is the authority; some mail programs drop the slash",
    "u/<str:token>/": "the token is the authority",
    "u/<str:token>/choose/": "the token is the authority",
    "mailbox/": "demo only",
    "mailbox/<slug:key>/": "demo only",
    "mailbox/<slug:key>/html/": "demo only",
    "mailbox/<slug:key>/raw/": "demo only",
    "style/": "demo only",
    "accounts/login/": "one signs in here",
    "accounts/logout/": "asks, and leads to the sign-in",
    "accounts/inactive/": "says that a sign-in is closed",
    "accounts/signup/": "says that one is invited instead",
    "accounts/confirm-email/": "says that a mail is on its way",
    "accounts/^confirm-email/(?P<key>[-:\\w]+)/$": "the key is the authority",
    "accounts/login/code/confirm/": "second half of a sign-in",
    "accounts/password/reset/": "sends a link to the address",
    "accounts/password/reset/done/": "says that a mail is on its way",
    "accounts/password/reset/key/done/": "says that it is done",
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": (
        "the key is the authority"
    ),
    "accounts/2fa/authenticate/": "second half of a sign-in",
    "accounts/2fa/webauthn/login/": "one signs in here",
}

# Everything that does something when it is pressed, and shows nothing by itself.
ACTIONS = {
    "segments/sum/",
    "segments/<uuid:segment_uuid>/copy/",
    "segments/<uuid:segment_uuid>/delete/",
    "segments/<uuid:segment_uuid>/restore/",
    "guests/<uuid:guest_uuid>/details/ask/",
    "guests/merges/<uuid:merge_uuid>/undo/",
    "guests/sign-up/venues/<uuid:venue_uuid>/open/",
    "guests/import/<uuid:import_uuid>/bring-in/",
    "guests/import/<uuid:import_uuid>/discard/",
    "guests/import/<uuid:import_uuid>/left-out/",
    "guests/import/<uuid:import_uuid>/read/",
    "guests/import/<uuid:import_uuid>/stop/",
    "guests/import/<uuid:import_uuid>/take-back/",
    "guests/duplicates/look/",
    "guests/duplicates/<uuid:pair_uuid>/one/",
    "guests/duplicates/<uuid:pair_uuid>/two/",
    "guests/duplicates/<uuid:pair_uuid>/reopen/",
    "guests/columns/",
    "guests/tag/",
    "guests/tag/<uuid:job_uuid>/undo/",
    "log/file/",
    "visits/columns/",
    "promises/<uuid:promise_uuid>/remove/",
    "wishes/<uuid:preference_uuid>/confirm/",
    "wishes/<uuid:preference_uuid>/end/",
    "wishes/<uuid:preference_uuid>/resume/",
    "settings/checklist/<uuid:step_uuid>/archive/",
    "settings/checklist/<uuid:step_uuid>/move/",
    "settings/checklist/<uuid:step_uuid>/unarchive/",
    "settings/wishes/<uuid:kind_uuid>/archive/",
    "settings/wishes/<uuid:kind_uuid>/move/",
    "settings/wishes/<uuid:kind_uuid>/unarchive/",
    "guests/<uuid:guest_uuid>/agreements/withdraw/",
    "guests/<uuid:guest_uuid>/photo/remove/",
    "guests/<uuid:guest_uuid>/tags/",
    "guests/<uuid:guest_uuid>/tags/<uuid:tag_uuid>/give/",
    "guests/<uuid:guest_uuid>/tags/<uuid:tag_uuid>/take/",
    "settings/fields/<uuid:field_uuid>/archive/",
    "settings/fields/<uuid:field_uuid>/move/",
    "settings/fields/<uuid:field_uuid>/restore/",
    "settings/tags/<uuid:tag_uuid>/delete/",
    "settings/tags/<uuid:tag_uuid>/restore/",
    "guests/<uuid:guest_uuid>/consent/",
    "guests/<uuid:guest_uuid>/copy/",
    "guests/<uuid:guest_uuid>/forget/",
    "guests/<uuid:guest_uuid>/household/<uuid:other_uuid>/",
    "guests/<uuid:guest_uuid>/household/<uuid:other_uuid>/leave/",
    "guests/<uuid:guest_uuid>/needs/",
    "guests/<uuid:guest_uuid>/notes/",
    "jobs/<uuid:job_uuid>/cancel/",
    "needs/<uuid:need_uuid>/remove/",
    "notes/<uuid:note_uuid>/bring-back/",
    "notes/<uuid:note_uuid>/pin/",
    "notes/<uuid:note_uuid>/remove/",
    "outreach/automations/<uuid:automation_uuid>/switch/",
    "outreach/automations/take/",
    "outreach/campaigns/<uuid:campaign_uuid>/act/",
    "outreach/campaigns/<uuid:campaign_uuid>/start/",
    "outreach/messages/<uuid:message_uuid>/send-again/",
    "outreach/sending/<uuid:account_uuid>/pause/",
    "outreach/sending/<uuid:account_uuid>/remove/",
    "outreach/sending/<uuid:account_uuid>/resume/",
    "outreach/sending/<uuid:account_uuid>/test/",
    "outreach/templates/<uuid:template_uuid>/preview/",
    "outreach/templates/<uuid:template_uuid>/test/",
    "settings/invitations/<uuid:invitation_uuid>/revoke/",
    "settings/invitations/<uuid:invitation_uuid>/send/",
    "settings/staff/<uuid:staff_uuid>/remove/",
    "settings/venues/<uuid:venue_uuid>/close/",
    "settings/venues/<uuid:venue_uuid>/reopen/",
    "visits/<uuid:visit_uuid>/arrive/",
    "visits/<uuid:visit_uuid>/cancel/",
    "visits/<uuid:visit_uuid>/depart/",
    "visits/<uuid:visit_uuid>/lines/",
    "visits/<uuid:visit_uuid>/lines/sum/",
    "visits/<uuid:visit_uuid>/needs/",
    "visits/<uuid:visit_uuid>/next/",
    "visits/<uuid:visit_uuid>/next/take-back/",
    "visits/<uuid:visit_uuid>/no-show/",
    "visits/<uuid:visit_uuid>/undo/",
}


# Files say for themselves how long they may be kept, and by whom.
FILES = {"files/<uuid:file_uuid>/", "guests/<uuid:guest_uuid>/photo/"}


def below(door):
    return door.route.removeprefix("<slug:slug>/")


def statuses(client, door, slug, ids):
    """Return what a door answers by method. 405 is no answer: nobody is let in."""
    path = door.path(slug, ids)
    answers = {"GET": client.get(path), "POST": client.post(path)}
    return {
        method: answer.status_code
        for method, answer in answers.items()
        if answer.status_code != 405
    }


def test_every_page_of_a_business_asks_for_the_role_written_here():
    declared = {}
    for door in tenant_doors():
        declared.setdefault(door.role, set()).add(below(door))

    assert declared == ROLES


def test_every_other_page_asks_for_a_sign_in_or_is_on_the_list():
    open_doors = {
        door.route
        for door in public_doors()
        if not getattr(door.view, "login_required", True)
    }

    assert open_doors == set(PUBLIC)


def test_no_business_can_take_the_place_of_a_page():
    first_words = {
        door.route.partition("/")[0]
        for door in public_doors()
        if door.route and not door.route.startswith("<")
    }

    assert first_words - RESERVED_SLUGS == set()


def test_a_business_comes_after_every_page_of_the_site():
    routes = [str(pattern.pattern) for pattern in get_resolver().url_patterns]
    first_tenant = routes.index("<slug:slug>/")

    assert {route.startswith("<slug:slug>/") for route in routes[first_tenant:]} == {
        True
    }


@pytest.fixture
def house(casa_alba, alba, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return make_full_house(casa_alba, alba)


def test_nobody_comes_in_without_signing_in(client, house):
    for door in tenant_doors():
        path = door.path("casa-alba", house.ids)
        answers = [client.get(path), client.post(path)]

        sign_in = f"/accounts/login/?next={path}"
        assert [(answer.status_code, answer.url) for answer in answers] == [
            (302, sign_in),
            (302, sign_in),
        ]


@pytest.mark.parametrize("role", Staff.Role.values)
def test_a_role_below_the_asked_one_is_not_enough(client, house, role):
    person = make_user()
    staff = make_staff(house.business, person, role)
    client.force_login(person)

    got_in = {
        (method, door.route): status
        for door in tenant_doors()
        if not staff.may(door.role)
        for method, status in statuses(client, door, "casa-alba", house.ids).items()
        if status != 403
    }

    assert got_in == {}


def test_no_page_of_a_business_stays_in_a_cache(as_alba, house):
    pages = [door for door in tenant_doors() if below(door) not in ACTIONS | FILES]

    answers = [as_alba.get(door.path("casa-alba", house.ids)) for door in pages]

    assert {
        answer.get("Cache-Control")
        for answer in answers
        if answer.status_code in {200, 302}
    } == {"private, no-store"}


def test_looking_at_an_action_does_not_do_it(as_alba, house):
    for door in tenant_doors():
        if below(door) in ACTIONS:
            answer = as_alba.get(door.path("casa-alba", house.ids))
            assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_every_action_of_the_list_is_still_there():
    assert {below(door) for door in tenant_doors()} >= ACTIONS


def test_the_walk_finds_every_door():
    assert len(doors()) == len(tenant_doors()) + len(public_doors()) > 80

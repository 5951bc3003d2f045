import pytest
from django.contrib.messages import get_messages

from crm.audit.models import Event
from crm.core.encryption import seal
from crm.tenancy.models import Staff
from outreach.accounts.credentials import credentials_of, sealed
from outreach.accounts.pausing import pause
from outreach.models import Alert, ProviderAccount
from tests.factories import NOW, make_staff, make_user
from tests.outreach.sms.builders import make_sms_account

SENDING = "/casa-alba/outreach/sending/"
SMTP = {
    "login-host": "post.casa-alba.example",
    "login-port": "587",
    "login-security": "starttls",
    "login-user": "post",
    "login-password": "correct-horse",
    "sender": "Post@Casa-Alba.example",
    "sender_name": "Casa Alba",
    "resends_critical": "on",
}
ELKS = {"login-user": "u1", "login-password": "very-secret", "sender": "Casa Alba"}


@pytest.fixture(autouse=True)
def known_hosts(settings):
    settings.INNER_HOSTS = frozenset({"localhost"})


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def errors(response):
    return response.context["form"].errors


def account_in_use(business, channel="email"):
    return business.provider_accounts.get(channel=channel, is_in_use=True)


def page_of(account, act=""):
    return f"{SENDING}{account.uuid}/{act}"


def events(business):
    return [
        (event.action, event.fields)
        for event in Event.objects.filter(
            business=business, object_type="outreach.provideraccount"
        ).order_by("pk")
    ]


@pytest.fixture
def smtp(casa_alba, as_alba):
    as_alba.post(f"{SENDING}new/email/smtp/", SMTP | {"login-host": "localhost"})
    return account_in_use(casa_alba)


@pytest.fixture
def as_manager(client, casa_alba):
    person = make_user()
    make_staff(casa_alba, person, Staff.Role.MANAGER)
    client.force_login(person)
    return client


# Choosing


def test_a_new_house_sends_through_the_installation_and_has_no_sms(as_alba, casa_alba):
    page = as_alba.get(SENDING)

    channels = page.context["channels"]
    assert [
        (str(name), standing and standing.account) for name, standing in channels
    ] == [
        ("email", account_in_use(casa_alba)),
        ("sms", None),
    ]


@pytest.mark.parametrize(
    ("channel", "first"),
    [("email", ["installation", "smtp", "brevo"]), ("sms", ["simulator", "elks46"])],
)
def test_the_simplest_provider_comes_first(as_alba, channel, first):
    page = as_alba.get(f"{SENDING}new/{channel}/")

    names = [offer.name for offer in page.context["offers"]]
    assert names[: len(first)] == first


def test_outside_the_demo_nobody_may_choose_a_provider_that_sends_nothing(
    as_alba, settings
):
    settings.DEMO = False

    page = as_alba.get(f"{SENDING}new/sms/")

    assert "simulator" not in [offer.name for offer in page.context["offers"]]
    assert as_alba.get(f"{SENDING}new/sms/simulator/").status_code == 404


@pytest.mark.parametrize("path", ["new/post/", "new/email/pigeon/", "new/pigeon/smtp/"])
def test_what_is_not_offered_is_not_there(as_alba, path):
    assert as_alba.get(SENDING + path).status_code == 404


# Opening


def test_a_new_account_takes_the_place_of_the_old_one(as_alba, casa_alba):
    old = make_sms_account(casa_alba, "twilio", credentials={"auth_token": "old"})

    answer = as_alba.post(f"{SENDING}new/sms/elks46/", ELKS)

    new = account_in_use(casa_alba, "sms")
    old.refresh_from_db()
    assert answer.url == page_of(new)
    assert (new.provider, new.sender, new.currency) == ("elks46", "Casa Alba", "NOK")
    assert credentials_of(new) == {"user": "u1", "password": "very-secret"}
    assert (old.is_in_use, old.credentials) == (False, None)
    assert events(casa_alba) == [("removed", []), ("created", [])]


def test_a_mail_account_begins_slowly_when_asked_to(as_alba, casa_alba):
    path = f"{SENDING}new/email/smtp/"
    local = SMTP | {"login-host": "localhost"}

    as_alba.post(path, local)
    at_once = account_in_use(casa_alba)
    as_alba.post(path, local | {"warms_up": "on"})
    slowly = account_in_use(casa_alba)

    assert at_once.warms_up_from is None
    assert slowly.warms_up_from is not None
    assert slowly.sender == "post@casa-alba.example"


@pytest.mark.parametrize(
    "typed", ["localhost:587", "smtp://localhost", "smtp://localhost:587/"]
)
def test_of_the_address_of_a_mail_server_its_name_is_kept(as_alba, casa_alba, typed):
    as_alba.post(f"{SENDING}new/email/smtp/", SMTP | {"login-host": typed})

    assert credentials_of(account_in_use(casa_alba))["host"] == "localhost"


def test_the_address_of_a_server_is_called_encrypted_unless_it_says_otherwise(
    as_alba, casa_alba
):
    as_alba.post(
        f"{SENDING}new/email/postal/",
        {
            "login-api_url": "localhost/api/v1",
            "login-api_key": "key",
            "sender": "post@casa-alba.example",
        },
    )

    kept = credentials_of(account_in_use(casa_alba))
    assert kept["api_url"] == "https://localhost/api/v1"


def test_nobody_chooses_the_sender_of_the_installation(as_alba, casa_alba):
    as_alba.post(
        f"{SENDING}new/email/installation/",
        {"sender": "bank@example.org", "sender_name": "Casa Alba"},
    )

    account = account_in_use(casa_alba)
    assert (account.sender, account.sender_name) == ("", "Casa Alba")
    assert account.warms_up_from is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"login-host": "127.0.0.1"}, "login-host"),
        ({"login-host": "no-such-host.invalid"}, "login-host"),
        ({"login-port": "mail"}, "login-port"),
        ({"login-port": "70000"}, "login-port"),
        ({"login-security": "rot13"}, "login-security"),
        ({"login-host": ""}, "login-host"),
        ({"sender": "not an address"}, "sender"),
        ({"sender": ""}, "sender"),
        ({"inbound_domain": "no domain"}, "inbound_domain"),
        ({"sender_name": "x" * 81}, "sender_name"),
    ],
)
def test_a_mistake_is_named_at_its_field_and_nothing_changes(
    as_alba, casa_alba, change, field
):
    before = account_in_use(casa_alba)

    page = as_alba.post(
        f"{SENDING}new/email/smtp/", SMTP | {"login-host": "localhost"} | change
    )

    assert list(errors(page)) == [field]
    assert account_in_use(casa_alba) == before


@pytest.mark.parametrize("key", ["nøkkel", "two\u200bhalves", "a\tb"])
def test_a_key_that_cannot_travel_is_asked_for_again(as_alba, casa_alba, key):
    before = account_in_use(casa_alba)

    page = as_alba.post(
        f"{SENDING}new/email/brevo/",
        {"login-api_key": key, "sender": "post@casa-alba.example"},
    )

    assert errors(page) == {
        "login-api_key": ["This is no key. Copy it from the provider."]
    }
    assert account_in_use(casa_alba) == before


def test_a_mailbox_has_any_password(as_alba, casa_alba):
    as_alba.post(
        f"{SENDING}new/email/smtp/",
        SMTP | {"login-host": "localhost", "login-password": "blåbær og fløte"},
    )

    known = credentials_of(account_in_use(casa_alba))
    assert known["password"] == "blåbær og fløte"


def test_without_a_login_nothing_is_said_about_keeping_one(as_alba):
    without = as_alba.get(f"{SENDING}new/email/installation/")
    with_one = as_alba.get(f"{SENDING}new/email/brevo/")

    assert ["How we keep the login" in page.text for page in (without, with_one)] == [
        False,
        True,
    ]


def test_a_postal_server_must_be_on_the_open_internet_too(as_alba):
    page = as_alba.post(
        f"{SENDING}new/email/postal/",
        {
            "login-api_url": "https://10.0.0.7:5000/api",
            "login-api_key": "key",
            "sender": "post@casa-alba.example",
        },
    )

    assert errors(page) == {
        "login-api_url": [
            "This server is not on the open internet, so we do not call it."
        ]
    }


@pytest.mark.parametrize("sender", ["A name that is long", "", "12", "Ж"])
def test_an_sms_cannot_be_from_everything(as_alba, sender):
    page = as_alba.post(f"{SENDING}new/sms/elks46/", ELKS | {"sender": sender})

    assert list(errors(page)) == ["sender"]


# The login


def test_a_secret_is_never_shown_again(as_alba, smtp):
    pages = [as_alba.get(page_of(smtp, act)) for act in ("", "edit/")]

    assert ["correct-horse" in page.text for page in pages] == [False, False]
    assert 'value="localhost"' in pages[1].text


def test_a_secret_that_is_typed_wrong_beside_stays_unseen(as_alba):
    page = as_alba.post(f"{SENDING}new/email/smtp/", SMTP | {"sender": "nobody"})

    assert "correct-horse" not in page.text


def test_a_secret_left_empty_stays_as_it_is(as_alba, smtp, casa_alba):
    as_alba.post(
        page_of(smtp, "edit/"),
        SMTP | {"login-host": "localhost", "login-user": "new", "login-password": ""},
    )

    smtp.refresh_from_db()
    assert credentials_of(smtp)["user"] == "new"
    assert credentials_of(smtp)["password"] == "correct-horse"
    assert events(casa_alba)[-1] == ("amended", ["credentials"])


def test_a_kept_secret_is_not_told_to_another_server(as_alba, smtp, settings):
    settings.INNER_HOSTS = frozenset({"localhost", "127.0.0.1"})

    page = as_alba.post(
        page_of(smtp, "edit/"),
        SMTP | {"login-host": "127.0.0.1", "login-password": ""},
    )

    smtp.refresh_from_db()
    assert list(errors(page)) == ["login-password"]
    assert credentials_of(smtp)["host"] == "localhost"


MAILBOX = {
    "login-imap_host": "localhost",
    "login-imap_port": "993",
    "login-imap_security": "tls",
    "login-imap_user": "bounces",
    "login-imap_password": "mailbox-word",
}


def test_a_mailbox_is_read_beside_and_forgotten_when_its_server_is_emptied(
    as_alba, smtp
):
    form = SMTP | {"login-host": "localhost", "login-password": ""} | MAILBOX

    as_alba.post(page_of(smtp, "edit/"), form)
    smtp.refresh_from_db()
    read = credentials_of(smtp)
    as_alba.post(page_of(smtp, "edit/"), form | {"login-imap_host": ""})

    smtp.refresh_from_db()
    assert (read["imap_password"], read["password"]) == (
        "mailbox-word",
        "correct-horse",
    )
    assert "mailbox-word" not in as_alba.get(page_of(smtp, "edit/")).text
    assert sorted(credentials_of(smtp)) == [
        "host",
        "password",
        "port",
        "security",
        "user",
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"login-imap_password": ""}, "login-imap_password"),
        ({"login-imap_host": "10.1.2.3"}, "login-imap_host"),
        ({"login-imap_port": "imap"}, "login-imap_port"),
    ],
)
def test_a_mailbox_that_cannot_be_read_is_said_so(as_alba, smtp, change, field):
    page = as_alba.post(
        page_of(smtp, "edit/"), SMTP | {"login-host": "localhost"} | MAILBOX | change
    )

    assert list(errors(page)) == [field]


def test_changing_the_sender_leaves_the_login_alone(as_alba, smtp, casa_alba):
    login = bytes(smtp.credentials)

    as_alba.post(
        page_of(smtp, "edit/"),
        SMTP
        | {
            "login-host": "localhost",
            "login-password": "",
            "sender": "hei@casa-alba.example",
            "inbound_domain": "@Svar.Casa-Alba.example.",
            "resends_critical": "",
        },
    )

    smtp.refresh_from_db()
    assert bytes(smtp.credentials) == login
    assert smtp.sender == "hei@casa-alba.example"
    assert smtp.inbound_domain == "svar.casa-alba.example"
    assert smtp.resends_critical is False
    assert events(casa_alba)[-1] == (
        "amended",
        ["inbound_domain", "resends_critical", "sender"],
    )


def test_a_login_that_can_no_longer_be_read_is_asked_for_once_more(
    as_alba, smtp, settings
):
    settings.FIELD_ENCRYPTION_KEYS = ["another-key-" * 4]

    page = as_alba.get(page_of(smtp, "edit/"))
    answer = as_alba.post(page_of(smtp, "edit/"), SMTP | {"login-host": "localhost"})

    smtp.refresh_from_db()
    assert "can no longer be read" in page.text
    assert answer.url == page_of(smtp)
    assert credentials_of(smtp)["password"] == "correct-horse"


def test_the_log_holds_no_value_of_a_login(as_alba, smtp):
    rows = Event.objects.values_list("fields", flat=True)

    assert not [row for row in rows if "correct-horse" in str(row)]


# Pausing, removing


def test_an_account_is_paused_and_goes_on_by_hand(as_alba, smtp, casa_alba):
    as_alba.post(page_of(smtp, "pause/"))
    paused = as_alba.get(page_of(smtp))
    as_alba.post(page_of(smtp, "resume/"))
    running = as_alba.get(page_of(smtp))

    assert [str(words) for words in paused.context["standing"].trouble] == [
        "Paused by hand.",
        "What is about a visit still goes; the rest waits.",
    ]
    assert running.context["standing"].trouble == []
    assert [action for action, _fields in events(casa_alba)[-2:]] == [
        "paused",
        "resumed",
    ]


def test_a_refused_login_stops_everything_and_says_what_to_do(as_alba, smtp):
    pause(smtp, ProviderAccount.Pause.LOGIN, now=NOW)

    page = as_alba.get(SENDING)

    assert "The provider refuses the login." in page.text
    assert "Nothing goes until then; what is due waits." in page.text


def test_what_is_removed_forgets_its_login_and_is_over_with(as_alba, smtp, casa_alba):
    pause(smtp, ProviderAccount.Pause.LOGIN, now=NOW)

    as_alba.post(page_of(smtp, "remove/"))
    again = as_alba.post(page_of(smtp, "remove/"))

    smtp.refresh_from_db()
    assert (smtp.is_in_use, smtp.credentials) == (False, None)
    assert not Alert.objects.filter(business=casa_alba, over_at=None).exists()
    assert again.status_code == 404
    assert "not at all, they wait" in as_alba.get(SENDING).text


# Pace and prices


def test_the_pace_is_kept(as_alba, smtp, casa_alba):
    as_alba.post(
        page_of(smtp, "pace/"),
        {"rate_per_minute": "30", "daily_cap": "400", "warms_up": "on"},
    )
    smtp.refresh_from_db()
    began = smtp.warms_up_from
    as_alba.post(page_of(smtp, "pace/"), {"rate_per_minute": "30", "daily_cap": ""})

    assert (smtp.rate_per_minute, smtp.daily_cap) == (30, 400)
    assert began is not None
    smtp.refresh_from_db()
    assert (smtp.daily_cap, smtp.warms_up_from) == (None, None)
    assert events(casa_alba)[-2:] == [
        ("amended", ["daily_cap", "rate_per_minute", "warms_up_from"]),
        ("amended", ["daily_cap", "warms_up_from"]),
    ]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"rate_per_minute": "0"}, "rate_per_minute"),
        ({"rate_per_minute": ""}, "rate_per_minute"),
        ({"rate_per_minute": "30", "daily_cap": "0"}, "daily_cap"),
        ({"rate_per_minute": "99999999999999999999"}, "rate_per_minute"),
    ],
)
def test_a_pace_that_cannot_be_is_said_so(as_alba, smtp, typed, field):
    page = as_alba.post(page_of(smtp, "pace/"), typed)

    assert list(errors(page)) == [field]


def test_prices_are_kept_by_country(as_alba, casa_alba):
    account = make_sms_account(casa_alba, prices={"SE": 3500})

    as_alba.post(
        page_of(account, "prices/"),
        {
            "currency": "SEK",
            "country-0": "SE",
            "price-0": "",
            "country-1": "NO",
            "price-1": "0,55",
            "country-2": "DK",
            "price-2": "0.3525",
        },
    )
    shown = as_alba.get(page_of(account)).context["prices"]

    account.refresh_from_db()
    assert account.prices == {"NO": 5500, "DK": 3525}
    assert account.currency == "SEK"
    assert shown == [("Norway", "0.55"), ("Denmark", "0.3525")]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"country-0": "NO", "price-0": "cheap"}, "price-0"),
        ({"country-0": "", "price-0": "1"}, "country-0"),
        ({"country-0": "XX", "price-0": "1"}, "country-0"),
        (
            {"country-0": "NO", "price-0": "1", "country-1": "NO", "price-1": "2"},
            "country-1",
        ),
    ],
)
def test_a_price_that_cannot_be_is_said_so(as_alba, casa_alba, typed, field):
    account = make_sms_account(casa_alba)

    page = as_alba.post(page_of(account, "prices/"), {"currency": "NOK"} | typed)

    account.refresh_from_db()
    assert field in errors(page)
    assert account.prices == {}


def test_mails_have_no_price(as_alba, smtp):
    assert as_alba.get(page_of(smtp, "prices/")).status_code == 404


def test_sms_need_no_slow_beginning(as_alba, casa_alba):
    account = make_sms_account(casa_alba)

    as_alba.post(page_of(account, "pace/"), {"rate_per_minute": "5", "warms_up": "on"})

    account.refresh_from_db()
    assert (account.rate_per_minute, account.warms_up_from) == (5, None)


@pytest.mark.parametrize(
    ("sender", "words"),
    [
        ("Casa Alba", ["Guests cannot answer to a name."]),
        ("Kafé Ø", ["Guests cannot answer to a name.", "only letters from A to Z"]),
        ("+4740612345", []),
    ],
)
def test_what_a_sender_of_sms_means_is_said(as_alba, casa_alba, sender, words):
    account = make_sms_account(casa_alba, sender=sender)

    page = as_alba.get(page_of(account)).text

    known = ["Guests cannot answer to a name.", "only letters from A to Z"]
    assert [one for one in known if one in page] == words


# Who sees what


def test_a_manager_looks_and_sees_no_address_that_is_a_password(as_manager, casa_alba):
    account = make_sms_account(
        casa_alba, "elks46", credentials={"callback_password": "hidden-word"}
    )

    page = as_manager.get(page_of(account))

    assert page.context["doors"] == []
    assert "hidden-word" not in page.text
    assert "<form" not in page.text.partition("<main")[2].partition("</main")[0]


def test_an_owner_sees_what_to_enter_at_the_provider(as_alba, casa_alba):
    account = make_sms_account(casa_alba, "elks46", credentials={"user": "u"})

    page = as_alba.get(page_of(account))

    doors = page.context["doors"]
    assert [door.kind for door in doors] == ["sms"]
    assert page.text.count(doors[0].url) == 2


def test_an_account_of_another_house_is_not_there(as_alba, bar_carla):
    theirs = make_sms_account(bar_carla)

    answers = [
        as_alba.get(page_of(theirs, act)).status_code
        for act in ("", "edit/", "pace/", "prices/")
    ]

    assert answers == [404, 404, 404, 404]


def test_the_pages_open_with_a_login_that_cannot_be_unsealed(as_alba, casa_alba):
    account = make_sms_account(casa_alba, "elks46")
    account.credentials = seal("no json")
    account.save(update_fields=["credentials"])

    answers = [as_alba.get(page_of(account, act)).status_code for act in ("", "edit/")]

    assert answers == [200, 200]


def test_two_accounts_cost_the_overview_as_much_as_one(
    as_alba, casa_alba, django_assert_num_queries
):
    as_alba.get(SENDING)
    with django_assert_num_queries(6):
        as_alba.get(SENDING)
    make_sms_account(casa_alba, credentials={"a": "b"})

    with django_assert_num_queries(6):
        as_alba.get(SENDING)


def test_sealed_logins_are_what_is_stored(smtp):
    assert b"correct-horse" not in bytes(smtp.credentials)
    assert sealed({}) != sealed({})

"""No sentence escapes translation: a walk in a language in which every sentence of ours
is spelt without Latin letters. What is still Latin on a page was never wrapped."""

import html
import re
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from crm.core.signing import public_token
from crm.devtools.translations import collect, problems
from crm.tenancy.models import Staff
from outreach.email.providers import PROVIDERS
from outreach.sms.registry import BACKENDS
from tests.factories import make_business, make_staff, make_user, make_venue
from tests.full_house import make_full_house
from tests.url_walk import tenant_doors

# Greek, because Babel and Django then write dates, countries and errors in Greek too.
PSEUDO = "el"
MARKER = "Ναυσικά"
_ALPHA = 0x03B1  # the first letter of the Greek alphabet
_LETTERS = {
    ord(latin): _ALPHA + index % 24
    for alphabet in ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    for index, latin in enumerate(alphabet)
}
# Placeholders, Liquid fields, tags and entities mean something to the program.
_KEPT = re.compile(r"(%\(\w+\)[sd]|%[sd%]|\{\{.*?\}\}|\{\w*\}|<[^>]*>|&\w+;)")

# Data, and what is written alike in every language.
_CURRENCY = re.compile(r"^\s*[A-Z]{3}\s*$")
_TITLES = [
    *(provider.title for provider in PROVIDERS.values()),
    *(backend.title for backend in BACKENDS.values()),
]
_PROVIDERS = "|".join(re.escape(title) for title in _TITLES)
_NOT_OURS = re.compile(
    rf"\b({_PROVIDERS})\b |"
    r"""
    [\w.+-]+@[\w.-]+                      # an address
    | https?://\S+ | /[\w/-]+/
    | \w+/[\w\ /-]+                       # a time zone
    | \{\{.*?\}\}
    | [0-9a-f]{8}-[0-9a-f-]{27}
    | (friend\ of\ )?Ναυσικά(\ gate\ 1|\ AS|\ table|\ web|\ was\ here|,\ how\ was\ it\?)?
    | Hello\ Ναυσικά
    | \b(Dansk|Deutsch|English|Norsk|Suomi|Svenska)\b(\ \(\w+\))?  # by their own names
    | \b(Boat|Bread|Greet\ by\ name|Pillow|Regulars|Soup)\b   # the house's own words
    | list\.csv | manage\.py\ \w+
    | \b(Gjensyn|NPS|SMS|VIP|CSV|JSON|NOK|EUR|XL|STOP|UCS-2)\b
    | localhost:8000/…
    """,
    re.VERBOSE | re.IGNORECASE,
)


def pseudo(text):
    parts = _KEPT.split(text)
    return "".join(
        part if index % 2 else part.translate(_LETTERS)
        for index, part in enumerate(parts)
    )


@pytest.fixture
def pseudo_language(settings, tmp_path):
    catalogue = Catalog(locale=PSEUDO)
    for message in collect():
        if not message.id:
            continue
        if isinstance(message.id, str):
            string = pseudo(message.id)
        else:
            string = tuple(pseudo(form) for form in message.id)
        catalogue.add(message.id, string, context=message.context)
    folder = tmp_path / PSEUDO / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as target:
        write_mo(target, catalogue)
    settings.LANGUAGES = [*settings.LANGUAGES, (PSEUDO, "Ελληνικά")]
    settings.STAFF_LANGUAGES = [*settings.STAFF_LANGUAGES, PSEUDO]
    settings.GUEST_LANGUAGES = [*settings.GUEST_LANGUAGES, PSEUDO]
    settings.LOCALE_PATHS = [tmp_path]
    return PSEUDO


class _ShownTexts(HTMLParser):
    """Collect what people read: text, labels, titles, placeholders."""

    SILENT = ("script", "style", "code", "kbd", "template")
    SPOKEN = ("alt", "title", "aria-label", "placeholder")
    VOID = (
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta",
        "source", "track", "wbr",
    )  # fmt: skip

    def __init__(self):
        super().__init__()
        self.open, self.texts = [], []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        silent = (
            tag in self.SILENT
            or attributes.get("translate") == "no"
            or attributes.get("lang", PSEUDO) != PSEUDO
        )
        if tag not in self.VOID:
            self.open.append((tag, silent))
        if silent or self._is_silent():
            return
        self.texts += [attributes[name] for name in self.SPOKEN if attributes.get(name)]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID and self.open:
            self.open.pop()

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and not self._is_silent():
            self.texts.append(data)

    def _is_silent(self):
        return any(silent for _tag, silent in self.open)


def unwrapped(page):
    parser = _ShownTexts()
    parser.feed(page)
    left = (
        (" ".join(text.split()), _NOT_OURS.sub("", html.unescape(text)))
        for text in parser.texts
    )
    words = ((text, _CURRENCY.sub("", rest)) for text, rest in left)
    return sorted({text for text, rest in words if re.search(r"[A-Za-z]{2,}", rest)})


@pytest.fixture
def greek_house(pseudo_language, db):
    business = make_business(
        "Κάζα",
        slug="kaza",
        language=PSEUDO,
        currency="EUR",
        country="GR",
        postal_address="Οδός 1",
    )
    make_venue(business, "Ξενώνας")
    user = make_user("a@example.org", name="Άλμπα", language=pseudo_language)
    make_staff(business, user, Staff.Role.OWNER)
    return make_full_house(business, user, marker=MARKER), user


def test_the_walk_would_notice():
    page = '<p>αβγ</p><p title="Oops">αβγ</p><p>Not wrapped</p><code>slug</code>'

    assert unwrapped(page) == ["Not wrapped", "Oops"]


def test_staff_pages_hold_no_sentence_that_cannot_be_translated(client, greek_house):
    house, user = greek_house
    client.force_login(user)

    found = {}
    pages = [door for door in tenant_doors() if "file_uuid" not in door.route]
    for door in pages:
        path = door.path("kaza", house.ids)
        response = client.get(path)
        if response.status_code != 200:
            continue
        if not response["Content-Type"].startswith("text/html"):
            continue
        if texts := unwrapped(response.content.decode()):
            found[path] = texts

    assert found == {}


def test_guest_pages_hold_no_sentence_that_cannot_be_translated(client, greek_house):
    house, _user = greek_house
    message = house.guest.messages.get()
    invitation = message.survey_invitation
    fresh = house.business.visits.exclude(pk=house.visit.pk).first()
    open_invitation = type(invitation).objects.create(
        business=house.business,
        version=invitation.version,
        survey=invitation.survey,
        guest=house.guest,
        visit=fresh,
        language="nb",
        created_at=invitation.created_at,
        sent_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )
    paths = [
        f"/s/{public_token('survey', open_invitation.uuid)}/",
        f"/s/{public_token('survey', invitation.uuid)}/",
        f"/u/{public_token('unsubscribe', message.uuid)}/",
        f"/p/{public_token('preferences', house.guest.uuid)}/",
        f"/d/{public_token('details', house.guest.details_links.get().uuid)}/",
        f"/d/old/{public_token('old_email', house.guest.email_changes.get().uuid)}/",
        "/d/nobodys/",
        "/s/nobodys/",
        "/u/nobodys/",
    ]

    found = {}
    for path in paths:
        response = client.get(path, {"lang": PSEUDO})
        if texts := unwrapped(response.content.decode()):
            found[path[:4]] = found.get(path[:4], []) + texts

    assert found == {}


def test_every_sentence_is_translated_into_the_languages_it_is_read_in():
    assert list(problems()) == []

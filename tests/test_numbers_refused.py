"""Whatever staff type about guests, on whatever page: identity and card numbers stay out.

Walks every page, fills every text field of every form with a card number, and looks
whether it was refused in words and is nowhere in the database.
"""

import re
from html.parser import HTMLParser

import pytest
from django.db import connection

from tests.full_house import make_full_house
from tests.test_doors import ACTIONS, below
from tests.url_walk import tenant_doors

CARD = "4111111111111111"
REFUSED = "There is a card number in this."

LIKE_DANISH = "211062-5629"
ASKED = "Something in this looks like a Danish identity number (CPR)."

# Where people write about the house and not about guests, or nothing at all.
PASSED_BY = (
    "files/", "guests/sign-up/", "loyalty/", "outreach/", "segments/", "settings/",
)  # fmt: skip

# Words to find somebody by, which are not kept.
NOT_KEPT = {
    "booker_search", "companion_search", "find", "other_search", "q", "same_as",
}  # fmt: skip

# Texts that are read as a day, a time or an address, and refused as none of these.
READ_AS_OTHER = {"arrival_date", "arrival_time", "contact", "departure_date"}


class Forms(HTMLParser):
    """The forms of a page that post: action, values as they stand, names of texts."""

    def __init__(self, page, url):
        super().__init__()
        self.url, self.found, self._form = url, [], None
        self._select = self._area = None
        self._by_id, self._elsewhere = {}, []
        self.feed(page)
        for at in self._elsewhere:
            if form := self._by_id.get(at["form"]):
                self._input(form, at)

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "form":
            is_post = at.get("method") == "post"
            action = at.get("action") or self.url
            self._form = (action, {}, []) if is_post else None
            if is_post:
                self.found.append(self._form)
                self._by_id[at.get("id")] = self._form
        if tag == "input" and "form" in at:
            self._elsewhere.append(at)
            return
        if self._form is None:
            return
        if tag == "input" and "name" in at:
            self._input(self._form, at)
        elif tag == "button" and "name" in at:
            # Pressed: the first of several.
            self._form[1].setdefault(at["name"], at.get("value", ""))
        elif tag == "select":
            self._select = at["name"]
        elif tag == "option" and self._select and "selected" in at:
            self._form[1][self._select] = at.get("value", "")
        elif tag == "textarea":
            self._area = at["name"]
            self._form[1][self._area] = ""
            self._form[2].append(self._area)

    def _input(self, form, at):
        _action, values, texts = form
        kind = at.get("type", "text")
        value = at.get("value", "on" if kind == "checkbox" else "")
        if kind == "checkbox":
            # Ticked, also where it is not yet: a box may choose what is written about.
            values.setdefault(at["name"], value)
        elif kind != "radio" or "checked" in at:
            values[at["name"]] = value
        if kind == "text" and at.get("inputmode") != "decimal":
            texts.append(at["name"])

    def handle_data(self, data):
        if self._form and self._area:
            self._form[1][self._area] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None


def places_of(digits):
    """Return the columns of the database in which the digits stand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type IN "
            "('text', 'character varying', 'jsonb')"
        )
        columns = cursor.fetchall()
        found = set()
        for table, column in columns:
            cursor.execute(
                f'SELECT 1 FROM "{table}" '
                f"WHERE translate(\"{column}\"::text, ' -', '') LIKE %s LIMIT 1",
                [f"%{digits}%"],
            )
            if cursor.fetchone():
                found.add(f"{table}.{column}")
        return found


@pytest.fixture
def house(casa_alba, alba, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return make_full_house(casa_alba, alba)


def forms_of(client, house):
    """Return every form of every page once: action, values, names of texts."""
    seen = {}
    for door in tenant_doors():
        if below(door) in ACTIONS or below(door).startswith(PASSED_BY):
            continue
        url = door.path("casa-alba", house.ids)
        answer = client.get(url)
        if "html" not in answer.get("Content-Type", ""):
            continue
        for action, values, texts in Forms(answer.text, url).found:
            seen.setdefault((re.sub(r"\?.*", "", action), tuple(texts)), values)
    return seen


@pytest.mark.parametrize(
    ("number", "sentence"), [(CARD, REFUSED), (LIKE_DANISH, ASKED)]
)
def test_no_text_about_guests_takes_a_number(as_alba, house, number, sentence):
    accepted, without_box, walked = [], [], set()

    for (action, texts), values in forms_of(as_alba, house).items():
        for name in texts:
            if name in NOT_KEPT:
                continue
            answer = as_alba.post(action, values | {name: number}, follow=True)
            walked.add(name)
            if name not in READ_AS_OTHER and sentence not in answer.text:
                accepted.append((action, name, answer.status_code))
            asks = "tick the box below" in answer.text
            if asks is not ('confirmed_numbers"' in answer.text):
                without_box.append((action, name))

    assert accepted == []
    assert without_box == []
    assert places_of(re.sub(r"\D", "", number)) == set()
    assert {"text", "label", "words", "wish", "source", "remark", "city"} <= walked


def test_the_walk_would_see_one_that_was_taken(as_alba, house):
    note = house.guest.notes.get()
    note.text = f"Pays with {CARD}"
    note.save(update_fields=["text"])

    assert places_of(CARD) == {"customers_note.text"}

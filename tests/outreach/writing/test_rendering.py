import time
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.tenancy.models import Business, Venue
from customers.models import Guest, Purpose, Visit
from outreach.automations.ready_words import AFTER_STAY, contents_of
from outreach.writing.checking import check_template
from outreach.writing.liquid_texts import CannotFillIn, fill_in, unknown_fields
from outreach.writing.rendering import FIELDS, render

HOUSE = Business(
    name="Casa Alba",
    slug="casa-alba",
    language="nb",
    postal_address="Strandgata 1, 6783 Stryn",
)
NORA = Guest(business=HOUSE, display_name="Nora Østby", given_name="Nora")
VISIT = Visit(
    venue=Venue(name="Hotellet"),
    arrival_date=date(2026, 11, 20),
    departure_date=date(2026, 11, 22),
)
# Every character a mail program would run, a server would fold or XML would refuse.
NASTY = [
    "<script>alert(1)</script>",
    "</mj-text><mj-raw><img src=x onerror=alert(1)></mj-raw>",
    "]]><!--",
    "a & b < c > d \" e ' f",
    "{{ business.name }}{% if x %}",
    "\r\nBcc: everybody@post.no",
    "\x01\x0b\u202egnp.exe",
    "javascript:alert(1)",
    "Ærlig Ødegård 李 🎉",
]


def words(text="{{ greeting }}", subject="Hello"):
    return {
        "en": {
            "subject": subject,
            "preview": "",
            "blocks": [
                {"type": "text", "text": text},
                {"type": "button", "text": "Answer", "link": "survey"},
            ],
        }
    }


def rendered(contents, guest=NORA, *, language="en", purpose=Purpose.SURVEY):
    return render(
        contents,
        language=language,
        purpose=purpose,
        business=HOUSE,
        guest=guest,
        visit=VISIT,
    )


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = set(), set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}

    def handle_data(self, data):
        self.text.append(data)


def read(html):
    reader = Reader()
    reader.feed(html)
    return reader


def test_fields_are_filled_in_as_the_guest_would_say_them():
    fields = " | ".join(f"{{{{ {field} }}}}" for field in FIELDS)

    text = rendered(words(fields)).text

    assert (
        "Hello Nora | Nora | Nora Østby | Casa Alba | Hotellet | 20 November 2026 |"
        in text
    )
    assert "22 November 2026 | 2" in " ".join(text.split())


def test_a_guest_without_a_first_name_is_greeted_all_the_same():
    firm = Guest(business=HOUSE, display_name="Fjord AS")

    assert "Hello,\n" in rendered(words("{{ greeting }},"), firm).text


def test_both_forms_say_the_same_and_lead_to_the_same_places():
    both = rendered(words())

    assert "https://links.invalid/survey" in both.text
    assert 'href="https://links.invalid/survey"' in both.html
    for way_out in ("unsubscribe", "preferences"):
        assert f"https://links.invalid/{way_out}" in both.text
        assert f"https://links.invalid/{way_out}" in both.html
    assert "Strandgata 1, 6783 Stryn" in both.text
    assert "Strandgata 1, 6783 Stryn" in both.html


def test_a_mail_fetches_nothing_from_anywhere():
    html = rendered(words()).html

    assert "googleapis" not in html
    assert "<img" not in html
    assert "<link" not in html
    assert "@import" not in html


@pytest.mark.parametrize("nasty", NASTY)
def test_a_nasty_name_stays_a_name(nasty):
    guest = Guest(business=HOUSE, display_name=nasty, given_name=nasty)
    plain = read(rendered(words("{{ guest.name }}")).html)

    mail = rendered(words("{{ guest.name }}", subject="For {{ guest.name }}"), guest)

    reader = read(mail.html)
    assert reader.tags == plain.tags
    assert reader.attributes == plain.attributes
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject


@pytest.mark.parametrize("nasty", NASTY[:4])
def test_a_nasty_template_stays_words(nasty):
    plain = read(rendered(words("Hello")).html)

    reader = read(rendered(words(nasty)).html)

    assert reader.tags == plain.tags
    assert nasty.replace(" ", "") in "".join(reader.text).replace(" ", "")


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_name_gives_a_whole_mail(name):
    guest = Guest(business=HOUSE, display_name=name, given_name=name)

    mail = rendered(words("{{ greeting }} {{ guest.name }}"), guest)

    assert mail.html.startswith("<!doctype html>")
    assert mail.html.endswith("</html>")
    assert read(mail.html).tags == read(rendered(words("x")).html).tags


# What a template may not do


@pytest.mark.parametrize(
    "text",
    [
        "{{ guest.password }}",
        "{{ guest.__class__ }}",
        "{{ guest | safe }}",
        "{{ guest.name | replace: 'a', 'aaaaaaaa' }}",
        "{{ guest.name | split: '' | join: guest.name }}",
        "{% for i in (1..9) %}x{% endfor %}",
        "{{ (1..300000000) | default: 'x' }}",
        "{{ '}' | default: (1..300000000) }}",
        "{% if (1..300000000) contains 5 %}x{% endif %}",
        "{% assign a = 'x' %}",
        "{% capture a %}x{% endcapture %}",
        "{% include 'x' %}",
        "{% render 'x' %}",
        "{% liquid echo 'x' %}",
        "{% raw %}{{ x }}",
        "{% tablerow i in x %}{% endtablerow %}",
        "{{ guest.name",
        "{% if %}",
        "{% if guest.name %}" * 40 + "{% endif %}" * 40,
        "x" * 20_001,
    ],
    ids=lambda text: text[:40],
)
def test_a_template_can_do_little_and_says_so_quickly(text):
    started = time.perf_counter()

    with pytest.raises(CannotFillIn):
        fill_in(text, {"guest.name": "Nora"})

    assert time.perf_counter() - started < 1


def test_the_few_allowed_things_work():
    text = (
        "{% if guest.first_name != '' %}{{ guest.first_name | upcase }}"
        "{% else %}you{% endif %} {{ guest.nick | default: 'friend' }}"
        "{% case kind %}{% when 'a' %}A{% else %}B{% endcase %}"
    )

    filled = fill_in(text, {"guest.first_name": "Nora", "guest.nick": "", "kind": "b"})

    assert filled == "NORA friendB"


def test_unknown_fields_are_named_also_where_they_only_decide():
    text = "{% if guest.tier %}{{ guest.name }}{% endif %}{{ visit.room }}"

    assert unknown_fields(text, FIELDS) == ["guest.tier", "visit.room"]


# Problems at saving


@pytest.mark.parametrize(
    ("contents", "problem"),
    [
        ({}, "Write a subject in at least one language."),
        (
            words("{{ guest.nmae }}"),
            "“guest.nmae” is not a field. These are: greeting, guest.first_name,",
        ),
        (words(subject="x" * 151), "The subject is longer than 150 letters."),
        (words(subject="a\nBcc: b@post.no"), "The subject must be one line."),
        (words("{{ x"), "There is a mistake between two curly brackets."),
        (words("{{ greeting | md5 }}"), "cannot be used here"),
        (
            {"en": {"subject": "Hi", "blocks": [{"type": "text", "text": "x"}]}},
            "There is no button that opens the survey.",
        ),
        (words("x" * 70_000), "The message is too big."),
    ],
    ids=["empty", "field", "long", "lines", "syntax", "filter", "link", "big"],
)
def test_each_problem_is_said_in_words(contents, problem):
    problems = check_template(contents, purpose=Purpose.SURVEY)

    assert len(problems) == 1
    assert problem in problems[0]


def test_a_problem_says_in_which_language_it_is():
    contents = words() | {"de": words("{{ x.y }}")["en"]}

    problems = check_template(contents, purpose=Purpose.SURVEY)

    assert [problem.split(":")[0] for problem in problems] == ["German"]


def test_the_ready_message_has_no_problem_in_any_language():
    contents = contents_of(AFTER_STAY)

    assert check_template(contents, purpose=Purpose.SURVEY) == []
    assert list(contents) == ["en", "nb", "nn", "sv", "da", "fi", "de"]
    for code in contents:
        assert rendered(contents, language=code).subject


@pytest.mark.parametrize(
    ("wanted", "written", "got"),
    [
        ("de", ("de", "nb", "en"), "de"),
        ("de", ("nb", "en"), "nb"),
        ("de", ("en", "sv"), "en"),
        ("de", ("sv",), "sv"),
    ],
    ids=["theirs", "the house's", "English", "any"],
)
def test_the_best_language_there_is_is_chosen(wanted, written, got):
    contents = {code: words(subject=code)["en"] for code in written}

    assert rendered(contents, language=wanted).subject == got


def test_nothing_written_is_not_sent():
    with pytest.raises(CannotFillIn):
        rendered({})

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import ConsentWording, SignUp, SignUpPage
from customers.sign_up.codes import code_of
from customers.sign_up.counting import count_sign_ups, monday_of
from customers.sign_up.pages import link_to, open_page, path_of
from customers.sign_up.wording import reword
from tests.factories import NOW, TODAY, make_guest, make_venue


@pytest.fixture
def page(casa_alba, alba):
    return open_page(casa_alba.venues.get(), actor=alba, now=NOW)


def url(name, page=None, **kwargs):
    if page:
        kwargs["page_uuid"] = page.uuid
    return reverse(f"customers:{name}", kwargs={"slug": "casa-alba", **kwargs})


def settings_of(**typed):
    return {"is_open": "on", "offers": ["marketing"], "welcome-en": ""} | typed


def test_a_form_is_opened_for_a_venue_once(as_alba, casa_alba):
    venue = casa_alba.venues.get()
    path = url("sign_up_open", venue_uuid=venue.uuid)

    first = as_alba.post(path)
    as_alba.post(path)

    page = SignUpPage.objects.get()
    assert (page.venue, page.is_open) == (venue, True)
    assert first["Location"] == url("sign_up_edit", page)
    actions = casa_alba.audit_events.filter(object_type="customers.signuppage")
    assert list(actions.values_list("action", flat=True)) == ["created"]


def test_opening_a_form_gives_a_house_the_sentences_it_lacks(page, casa_alba):
    wordings = casa_alba.consent_wordings.filter(is_current=True, basis="consent")

    assert set(wordings.values_list("purpose", flat=True)) == {"marketing", "survey"}


def test_the_house_decides_what_is_asked_and_said(as_alba, page, client):
    as_alba.post(
        url("sign_up_edit", page),
        settings_of(
            offers=["marketing", "survey"],
            asks=["birthday"],
            **{"welcome-en": "Soup on Sundays."},
        ),
    )

    page.refresh_from_db()
    assert (page.offers, page.asks) == (["marketing", "survey"], ["birthday"])
    form = client.get(path_of(page) + "?lang=en").content.decode()
    assert "Soup on Sundays." in form
    assert 'name="survey"' in form
    assert 'name="birthday_day"' in form
    assert 'name="phone"' not in form


def test_a_form_that_offers_nothing_is_not_saved(as_alba, page):
    answer = as_alba.post(url("sign_up_edit", page), settings_of(offers=[]))

    assert "Choose at least one." in answer.content.decode()


def test_a_form_can_be_closed_and_opened_again(as_alba, page, client, casa_alba):
    as_alba.post(url("sign_up_edit", page), {"offers": ["marketing"]})
    closed = client.get(path_of(page)).status_code
    venue = casa_alba.venues.get()
    as_alba.post(url("sign_up_open", venue_uuid=venue.uuid))

    assert (closed, client.get(path_of(page)).status_code) == (410, 200)


@pytest.mark.parametrize("size", ["a4", "a5", "a6", "a0", ""])
@pytest.mark.parametrize("language", ["de", "xx"])
def test_the_poster_is_drawn_in_each_size_and_language(as_alba, page, size, language):
    answer = as_alba.get(url("sign_up_poster", page), {"size": size, "lang": language})

    shown = size if size in {"a4", "a5", "a6"} else "a4"
    spoken = language if language == "de" else "nb"
    assert f'<main class="poster {shown}" lang="{spoken}">' in answer.content.decode()
    assert code_of(link_to(page)) in answer.content.decode()


def test_the_code_needs_nobody_elses_server_and_no_inline_style(page):
    drawing = code_of(link_to(page))

    assert drawing.startswith("<svg viewBox=")
    assert "style=" not in drawing
    assert "http" not in drawing


def test_new_words_are_a_new_version_and_old_ones_stay(as_alba, page, casa_alba):
    before = casa_alba.consent_wordings.get(purpose="marketing", is_current=True)
    path = url("sign_up_wording") + "?about=marketing"

    as_alba.post(path, {"words-en": "Write to me.", "words-nb": "Skriv til meg."})

    before.refresh_from_db()
    now = casa_alba.consent_wordings.get(purpose="marketing", is_current=True)
    assert (before.is_current, before.version) == (False, 1)
    assert (now.version, now.texts) == (
        2, {"en": "Write to me.", "nb": "Skriv til meg."},
    )  # fmt: skip


def test_the_same_words_are_no_new_version(page, casa_alba, alba):
    current = casa_alba.consent_wordings.get(purpose="survey", is_current=True)

    again = reword(casa_alba, "survey", current.texts, actor=alba, now=NOW)

    assert again == current
    assert ConsentWording.objects.filter(purpose="survey").count() == 1


def test_the_houses_own_language_must_be_written(as_alba, page, casa_alba):
    answer = as_alba.post(
        url("sign_up_wording") + "?about=marketing", {"words-en": "Write to me."}
    )

    assert "Write the sentence in this language" in answer.content.decode()
    assert casa_alba.consent_wordings.filter(purpose="marketing").count() == 1


@pytest.mark.parametrize(
    ("about", "heading"),
    [
        ("survey", "Questions about how it was"),
        ("marketing", "News and offers"),
        ("service", "News and offers"),
        ("", "News and offers"),
    ],
)
def test_there_are_words_only_for_what_needs_a_yes(as_alba, page, about, heading):
    answer = as_alba.get(url("sign_up_wording"), {"about": about})

    assert f"<h1>{heading}</h1>" in answer.content.decode()


def test_the_page_without_any_form_shows_where_to_begin(as_alba, casa_alba):
    make_venue(casa_alba, "Kafeen")

    answer = as_alba.get(url("sign_up_pages")).content.decode()

    assert answer.count("Open a form") == 2
    assert "Nobody has signed up yet." not in answer


def test_the_page_says_how_many_signed_up_and_who_is_still_asked(
    as_alba, page, casa_alba
):
    now = timezone.now()
    make_sign_up(page, at=now, is_new=True)
    make_sign_up(page, at=None)

    answer = as_alba.get(url("sign_up_pages")).content.decode()

    assert "<dt>This week</dt><dd>1</dd>" in answer
    assert "<dt>Not confirmed yet</dt><dd>1</dd>" in answer
    assert link_to(page) in answer


def make_sign_up(page, *, at, is_new=False):
    asked_at = at or timezone.now()
    return SignUp.objects.create(
        business=page.business,
        page=page,
        language="en",
        email="" if at else "nora@post.no",
        asked_at=asked_at,
        expires_at=asked_at + timedelta(days=7),
        confirmed_at=at,
        guest=make_guest(page.business) if at else None,
        is_new_guest=is_new,
    )


def test_weeks_begin_on_the_houses_monday(page, casa_alba):
    # Oslo is an hour ahead: the Sunday that ends in the world begins the week there.
    late_sunday = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)
    make_sign_up(page, at=late_sunday, is_new=True)
    make_sign_up(page, at=late_sunday - timedelta(hours=1))

    counts = count_sign_ups(casa_alba, now=NOW, today=TODAY)

    assert dict(counts.new) == {date(2026, 11, 16): 1}
    assert dict(counts.known) == {date(2026, 11, 9): 1}


def test_counts_are_those_of_a_plain_reader(page, casa_alba, bar_carla, carla):
    other = open_page(bar_carla.venues.get(), actor=carla, now=NOW)
    for hours in range(0, 24 * 7 * 14, 53):
        make_sign_up(page, at=NOW - timedelta(hours=hours), is_new=hours % 3 == 0)
    make_sign_up(other, at=NOW, is_new=True)

    counts = count_sign_ups(casa_alba, now=NOW, today=TODAY, weeks=12)

    zone = ZoneInfo("Europe/Oslo")
    read = {}
    for one in SignUp.objects.filter(page=page):
        monday = monday_of(one.confirmed_at.astimezone(zone).date())
        if monday >= monday_of(TODAY) - timedelta(weeks=11):
            key = monday, one.is_new_guest
            read[key] = read.get(key, 0) + 1
    counted = {(m, True): n for m, n in counts.new.items()}
    counted |= {(m, False): n for m, n in counts.known.items()}
    assert counted == read
    assert counts.by_page == {page.pk: sum(read.values())}


def test_another_house_does_not_open_our_form(client, carla, page):
    client.force_login(carla)
    path = reverse("customers:sign_up_edit", args=["bar-carla", page.uuid])

    assert client.get(path).status_code == 404

"""What search reads is kept as it would be built anew, and leaves with the guest."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum

from customers.guests import GuestFacts, amend_guest
from customers.models import NEVER, NameWord, SearchLine, Visit
from customers.privacy.erasure import erase_guest
from customers.receivers import derive_search
from customers.searching.lines import rebuild_search, refresh_lines, search_line
from customers.searching.name_words import fold_all, words_of
from customers.visits import arrive, depart
from tests.factories import NOW, TODAY, make_guest, make_visit


def lines_of(business):
    rows = SearchLine.objects.filter(business=business).order_by("pk")
    return list(rows.values_list("guest", "line", "came_on"))


def words_in(business):
    words = NameWord.objects.filter(business=business).values("word").order_by("word")
    counted = words.annotate(n=Sum("guests")).filter(n__gt=0)
    return dict(counted.values_list("word", "n"))


def facts_drawn(rng):
    given = rng.choice(("Nora", "Øystein", "Anne-Lise", "Jørgen", "Michael"))
    family = rng.choice(("Østby", "Hansen", "Møller", ""))
    return GuestFacts(
        display_name=f"{given} {family}".strip(),
        given_name=given,
        family_name=family,
        emails=rng.choice(((), ("nora@example.no", "n.o@example.no"))),
        phones=rng.choice(((), ("406 12 345",), ("+46 70 174 06 05",))),
        company=rng.choice(("", "Nordvind AS", "NORDVIND as", "  Kåre  & Sønn ")),
        member_number=rng.choice(("", f"M-{rng.randrange(10**6)}")),
    )


def test_a_line_says_everything_that_people_search_by():
    line = search_line(
        name="Ann-Kristin Sæther",
        given_name="Ann-Kristin",
        family_name="Sæther",
        company="Møre & Co",
        emails=["ann.k@example.no"],
        phones=["+4740612345"],
        numbers=["M-1042", ""],
    )

    assert line == (
        "| ann kristin sather | sather ann kristin | more co / saether annkristin | "
        "40612345 | 4740612345 | ann k example no | m 1042 | m1042 |"
    )
    assert words_of(line) == {"ann", "kristin", "sather", "more"}


def test_what_is_kept_is_what_a_rebuild_gives(casa_alba, bar_carla):
    rng = Random(1)
    make_guest(bar_carla, "Nora Holm")
    guests = []
    for _turn in range(60):
        if len(guests) < 12 or rng.random() < 0.2:
            guest = make_guest(casa_alba, **vars_of(facts_drawn(rng)))
            guests.append(guest)
            visit = make_visit(guest, arrival_date=TODAY, state=Visit.State.BOOKED)
            if rng.random() < 0.6:
                arrive(visit, actor=None, now=NOW)
                if rng.random() < 0.6:
                    depart(visit, actor=None, now=NOW)
        guest = rng.choice(guests)
        amend_guest(guest, facts=facts_drawn(rng), actor=None, now=NOW)
    before = lines_of(casa_alba), words_in(casa_alba)

    assert rebuild_search(casa_alba) == len(guests)

    assert (lines_of(casa_alba), words_in(casa_alba)) == before
    assert {came_on for _guest, _line, came_on in before[0]} == {
        NEVER, TODAY, TODAY + timedelta(days=2)
    }  # fmt: skip
    assert words_in(bar_carla) == {"nora": 1, "holm": 1}


def vars_of(facts):
    return {name: getattr(facts, name) for name in GuestFacts.__dataclass_fields__}


def test_adding_up_changes_no_count(casa_alba):
    for name in ("Nora Østby", "Nora Berg", "Kari Berg"):
        make_guest(casa_alba, name)
    before = words_in(casa_alba)

    fold_all()

    assert words_in(casa_alba) == before == {
        "nora": 2, "ostby": 1, "berg": 2, "kari": 1,
    }  # fmt: skip
    assert NameWord.objects.count() == 4


def test_who_is_forgotten_takes_along_words_that_only_they_had(casa_alba):
    make_guest(casa_alba, "Nora Hansen")
    guest = make_guest(casa_alba, "Nora Zebramarker", company="Quokkafirm")
    amend_guest(
        guest, facts=replace(facts_drawn(Random(2)), family_name="Wombat"),
        actor=None, now=NOW,
    )  # fmt: skip
    amend_guest(
        guest, facts=GuestFacts(display_name="Nora Zebramarker"), actor=None, now=NOW
    )

    erase_guest(guest, actor=None, now=NOW)

    assert sorted(NameWord.objects.values_list("word", flat=True).distinct()) == [
        "hansen", "nora",
    ]  # fmt: skip
    assert words_in(casa_alba) == {"nora": 1, "hansen": 1}
    assert not SearchLine.objects.filter(guest=guest).exists()


def test_the_people_of_a_renamed_firm_are_found_by_its_new_name(casa_alba):
    guest = make_guest(casa_alba, "Nora Østby", company="Nordvind AS")
    guest.company.name = "Sørvind AS"
    guest.company.save()

    refresh_lines(casa_alba, [guest.pk])

    assert words_in(casa_alba) == {"nora": 1, "ostby": 1, "sorvind": 1}
    before = lines_of(casa_alba), words_in(casa_alba)
    rebuild_search(casa_alba)
    assert (lines_of(casa_alba), words_in(casa_alba)) == before
    guest.refresh_from_db()
    assert guest.search_text == before[0][0][1]


def test_a_line_longer_than_an_index_takes_is_kept_in_part(casa_alba):
    emails = tuple(f"{'ü' * 60}{number}@example.no" for number in range(12))

    guest = make_guest(casa_alba, "Nora Østby", emails=emails)

    assert len(guest.search_text) > 500
    assert guest.search_line.line == guest.search_text[:500]


def test_a_register_without_lines_gets_them_with_the_next_migration(casa_alba):
    guest = make_guest(casa_alba, "Nora Østby")
    make_visit(guest, arrival_date=TODAY, nights=0)
    before = lines_of(casa_alba), words_in(casa_alba)
    SearchLine.objects.all().delete()
    NameWord.objects.all().delete()

    derive_search()
    derive_search()

    assert (lines_of(casa_alba), words_in(casa_alba)) == before


def test_the_command_builds_one_house_or_all(casa_alba, bar_carla, capsys):
    make_guest(casa_alba, "Nora Østby")

    call_command("rebuild_search")
    call_command("rebuild_search", casa_alba.slug)

    assert capsys.readouterr().out.split("\n") == [
        "bar-carla: 0 guests", "casa-alba: 1 guests", "casa-alba: 1 guests", "",
    ]  # fmt: skip
    with pytest.raises(CommandError, match="There is no house called nowhere"):
        call_command("rebuild_search", "nowhere")


def test_the_list_of_who_came_last_is_read_from_its_index(casa_alba):
    for number in range(3):
        make_guest(casa_alba, f"Nora {number}")

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(
            "EXPLAIN SELECT guest_id, came_on, line FROM customers_searchline "
            "WHERE business_id = %s ORDER BY came_on DESC, guest_id DESC LIMIT 10",
            [casa_alba.pk],
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "Index Only Scan using customers_searchline_recent" in plan

"""Who of a file is who in the register, held against the rules told one by one."""

from itertools import product
from random import Random

import pytest

from customers.merging.merging import merge_guests
from customers.models import Guest, StagedGuest
from tests.customers.imports.bringing import bring, read
from tests.factories import NOW, make_guest

NAMES = (
    "Nora Østby", "Nora Marie Østby", "Per Østby", "Østby", "Nora", "Norah Vik",
    "Oestby, Nora", "Otto Vik",
)  # fmt: skip
EMAILS = ("nora@post.no", "ostby@post.no", "")
PHONES = ("+4740612345", "+4740612346", "")


@pytest.fixture(autouse=True)
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def words(name):
    plain = name.lower().replace("oe", "o").replace("ø", "o").replace(",", "")
    return set(plain.split())


def as_read(name):
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma else name


def plain(name):
    return as_read(name).lower().replace("oe", "o").replace("ø", "o")


def agree(one, other):
    """Say whether two names may be one person's, as a person would put the rule."""
    few, many = sorted((words(one), words(other)), key=len)
    return plain(one) == plain(other) or (len(few) >= 2 and few <= many)


def who_it_is(row, guests):
    """Return whom a line means, by asking everybody in turn."""
    if row["Guest no"]:
        for guest in guests:
            if guest["number"] == row["Guest no"]:
                return guest["pk"]
    found = [
        guest
        for guest in guests
        if agree(row["Name"], guest["name"])
        and ({row["Email"], row["Phone"]} - {""}) & guest["addresses"]
        and not (row["Guest no"] and guest["number"])
    ]
    found.sort(key=lambda g: (plain(row["Name"]) != plain(g["name"]), g["pk"]))
    return found[0]["pk"] if found else None


def known_guests(business, rng):
    guests = []
    for number in range(25):
        email, phone = rng.choice(EMAILS), rng.choice(PHONES)
        guest = make_guest(
            business,
            rng.choice(NAMES[:6]),
            emails=(email,) if email else (),
            phones=(phone,) if phone else (),
            external_id=f"K{number}" if rng.random() < 0.3 else "",
        )
        guests.append(
            {
                "pk": guest.pk,
                "name": guest.display_name,
                "number": guest.external_id,
                "addresses": {email, phone} - {""},
            }
        )
    return guests


@pytest.mark.parametrize("seed", range(4))
def test_everybody_is_found_who_should_be_and_nobody_else(casa_alba, seed):
    rng = Random(seed)
    guests = known_guests(casa_alba, rng)
    rows = [
        {"Guest no": number, "Name": name, "Email": email, "Phone": phone}
        for name, email, phone, number in product(
            NAMES, EMAILS, PHONES, ("", "K3", "X1")
        )
    ]
    # Each by itself, so that what lines say of each other changes nothing.
    rows = rng.sample(rows, 12)

    for row in rows:
        batch = read(casa_alba, [row], kind="guests")
        staged = StagedGuest.objects.get(batch=batch)
        assert staged.guest_id == who_it_is(row, guests), row


def test_lines_of_one_guest_with_two_addresses_are_one(casa_alba):
    batch = read(
        casa_alba,
        [
            {"Name": "Nora Østby", "Email": "nora@post.no", "Phone": "+4740612345"},
            {"Name": "Nora Østby", "Email": "", "Phone": "+4740612345"},
            {"Name": "Nora Marie Østby", "Email": "nora@post.no", "Town": "Stryn"},
            {"Name": "Per Østby", "Email": "nora@post.no", "Phone": ""},
        ],
        kind="guests",
    )

    leads = StagedGuest.objects.filter(same_as=None).order_by("pk")
    assert [guest.display_name for guest in leads] == ["Nora Østby", "Per Østby"]
    assert leads[0].city == "Stryn"
    assert batch.counts["guests"]["new"] == 2


def test_two_numbers_are_two_guests_whatever_they_share(casa_alba):
    nora = make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",))

    read(
        casa_alba,
        [
            {"Guest no": "1", "Name": "Nora Østby", "Email": "nora@post.no"},
            {"Guest no": "2", "Name": "Nora Østby", "Email": "nora@post.no"},
        ],
        kind="guests",
    )

    staged = StagedGuest.objects.order_by("external_id")
    assert [guest.guest_id for guest in staged] == [nora.pk, None]


def test_a_line_without_a_name_is_whoever_alone_has_the_address(casa_alba):
    nora = make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",))
    make_guest(casa_alba, "Per Vik", emails=("vik@post.no",))
    make_guest(casa_alba, "Otto Vik", emails=("vik@post.no",))

    batch = read(
        casa_alba,
        [{"Name": "", "Email": "nora@post.no"}, {"Name": "", "Email": "vik@post.no"}],
        kind="guests",
    )

    staged = StagedGuest.objects.order_by("pk")
    assert [guest.guest_id for guest in staged] == [nora.pk, None]
    assert batch.import_problems.get().code == "no_name"


def test_who_was_forgotten_is_not_found(casa_alba):
    make_guest(casa_alba, "Nora Østby", external_id="7")
    Guest.objects.update(erased_at="2026-01-01T00:00:00Z", external_id="")

    read(casa_alba, [{"Guest no": "7", "Name": "Nora Østby"}], kind="guests")

    assert StagedGuest.objects.get().guest_id is None


def test_both_numbers_of_two_who_were_made_one_are_that_one(casa_alba, alba):
    rows = [
        {"Guest no": "7", "Name": "Nora Østby", "Email": "nora@post.no"},
        {"Guest no": "8", "Name": "Nora M. Østby", "Email": "nora@jobb.no"},
    ]
    bring(casa_alba, rows, kind="guests")
    nora, again = Guest.objects.order_by("external_id")
    merge_guests(nora, again, actor=alba, now=NOW)

    batch = bring(casa_alba, rows, kind="guests")

    assert (batch.state, batch.counts["guests"]["new"]) == ("done", 0)
    assert Guest.objects.known().get() == nora


def test_the_number_of_who_was_made_one_stays_with_them(casa_alba, alba):
    nora = make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",))
    numbered = make_guest(casa_alba, "Nora Østby", external_id="7")
    merge_guests(nora, numbered, actor=alba, now=NOW)
    row = {"Guest no": "7", "Name": "Nora Østby", "Town": "Stryn"}

    batch = bring(casa_alba, [row], kind="guests")

    nora.refresh_from_db()
    assert (batch.state, nora.external_id, nora.city) == ("done", "", "Stryn")
    assert bring(casa_alba, [row], kind="guests").counts["guests"]["same"] == 1

"""People who signed up by the poster in the restaurant, and two who have yet to confirm."""

from datetime import datetime, timedelta
from random import Random

from crm.devtools.demo.houses import House
from customers.consent import record_consent
from customers.models import (
    Channel,
    ConsentEvent,
    ConsentWording,
    Guest,
    Purpose,
    SignUp,
    SignUpPage,
)
from customers.sign_up.pages import wordings_of
from customers.sign_up.signing_up import KEPT_FOR

_WELCOME = {
    "en": "Crab on Fridays, soup on Sundays, and music by the fjord: we write when it is on.",
    "nb": "Krabbe på fredager, suppe på søndager og musikk ved fjorden: vi skriver når det skjer.",
}
_SIGNED_UP = 64
_WEEKS = 12
_WAITING = (("Ida", "Fossum"), ("Lars", "Nygaard"))


def let_sign_up(house: House, *, seed: int) -> None:
    """Open a form for the restaurant, three months ago, and let people use it."""
    chance = Random(f"{seed}:joining")  # noqa: S311 -- believable, not secret
    venue = house.business.venues.get(name="Restaurant Solvik")
    page = SignUpPage.objects.create(
        business=house.business,
        venue=venue,
        welcome=_WELCOME,
        created_at=house.now - timedelta(weeks=_WEEKS + 1),
    )
    wording = wordings_of(page)[Purpose.MARKETING]
    for guest in _who_may(house, chance):
        _signed_up(page, guest, wording, chance, now=house.now)
    for number, (given_name, family_name) in enumerate(_WAITING):
        _waits(page, given_name, family_name, wording, now=house.now, days=number)


def _who_may(house: House, chance: Random) -> list[Guest]:
    """Return guests who have an address and never said a word about news."""
    silent = (
        house.business.guests.filter(
            erased_at=None,
            contact_points__kind="email",
            contact_points__is_primary=True,
        )
        .exclude(consent_events__purpose=Purpose.MARKETING)
        .order_by("pk")
    )
    guests = list(silent)
    return chance.sample(guests, min(_SIGNED_UP, len(guests)))


def _signed_up(
    page: SignUpPage,
    guest: Guest,
    wording: ConsentWording,
    chance: Random,
    *,
    now: datetime,
) -> None:
    # More and more of them, as the word gets round.
    ago = timedelta(days=7 * _WEEKS * (1 - chance.random() ** 0.6))
    at = max(now - ago, guest.created_at)
    sign_up = SignUp.objects.create(
        business=page.business,
        page=page,
        language=guest.language or page.business.language,
        agreed={Purpose.MARKETING: wording.pk},
        asked_at=at - timedelta(minutes=4),
        expires_at=at + KEPT_FOR,
        confirmed_at=at,
        guest=guest,
        is_new_guest=chance.random() < 0.7,
    )
    record_consent(
        guest,
        purpose=Purpose.MARKETING,
        channel=Channel.EMAIL,
        is_granted=True,
        source=ConsentEvent.Source.SIGN_UP,
        wording=wording,
        evidence=f"sign-up {sign_up.uuid}, confirmed by email",
        now=at,
    )


def _waits(
    page: SignUpPage,
    given_name: str,
    family_name: str,
    wording: ConsentWording,
    *,
    now: datetime,
    days: int,
) -> None:
    at = now - timedelta(days=days, hours=2)
    SignUp.objects.create(
        business=page.business,
        page=page,
        language="nb",
        given_name=given_name,
        family_name=family_name,
        email=f"{given_name}.{family_name}@epost.example".casefold(),
        agreed={Purpose.MARKETING: wording.pk},
        asked_at=at,
        expires_at=at + KEPT_FOR,
    )

"""Who they are: names, homes, addresses to write to, firms they work for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from crm.core.text import search_key
from crm.devtools.demo import names
from crm.devtools.demo.firms import FIRMS
from crm.devtools.demo.habits import Habit
from crm.devtools.demo.names import Name, People, draw_name
from crm.devtools.demo.towns import HOMES, NEAR, Home, draw_address, draw_phone

# Whom a fjord village sees, in shares that sum to one.
_FROM_AFAR = (
    (names.NORWEGIAN, 0.46), (names.GERMAN, 0.12), (names.SWEDISH, 0.07),
    (names.DANISH, 0.065), (names.DUTCH, 0.06), (names.BRITISH, 0.05),
    (names.AMERICAN, 0.03), (names.FINNISH, 0.025), (names.FRENCH, 0.02),
    (names.POLISH, 0.02), (names.SPANISH, 0.018), (names.CHINESE, 0.012),
    (names.JAPANESE, 0.01), (names.ICELANDIC, 0.01), (names.GREEK, 0.008),
    (names.UKRAINIAN, 0.008), (names.ARAB, 0.006), (names.SAMI, 0.008),
)  # fmt: skip
_FROM_NEAR = (
    (names.NORWEGIAN, 0.86), (names.POLISH, 0.04), (names.UKRAINIAN, 0.03),
    (names.SAMI, 0.02), (names.GERMAN, 0.02), (names.ARAB, 0.015),
    (names.SWEDISH, 0.015),
)  # fmt: skip
# One in so many has a name that forms often get wrong.
_RARE_EVERY = 61
# Domains that are kept free for such use.
MAIL_DOMAINS = (
    "example.com", "example.org", "example.net", "post.example", "fjordpost.example",
    "epost.example", "mail.example",
)  # fmt: skip
_HOW_THEY_CAME = (
    "Friends told them", "Search", "Drove past", "Travel guide", "Newspaper",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A guest before there is a row. Emails and phones: as typed, and as compared."""

    name: Name
    country: str
    home: Home
    language: str
    street: str = ""
    postal_code: str = ""
    city: str = ""
    emails: tuple[tuple[str, str], ...] = ()
    phones: tuple[tuple[str, str], ...] = ()
    company: str = ""
    source: str = ""
    birthday: tuple[int, int] | None = None
    is_vip: bool = False


@dataclass(slots=True)
class Register:
    """What has been given out, so that strangers do not share a mailbox."""

    mailboxes: Counter[str] = field(default_factory=Counter)
    people: int = 0


def draw_person(habit: Habit, register: Register, rng: Random) -> Person:
    """Draw somebody for whom ``habit`` is believable."""
    register.people += 1
    number, is_ordinary = divmod(register.people, _RARE_EVERY)
    if not is_ordinary:
        name, country, language = names.RARE[number % len(names.RARE)]
        home = HOMES[country]
    else:
        is_near = rng.random() < habit.lives_near
        people = _draw_people(_FROM_NEAR if is_near else _FROM_AFAR, habit, rng)
        name, language = draw_name(people, rng), people.language
        country = "NO" if is_near else people.country
        home = NEAR if is_near else HOMES[country]
    firm = rng.choice(FIRMS) if habit.is_work and rng.random() < 0.85 else ""
    street, postal_code, city = _address(home, rng)
    return Person(
        name=name,
        country=country,
        home=home,
        language=_language(language, home, rng),
        street=street,
        postal_code=postal_code,
        city=city,
        emails=_emails(name, firm, register, rng),
        phones=(draw_phone(home, rng),) if rng.random() < 0.82 else (),
        company=firm,
        source=_how_they_came(firm, rng),
        birthday=_birthday(rng),
        is_vip=rng.random() < 0.006,
    )


def draw_relative(of: Person, register: Register, rng: Random) -> Person:
    """Draw somebody of the same home: same door, same family name, often same phone."""
    family = of.name.family
    near_kin = (people for people, _share in _FROM_AFAR if people.knows(family))
    people = next(near_kin, names.NORWEGIAN)
    name = draw_name(people, rng, family=people.family_of(family))
    return Person(
        name=name,
        country=of.country,
        home=of.home,
        language=of.language,
        street=of.street,
        postal_code=of.postal_code,
        city=of.city,
        emails=_emails(name, "", register, rng),
        phones=of.phones if rng.random() < 0.4 else (draw_phone(of.home, rng),),
        birthday=_birthday(rng),
    )


def _draw_people(
    shares: Sequence[tuple[People, float]], habit: Habit, rng: Random
) -> People:
    if habit.is_work and rng.random() < 0.6:
        return names.NORWEGIAN
    point = rng.random()
    for people, share in shares:
        point -= share
        if point < 0:
            return people
    return names.NORWEGIAN


def _address(home: Home, rng: Random) -> tuple[str, str, str]:
    return draw_address(home, rng) if rng.random() < 0.62 else ("", "", "")


def _language(language: str, home: Home, rng: Random) -> str:
    if rng.random() < 0.06:
        return ""
    return (
        "nn" if language == "nb" and home is NEAR and rng.random() < 0.5 else language
    )


def _how_they_came(firm: str, rng: Random) -> str:
    if rng.random() > 0.35:
        return ""
    return "Company agreement" if firm else rng.choice(_HOW_THEY_CAME)


def _birthday(rng: Random) -> tuple[int, int] | None:
    if rng.random() > 0.38:
        return None
    return (2, 29) if rng.random() < 0.004 else (rng.randint(1, 12), rng.randint(1, 28))


def mailbox(name: Name) -> str:
    """Return the part before the @ that this person would have."""
    latin = search_key(name.latin or f"{name.given} {name.family}")
    letters = (sign if sign.isalnum() else "." for sign in latin)
    return ".".join(part for part in "".join(letters).split(".") if part)


def firm_domain(name: str) -> str:
    return f"{search_key(name.split()[0])}.example"


def direct_email(name: Name) -> tuple[tuple[str, str], ...]:
    """Return an address that certainly works."""
    address = f"{mailbox(name)}@example.com"
    return ((address, address),)


def _emails(
    name: Name, firm: str, register: Register, rng: Random
) -> tuple[tuple[str, str], ...]:
    if rng.random() > 0.9:
        return ()
    box = mailbox(name)
    register.mailboxes[box] += 1
    if (number := register.mailboxes[box]) > 1:
        box = f"{box}{number}"
    if not firm and rng.random() < 0.06:
        booking = (
            f"{box[:5].strip('.')}.{rng.randrange(10**5, 10**6)}@guest.booking.com"
        )
        return ((booking, booking),)
    domain = firm_domain(firm) if firm else rng.choice(MAIL_DOMAINS)
    typed = f"{box}@{domain}"
    if rng.random() < 0.05:
        typed = typed.capitalize()
    first = (typed, typed.lower())
    old = f"{box}@old.example"
    return (first, (old, old)) if rng.random() < 0.04 else (first,)

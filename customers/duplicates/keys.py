"""What two guests must share to be compared at all: an address, or a name and more.

A name counts as shared when one of its words is the same and the other begins alike:
that survives a slip in either, and names that were swapped, and short forms. It counts
only together with a birthday, a postal code, a town, a firm or an address.
"""

from collections.abc import Iterator
from hashlib import blake2b

from customers.duplicates.describing import Described
from customers.duplicates.nicknames import whole_names

# Raise it when keys are made in another way: all are made anew then.
VERSION = 1
# What more guests than this share tells nobody apart: an address of a firm, a usual name
# in a large town. They are still compared by what they share besides.
MOST_SHARING = 40

_MOST_WORDS = 3
_MOST_LEADS = 8


def keys_of(guest: Described, business_id: int) -> list[int]:
    """Return the fingerprints of what ``guest`` may share, each once, in order."""
    return sorted({_fingerprint(f"{business_id}|{text}") for text in key_texts(guest)})


def key_texts(guest: Described) -> Iterator[str]:
    """Return what ``guest`` may share, in words."""
    contacts = [f"@{address}" for address in (*guest.emails, *guest.phones)]
    yield from contacts
    others = [f"{sign}{value}" for sign, value in _besides(guest) if value]
    for lead in leads_of(guest):
        for other in (*contacts, *others):
            yield f"{lead}|{other}"


def leads_of(guest: Described) -> list[str]:
    """Return each word of the name with how the other begins, the same when swapped."""
    leads: dict[str, None] = {}
    for given in guest.given[:_MOST_WORDS]:
        for family in guest.family[:_MOST_WORDS]:
            for one in whole_names(given):
                for other in whole_names(family):
                    leads[f"{one} {other[0]}"] = leads[f"{other} {one[0]}"] = None
    return list(leads)[:_MOST_LEADS]


def _besides(guest: Described) -> Iterator[tuple[str, str]]:
    yield "b", "{}-{}".format(*guest.birthday) if guest.birthday else ""
    yield "p", guest.postal_code
    yield "t", guest.city
    yield "f", str(guest.company or "")


def _fingerprint(text: str) -> int:
    digest = blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)

"""Compare guests who came or changed with everybody, once that is certain."""

from datetime import datetime

from django.db import transaction

from customers.duplicates.finding import find_pairs
from customers.models import Guest


def check_on_commit(*guests: Guest, now: datetime) -> None:
    """Compare ``guests`` with everybody once the transaction has been committed.

    It takes a few milliseconds in a register of any size, see candidates.py. Should it
    fail, what was saved stays saved, and the nightly look finds the guests again.
    """
    ids = [guest.pk for guest in guests]
    business = guests[0].business

    def check() -> None:
        find_pairs(business, ids, now=now)

    transaction.on_commit(check, robust=True)

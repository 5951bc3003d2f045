"""Compare a guest who came or changed with everybody, once that is certain."""

from datetime import datetime
from functools import partial

from django.db import transaction

from customers.duplicates.finding import find_pairs
from customers.models import Guest


def check_on_commit(guest: Guest, *, now: datetime) -> None:
    """Compare ``guest`` with everybody once the transaction has been committed.

    It takes a few milliseconds in a register of any size, see candidates.py. Should it
    fail, what was saved stays saved, and the nightly look finds the guest again.
    """
    check = partial(find_pairs, guest.business, [guest.pk], now=now)
    transaction.on_commit(check, robust=True)

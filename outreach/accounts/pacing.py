"""How fast an account may send, and how much in a day while it is new.

A new sender that writes to thousands at once is taken for a spammer. So an account that
warms up begins with 50 a day and doubles every third day, until nobody would notice a
limit any more.
"""

from datetime import date, timedelta

from outreach.models import ProviderAccount

FIRST_DAY_CAP = 50
DOUBLES_EVERY_DAYS = 3
# After it the cap would be 25,600 a day.
WARM_UP_DAYS = 27
# Messages may go this much ahead of an even pace, so that a batch is worth its claim.
BURST_SECONDS = 5

# The same as ``cap_on``, where ``account`` and the day ``clock.day`` are in the query.
DAY_CAP_SQL = f"""least(account.daily_cap, CASE
    WHEN clock.day - account.warms_up_from < {WARM_UP_DAYS}
    THEN {FIRST_DAY_CAP} * 2 ^ (greatest(clock.day - account.warms_up_from, 0)
        / {DOUBLES_EVERY_DAYS})
    END)"""


def cap_on(account: ProviderAccount, day: date) -> int | None:
    """Return how many messages may go on ``day``; None for any number."""
    caps = [account.daily_cap, _warm_up_cap(account.warms_up_from, day)]
    return min((cap for cap in caps if cap is not None), default=None)


def is_warming_up(account: ProviderAccount, day: date) -> bool:
    return _warm_up_cap(account.warms_up_from, day) is not None


def warm_until(account: ProviderAccount) -> date | None:
    """Return the first day without the limits of the warm-up; None where there is none."""
    if account.warms_up_from is None:
        return None
    return account.warms_up_from + timedelta(days=WARM_UP_DAYS)


def sent_on(account: ProviderAccount, day: date) -> int:
    """Return how many were handed over on ``day``, as far as the account still knows."""
    return account.day_count if account.day == day else 0


def _warm_up_cap(begins: date | None, day: date) -> int | None:
    if begins is None or (day - begins).days >= WARM_UP_DAYS:
        return None
    doublings = max((day - begins).days, 0) // DOUBLES_EVERY_DAYS
    return int(FIRST_DAY_CAP * 2**doublings)

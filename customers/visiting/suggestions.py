"""What to suggest to whom: up to three things on the card, each with its reason."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.utils import timezone

from crm.core.clock import add_months, local_date
from crm.tenancy.models import Business
from customers.arrival_cards import CardNotes, CardPart
from customers.models import LinePair, Visit, VisitLine
from customers.visiting.going_together import MONTHS, PairCounts, counts_of

MOST = 3
# Had on this many earlier visits of the same kind, a thing is a habit of the guest.
HABIT = 2
# Nobody prepares what a guest may want in a month.
DAYS_AHEAD = 3
ORDER = 30


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``name`` may be suggested, because of ``because``, with what was counted."""

    name: str
    because: str
    counts: PairCounts


def best_suggestions(
    pairs: Iterable[LinePair], *, had: Collection[str], usual: Collection[str]
) -> list[Suggestion]:
    """Return up to three suggestions, the surest first, each thing once.

    ``had`` are the keys of this visit's lines, ``usual`` those that the guest takes
    anyway; both lead to suggestions, and neither is suggested.
    """
    known = {*had, *usual}
    fitting = [
        pair for pair in pairs if pair.key in known and pair.with_key not in known
    ]
    fitting.sort(key=lambda pair: (-counts_of(pair).sure_lift, pair.key, pair.with_key))
    best: dict[str, Suggestion] = {}
    for pair in fitting:
        suggestion = Suggestion(pair.with_name, pair.name, counts_of(pair))
        best.setdefault(pair.with_key, suggestion)
    return list(best.values())[:MOST]


def suggestion_notes(
    business: Business, visits: Sequence[Visit]
) -> dict[int, CardNotes]:
    """Return the card's suggestions for guests who are here or come soon.

    Three queries, however many visits; none when nobody is here or comes soon.
    """
    today = local_date(timezone.now(), business.time_zone)
    found = suggestions_for(business, visits, today=today)
    return {
        visit_id: CardNotes(
            parts=[
                CardPart(
                    "customers/card_suggestions.html",
                    {"suggestions": suggestions},
                    ORDER,
                )
            ]
        )
        for visit_id, suggestions in found.items()
    }


def suggestions_for(
    business: Business, visits: Sequence[Visit], *, today: date
) -> dict[int, list[Suggestion]]:
    """Return suggestions by visit id; visits without any are left out."""
    soon = [visit for visit in visits if _is_soon(visit, today)]
    if not soon:
        return {}
    had = _had(business, soon)
    usual = _usual(business, soon, today)
    keys = set().union(*had.values(), *usual.values())
    by_key: dict[str, list[LinePair]] = defaultdict(list)
    for pair in business.line_pairs.filter(key__in=keys):
        by_key[pair.key].append(pair)
    found = {}
    for visit in soon:
        visit_had, visit_usual = had[visit.pk], usual[visit.guest_id, visit.kind]
        pairs = [pair for key in visit_had | visit_usual for pair in by_key[key]]
        if best := best_suggestions(pairs, had=visit_had, usual=visit_usual):
            found[visit.pk] = best
    return found


def _is_soon(visit: Visit, today: date) -> bool:
    if visit.is_in_house:
        # Who leaves today is past every offer of the house.
        return not visit.is_stay or visit.departure_date > today
    last = today + timedelta(days=DAYS_AHEAD)
    return visit.is_booked and visit.arrival_date <= last


def _had(business: Business, visits: Sequence[Visit]) -> dict[int, set[str]]:
    lines = VisitLine.objects.filter(
        business=business, visit__in=[visit.pk for visit in visits]
    )
    had: dict[int, set[str]] = defaultdict(set)
    for visit_id, key in lines.values_list("visit", "key"):
        had[visit_id].add(key)
    return had


def _usual(
    business: Business, visits: Sequence[Visit], today: date
) -> dict[tuple[int, str], set[str]]:
    """Return what guests had on earlier visits again and again, by guest and kind."""
    rows = (
        VisitLine.objects.filter(
            business=business,
            visit__business=business,
            visit__guest__in={visit.guest_id for visit in visits},
            visit__state=Visit.State.COMPLETED,
            visit__departure_date__gte=add_months(today, -MONTHS),
        )
        .values_list("visit__guest", "visit__kind", "key")
        .annotate(times=Count("visit", distinct=True))
        .filter(times__gte=HABIT)
    )
    usual: dict[tuple[int, str], set[str]] = defaultdict(set)
    for guest_id, kind, key, _times in rows:
        usual[guest_id, kind].add(key)
    return usual

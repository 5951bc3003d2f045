"""Ask which guests are in a segment, how many, and why one of them is or is not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from crm.tenancy.models import Business
from customers.models import Guest, Segment, Visit, known
from customers.segments.compiling import condition_of
from customers.segments.fields import Context
from customers.segments.trees import (
    Group,
    Part,
    Path,
    Rule,
    TreeProblem,
    VisitGroup,
    read_tree,
)
from customers.segments.wording import Wording

Rules = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One part of the rules, in words, and whether it is true of a guest.

    ``how`` is ``rule``, ``visit``, or that of a group: ``all``, ``any``, ``none``.
    """

    words: str
    holds: bool
    how: str = "rule"
    parts: tuple["Answer", ...] = ()


def guests_in(
    business: Business,
    rules: Rules,
    *,
    today: date,
    among: Iterable[int] | None = None,
) -> QuerySet[Guest]:
    """Return the guests of whom the rules hold, as one query in no order.

    With ``among`` only of these guests, which is quick for a few. Raise TreeProblem:
    then nobody may be taken for one of them.
    """
    tree = read_tree(rules, business)
    guests = everybody(business)
    ids = None if among is None else tuple(among)
    if ids is not None:
        guests = guests.filter(pk__in=ids)
    return guests.filter(condition_of(tree, Context(business, today, ids)))


def everybody(business: Business) -> QuerySet[Guest]:
    """Return all guests that a segment chooses from."""
    # The summary's own house is named, so that an index over its columns is entered.
    return Guest.objects.filter(known(), business=business, summary__business=business)


def count_in(business: Business, rules: Rules, *, today: date) -> tuple[int, int]:
    """Return how many guests are in it, and of how many. Raise TreeProblem."""
    inside = guests_in(business, rules, today=today).count()
    return inside, everybody(business).count()


def sentence_of(business: Business, rules: Rules) -> str:
    """Return the rules as one sentence, in the reader's language. Raise TreeProblem."""
    return Wording(business).sentence(read_tree(rules, business))


def why_in(guest: Guest, rules: Rules, *, today: date) -> list[Answer]:
    """Return each part of the rules with whether it holds of the guest. One query,
    beside what the fields look up. Raise TreeProblem.
    """
    business = guest.business
    tree = read_tree(rules, business)
    context = Context(business, today, (guest.pk,))
    conditions = dict(_conditions(tree, context))
    names = {path: f"part_{place}" for place, path in enumerate(conditions)}
    row: Any = (
        Guest.objects.filter(pk=guest.pk, summary__business=business)
        .values(**{names[path]: _truth(asked) for path, asked in conditions.items()})
        .first()
    )
    holds = {path: bool(row and row[name]) for path, name in names.items()}
    wording = Wording(business)
    return [_answer(part, holds, wording) for part in tree.parts]


def segments_with(
    guest: Guest, segments: Iterable[Segment], *, today: date
) -> list[Segment]:
    """Return those of the house's segments that the guest is in. One query, beside
    what the fields look up; rules that make no sense hold of nobody.
    """
    context = Context(guest.business, today, (guest.pk,))
    asked: dict[str, tuple[Segment, Q]] = {}
    for segment in segments:
        try:
            tree = read_tree(segment.rules, guest.business)
        except TreeProblem:
            continue
        asked[f"segment_{segment.pk}"] = (segment, condition_of(tree, context))
    row: Any = (
        everybody(guest.business)
        .filter(pk=guest.pk)
        .values(**{name: _truth(condition) for name, (_s, condition) in asked.items()})
        .first()
    )
    return [segment for name, (segment, _q) in asked.items() if row and row[name]]


def _truth(condition: Q) -> Case:
    if not condition:
        return Case(default=Value(True), output_field=BooleanField())
    return Case(
        When(condition, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )


def _conditions(part: Part, context: Context) -> Iterable[tuple[Path, Q]]:
    """Yield what each part asks. A rule inside a visit group asks for any visit."""
    yield part.path, condition_of(part, context)
    if isinstance(part, Group):
        for each in part.parts:
            yield from _conditions(each, context)
    elif isinstance(part, VisitGroup):
        visits = Visit.objects.filter(business=context.business, guest=OuterRef("pk"))
        for path, asked in _conditions(part.group, context):
            yield path, Q(Exists(visits.filter(asked)))


def _answer(part: Part, holds: dict[Path, bool], wording: Wording) -> Answer:
    words = wording.clause(part)
    if isinstance(part, Rule):
        return Answer(words, holds[part.path])
    inner = part.group.parts if isinstance(part, VisitGroup) else part.parts
    how = "visit" if isinstance(part, VisitGroup) else part.how
    parts = tuple(_answer(each, holds, wording) for each in inner)
    return Answer(words, holds[part.path], how, parts)

"""What can be asked of a guest's wishes, and of the house's own fields."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import Business
from customers.models import CustomField, Preference, Promise
from customers.profile.custom_fields import current_fields
from customers.segments.conditions import by_flag, by_row, by_rows
from customers.segments.fields import Context, Field, ToQ
from customers.segments.operators import Kind, Operator

Op = Operator
LIKES = _("What they like")
OWN = _("Our own fields")


def _wishes(_context: Context) -> QuerySet[Preference]:
    return Preference.objects.filter(guest=OuterRef("pk"), ended_at=None)


def _kinds(business: Business) -> list[tuple[str, str]]:
    rows = business.preference_kinds.order_by("position", "pk")
    return [(str(uuid), name) for uuid, name in rows.values_list("uuid", "name")]


def _let_down(_context: Context) -> Q:
    promises = Promise.objects.filter(guest=OuterRef("pk"))
    return Q(Exists(promises.filter(outcome=Promise.Outcome.NOT_KEPT)))


FIELDS = (
    Field(
        name="likes.kind",
        label=_("Has a wish about"),
        group=LIKES,
        kind=Kind.CHOICE,
        to_q=by_rows(_wishes, by_row("kind")),
        choices=_kinds,
        says={
            Op.ONE_OF: _("have a wish about %(value)s"),
            Op.NOT_ONE_OF: _("have no wish about %(value)s"),
            Op.IS_KNOWN: _("have wishes that we know"),
            Op.IS_UNKNOWN: _("have no wishes that we know"),
        },
    ),
    Field(
        name="likes.promise_not_kept",
        label=_("A promise was not kept"),
        group=LIKES,
        kind=Kind.YES_NO,
        to_q=by_flag(_let_down),
        says={
            Op.YES: _("were promised something that was not kept"),
            Op.NO: _("were never promised something that was not kept"),
        },
    ),
)


def own_fields(business: Business) -> list[Field]:
    """Return the house's own fields that can be compared. One query."""
    return [
        _own_field(field)
        for field in current_fields(business)
        if field.kind in _OWN_KINDS
    ]


_OWN_KINDS = {
    CustomField.Kind.TEXT: Kind.TEXT,
    CustomField.Kind.CHOICE: Kind.CHOICE,
    CustomField.Kind.YES_NO: Kind.YES_NO,
}


def _own_field(field: CustomField) -> Field:
    offered = [(word, word) for word in field.choices]
    return Field(
        name=f"own.{field.uuid}",
        label=field.label,
        group=OWN,
        kind=_OWN_KINDS[CustomField.Kind(field.kind)],
        to_q=_asked_of(str(field.uuid)),
        choices=(lambda _business: offered) if offered else None,
        is_open=True,
    )


def _asked_of(key: str) -> ToQ:
    """Return questions of one value in ``Guest.custom``."""

    def to_q(operator: Operator, value: Any, _context: Context) -> Q:
        has_one = Q(custom__has_key=key)
        if operator in {Op.IS_KNOWN, Op.IS_UNKNOWN}:
            return has_one if operator == Op.IS_KNOWN else ~has_one
        if operator in {Op.YES, Op.NO}:
            return Q(custom__contains={key: operator == Op.YES})
        if operator in {Op.ONE_OF, Op.NOT_ONE_OF}:
            fits = Q(pk__in=[])
            for word in value:
                fits |= Q(custom__contains={key: word})
            return fits if operator == Op.ONE_OF else has_one & ~fits
        look_up = "istartswith" if operator == Op.BEGINS_WITH else "iexact"
        return has_one & Q((f"custom__{key}__{look_up}", value))

    return to_q

"""What can be asked of a guest's standing in the program."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import Business
from customers.segments.conditions import (
    INSTANT_OPERATORS,
    by_flag,
    by_instant,
    by_row,
    by_rows,
)
from customers.segments.fields import Context, Field, register_fields
from customers.segments.operators import Kind, Operator
from loyalty.models import Membership

Op = Operator
LOYALTY = _("Loyalty program")


def _memberships(_context: Context) -> QuerySet[Membership]:
    return Membership.objects.filter(guest=OuterRef("pk"))


def _with_tier(context: Context) -> QuerySet[Membership]:
    return _memberships(context).filter(tier__isnull=False)


def _is_member(context: Context) -> Q:
    return Q(Exists(_memberships(context)))


def _tiers(business: Business) -> list[tuple[str, str]]:
    rows = business.tiers.order_by("rank", "pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


def register_segment_fields() -> None:
    register_fields(
        Field(
            name="loyalty.member",
            label=_("Member of the program"),
            group=LOYALTY,
            kind=Kind.YES_NO,
            to_q=by_flag(_is_member),
            says={
                Op.YES: _("are in the loyalty program"),
                Op.NO: _("are not in the loyalty program"),
            },
        ),
        Field(
            name="loyalty.tier",
            label=_("Tier"),
            group=LOYALTY,
            kind=Kind.CHOICE,
            to_q=by_rows(_with_tier, by_row("tier", to="pk")),
            choices=_tiers,
            says={
                Op.ONE_OF: _("have reached the tier %(value)s"),
                Op.NOT_ONE_OF: _("are not on the tier %(value)s"),
                Op.IS_KNOWN: _("have reached a tier"),
                Op.IS_UNKNOWN: _("have reached no tier"),
            },
        ),
        Field(
            name="loyalty.member_since",
            label=_("Member since"),
            group=LOYALTY,
            kind=Kind.DATE,
            to_q=by_rows(_memberships, by_instant("joined_at")),
            operators=INSTANT_OPERATORS,
            says={
                Op.IN_LAST_DAYS: _("joined the program in the last %(value)s"),
                Op.MORE_THAN_DAYS_AGO: _("joined the program more than %(value)s ago"),
            },
        ),
    )

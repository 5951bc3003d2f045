"""Whom a message would reach, as the decision before sending sees it."""

from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from crm.core.addresses import RELAY_DOMAINS
from crm.core.phones import may_take_sms
from crm.tenancy.models import Business
from customers.models import Channel, ConsentEvent, ContactPoint, Purpose, Visit
from customers.quality.left_alone import CHUNK, left_alone
from customers.segments.conditions import by_flag
from customers.segments.fields import Context, Field
from customers.segments.operators import Kind, Operator
from customers.suppressions import SCOPE_OF

Op = Operator
REACH = _("How we reach them")
_ASKED_FOR = (Purpose.SURVEY, Purpose.MARKETING)
_KIND = {
    Channel.EMAIL: ContactPoint.Kind.EMAIL,
    Channel.SMS: ContactPoint.Kind.PHONE,
}


def may_be_reached(purpose: Purpose, channel: Channel, context: Context) -> Q:
    """Return the condition that a message about ``purpose`` would find its way.

    An address that is left alone is known by its fingerprint alone, so that a house
    with any goes through its addresses first.
    """
    points = _points(channel, context).filter(guest=OuterRef("pk"))
    closed = _closed(purpose, channel, context.business)
    fits = ~Q(pk__in=closed) if closed else Q()
    if channel == Channel.EMAIL and purpose in _ASKED_FOR:
        fits &= ~_lent_out()
    # Only the first address counts: the sender does not try the next one.
    better = _points(channel, context).filter(
        Q(is_primary=True)
        | Q(created_at__lt=OuterRef("created_at"))
        | Q(created_at=OuterRef("created_at"), pk__lt=OuterRef("pk")),
        guest=OuterRef("guest"),
    )
    is_first = Q(is_primary=True) | ~Q(Exists(better))
    return Q(Exists(points.filter(fits, is_first))) & _allowed(
        purpose, channel, context
    )


def _points(channel: Channel, context: Context) -> QuerySet[ContactPoint]:
    points = ContactPoint.objects.filter(business=context.business, kind=_KIND[channel])
    if context.guest_ids is not None:
        points = points.filter(guest__in=context.guest_ids)
    if channel == Channel.SMS:
        points = points.exclude(pk__in=_landlines(points))
    return points


def _landlines(points: QuerySet[ContactPoint]) -> list[int]:
    rows = points.values_list("pk", "normalized").iterator(CHUNK)
    return [pk for pk, number in rows if not may_take_sms(number)]


def _closed(purpose: Purpose, channel: Channel, business: Business) -> list[int]:
    closed = left_alone(business, channel).closed
    of_purpose = closed.get(SCOPE_OF.get(purpose, ""), [])
    return [*closed.get("all", []), *of_purpose]


def _lent_out() -> Q:
    lent = Q(pk__in=[])
    for domain in RELAY_DOMAINS:
        lent |= Q(normalized__endswith=f"@{domain}")
        lent |= Q(normalized__regex=rf"@.*\.{domain.replace('.', '[.]')}$")
    return lent


def _allowed(purpose: Purpose, channel: Channel, context: Context) -> Q:
    """Return what the newest word says: silence is no for surveys and news."""
    newest = _newest(purpose, channel, context)
    if purpose not in _ASKED_FOR:
        return ~Q(pk__in=newest.filter(is_granted=False).values("guest"))
    has_sale = ~Q(basis="soft_opt_in") | Q(
        sale_visit__isnull=False,
        sale_visit__state=Visit.State.COMPLETED,
        sale_visit__spend__gt=0,
    )
    return Q(pk__in=newest.filter(has_sale, is_granted=True).values("guest"))


def _newest(
    purpose: Purpose, channel: Channel, context: Context
) -> QuerySet[ConsentEvent]:
    said = ConsentEvent.objects.filter(
        business=context.business, purpose=purpose, channel=channel
    )
    if context.guest_ids is not None:
        said = said.filter(guest__in=context.guest_ids)
    newest = said.order_by("guest", "-at", "-pk").distinct("guest")
    return ConsentEvent.objects.filter(pk__in=newest.values("pk"))


def _said_no(channel: Channel, context: Context) -> Q:
    newest = _newest(Purpose.MARKETING, channel, context)
    return Q(pk__in=newest.filter(is_granted=False).values("guest"))


def _bounced(_context: Context) -> Q:
    points = ContactPoint.objects.filter(guest=OuterRef("pk"))
    return Q(Exists(points.filter(bounced_at__isnull=False)))


_REACHABLE: dict[tuple[Purpose, Channel], tuple[Any, Any, Any]] = {
    (Purpose.MARKETING, Channel.EMAIL): (
        _("News and offers reach them by email"),
        _("may get news and offers by email"),
        _("may not get news and offers by email"),
    ),
    (Purpose.MARKETING, Channel.SMS): (
        _("News and offers reach them by SMS"),
        _("may get news and offers by SMS"),
        _("may not get news and offers by SMS"),
    ),
    (Purpose.SURVEY, Channel.EMAIL): (
        _("Questions reach them by email"),
        _("may be asked by email"),
        _("may not be asked by email"),
    ),
    (Purpose.SURVEY, Channel.SMS): (
        _("Questions reach them by SMS"),
        _("may be asked by SMS"),
        _("may not be asked by SMS"),
    ),
    (Purpose.SERVICE, Channel.EMAIL): (
        _("Messages about the visit reach them by email"),
        _("can be written to about their visit by email"),
        _("cannot be written to about their visit by email"),
    ),
    (Purpose.SERVICE, Channel.SMS): (
        _("Messages about the visit reach them by SMS"),
        _("can be written to about their visit by SMS"),
        _("cannot be written to about their visit by SMS"),
    ),
}

FIELDS = (
    *(
        Field(
            name=f"reach.{purpose.value}_{channel.value}",
            label=label,
            group=REACH,
            kind=Kind.YES_NO,
            to_q=by_flag(partial(may_be_reached, purpose, channel)),
            says={Op.YES: yes, Op.NO: no},
        )
        for (purpose, channel), (label, yes, no) in _REACHABLE.items()
    ),
    Field(
        name="reach.said_no_email",
        label=_("Said no to news by email"),
        group=REACH,
        kind=Kind.YES_NO,
        to_q=by_flag(partial(_said_no, Channel.EMAIL)),
        says={
            Op.YES: _("said no to news by email"),
            Op.NO: _("did not say no to news by email"),
        },
    ),
    Field(
        name="reach.bounced",
        label=_("An address does not work"),
        group=REACH,
        kind=Kind.YES_NO,
        to_q=by_flag(_bounced),
        says={
            Op.YES: _("have an address that does not work"),
            Op.NO: _("have no address that does not work"),
        },
    ),
)

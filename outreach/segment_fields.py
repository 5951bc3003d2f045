"""What can be asked of what guests got from us."""

from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import Business
from customers.segments.conditions import (
    INSTANT_OPERATORS,
    by_instant,
    by_row,
    by_rows,
)
from customers.segments.fields import Context, Field, register_fields
from customers.segments.operators import Kind, Operator
from outreach.models import Message

Op = Operator
MESSAGES = _("What they got from us")


def _sent(context: Context) -> QuerySet[Message]:
    return Message.objects.filter(
        business=context.business,
        guest=OuterRef("pk"),
        accepted_at__isnull=False,
    )


def _news(context: Context) -> QuerySet[Message]:
    return _sent(context).filter(kind=Message.Kind.MARKETING)


def _automations(business: Business) -> list[tuple[str, str]]:
    rows = business.automations.order_by("name", "pk")
    return [(str(uuid), name) for uuid, name in rows.values_list("uuid", "name")]


def _campaigns(business: Business) -> list[tuple[str, str]]:
    rows = business.campaigns.order_by("name", "pk")
    return [(str(uuid), name) for uuid, name in rows.values_list("uuid", "name")]


_DATED = (*INSTANT_OPERATORS, Op.IS_KNOWN, Op.IS_UNKNOWN)
_CHOSEN = (Op.ONE_OF, Op.NOT_ONE_OF)


def register_segment_fields() -> None:
    register_fields(
        Field(
            name="messages.any_on",
            label=_("Got a message"),
            group=MESSAGES,
            kind=Kind.DATE,
            to_q=by_rows(_sent, by_instant("accepted_at")),
            operators=_DATED,
            says={
                Op.IN_LAST_DAYS: _("got a message in the last %(value)s"),
                Op.IS_UNKNOWN: _("never got a message"),
            },
        ),
        Field(
            name="messages.news_on",
            label=_("Got news or an offer"),
            group=MESSAGES,
            kind=Kind.DATE,
            to_q=by_rows(_news, by_instant("accepted_at")),
            operators=_DATED,
            says={
                Op.IN_LAST_DAYS: _("got news or an offer in the last %(value)s"),
                Op.IS_UNKNOWN: _("never got news or an offer"),
            },
        ),
        Field(
            name="messages.automation",
            label=_("Got a message of the automation"),
            group=MESSAGES,
            kind=Kind.CHOICE,
            to_q=by_rows(_sent, by_row("automation")),
            choices=_automations,
            operators=_CHOSEN,
            says={
                Op.ONE_OF: _("got a message of the automation %(value)s"),
                Op.NOT_ONE_OF: _("got no message of the automation %(value)s"),
            },
        ),
        Field(
            name="messages.campaign",
            label=_("Got the campaign"),
            group=MESSAGES,
            kind=Kind.CHOICE,
            to_q=by_rows(_sent, by_row("campaign")),
            choices=_campaigns,
            operators=_CHOSEN,
            says={
                Op.ONE_OF: _("got the campaign %(value)s"),
                Op.NOT_ONE_OF: _("did not get the campaign %(value)s"),
            },
        ),
    )

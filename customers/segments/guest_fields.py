"""What can be asked of guests themselves."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.core.languages import guest_language_choices
from crm.core.locales import active_locale
from crm.core.regions import country_choices
from crm.tenancy.models import Business
from customers.lists.values_in_use import values_in_use
from customers.models import Guest
from customers.profile.tags import tag_filter, tags_in_use
from customers.segments.conditions import (
    INSTANT_OPERATORS,
    by_birthday,
    by_choice,
    by_flag,
    by_instant,
    by_row,
    by_text,
)
from customers.segments.fields import Context, Field
from customers.segments.operators import Kind, Operator

Op = Operator
WHO = _("Who they are")


def _countries(_business: Business) -> list[tuple[str, str]]:
    return list(country_choices(active_locale()))


def _languages(_business: Business) -> list[tuple[str, str]]:
    return [(each["code"], each["name"]) for each in guest_language_choices()]


def _sources(business: Business) -> list[tuple[str, str]]:
    return [(word, word) for word in values_in_use(Guest, "source", business)]


def _companies(business: Business) -> list[tuple[str, str]]:
    rows = business.companies.order_by("name_sort_key", "pk")
    return [(str(uuid), name) for uuid, name in rows.values_list("uuid", "name")]


def _tags(business: Business) -> list[tuple[str, str]]:
    return [(str(tag.uuid), tag.name) for tag in tags_in_use(business)]


def _has_tag(operator: Operator, value: tuple[str, ...], context: Context) -> Q:
    """Costs one query: what a tag means may be a rule of its own."""
    has_one = Q(pk__in=[])
    for tag in tags_in_use(context.business).filter(uuid__in=value):
        has_one |= tag_filter(context.business, tag, context.today)
    return has_one if operator == Op.ONE_OF else ~has_one


def _shares_a_home(_context: Context) -> Q:
    others = Guest.objects.known().exclude(pk=OuterRef("pk"))
    return Q(household__isnull=False) & Q(
        Exists(others.filter(household=OuterRef("household")))
    )


FIELDS = (
    Field(
        name="guest.country",
        label=_("Country"),
        group=WHO,
        kind=Kind.CHOICE,
        to_q=by_choice("country"),
        choices=_countries,
        says={
            Op.ONE_OF: _("come from %(value)s"),
            Op.NOT_ONE_OF: _("come from elsewhere than %(value)s"),
            Op.IS_UNKNOWN: _("come from we do not know where"),
        },
    ),
    Field(
        name="guest.language",
        label=_("Language"),
        group=WHO,
        kind=Kind.CHOICE,
        to_q=by_choice("language"),
        choices=_languages,
        says={Op.ONE_OF: _("speak %(value)s")},
    ),
    Field(
        name="guest.town",
        label=_("Town"),
        group=WHO,
        kind=Kind.TEXT,
        to_q=by_text("city"),
        says={Op.IS: _("live in %(value)s")},
    ),
    Field(
        name="guest.postal_code",
        label=_("Postal code"),
        group=WHO,
        kind=Kind.TEXT,
        to_q=by_text("postal_code"),
        operators=(Op.BEGINS_WITH, Op.IS, Op.IS_KNOWN, Op.IS_UNKNOWN),
        says={Op.BEGINS_WITH: _("have a postal code that begins with %(value)s")},
    ),
    Field(
        name="guest.source",
        label=_("How they came to us"),
        group=WHO,
        kind=Kind.CHOICE,
        to_q=by_choice("source"),
        choices=_sources,
        is_open=True,
    ),
    Field(
        name="guest.company",
        label=_("Company"),
        group=WHO,
        kind=Kind.CHOICE,
        to_q=by_row("company"),
        operators=(Op.IS_KNOWN, Op.IS_UNKNOWN, Op.ONE_OF, Op.NOT_ONE_OF),
        choices=_companies,
        says={
            Op.IS_KNOWN: _("come from a company"),
            Op.IS_UNKNOWN: _("come from no company"),
            Op.ONE_OF: _("come from %(value)s"),
        },
    ),
    Field(
        name="guest.vip",
        label=_("VIP"),
        group=WHO,
        kind=Kind.YES_NO,
        to_q=by_flag(lambda _context: Q(is_vip=True)),
        says={Op.YES: _("are VIP"), Op.NO: _("are not VIP")},
    ),
    Field(
        name="guest.tag",
        label=pgettext_lazy("a tag on guests", "Tag"),
        group=WHO,
        kind=Kind.CHOICE,
        to_q=_has_tag,
        operators=(Op.ONE_OF, Op.NOT_ONE_OF),
        choices=_tags,
        says={
            Op.ONE_OF: _("have the tag %(value)s"),
            Op.NOT_ONE_OF: _("do not have the tag %(value)s"),
        },
    ),
    Field(
        name="guest.birthday",
        label=_("Birthday"),
        group=WHO,
        kind=Kind.DAY_OF_YEAR,
        to_q=by_birthday("birthday_month", "birthday_day"),
        says={
            Op.IN_NEXT_DAYS: _("have a birthday in the next %(value)s"),
            Op.IN_MONTHS: _("have a birthday in %(value)s"),
            Op.IS_UNKNOWN: _("have a birthday that we do not know"),
        },
    ),
    Field(
        name="guest.created_on",
        label=_("In the register since"),
        group=WHO,
        kind=Kind.DATE,
        to_q=by_instant("created_at"),
        operators=INSTANT_OPERATORS,
        says={
            Op.IN_LAST_DAYS: _("came into the register in the last %(value)s"),
            Op.MORE_THAN_DAYS_AGO: _("came into the register more than %(value)s ago"),
        },
    ),
    Field(
        name="guest.household",
        label=_("Lives with other guests"),
        group=WHO,
        kind=Kind.YES_NO,
        to_q=by_flag(_shares_a_home),
        says={
            Op.YES: _("live with other guests of ours"),
            Op.NO: _("live with no other guest of ours"),
        },
    ),
)

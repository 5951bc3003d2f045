"""When an automatic tag holds. It is never stored on a guest: the rule is asked each time.

One rule, told twice: as a condition for the database and in plain Python, which a test
holds against each other. Days are the house's own; visits are completed ones.
"""

from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.core.locales import active_locale
from crm.core.money import format_money
from crm.core.numbers import format_number
from crm.core.regions import country_name
from crm.tenancy.models import Business
from customers.models import Guest, Tag

Rule = Tag.Rule

# Rules over a figure that has to reach the tag's number.
_AT_LEAST = {
    Rule.VISITS: "visits",
    Rule.NIGHTS: "nights",
    Rule.SPEND: "spend",
    Rule.NO_SHOWS: "no_shows",
}


def rule_query(tag: Tag, today: date) -> Q:
    """Return the condition on ``Guest`` under which an automatic tag holds."""
    if tag.rule == Rule.COUNTRY:
        return Q(country=tag.rule_word)
    number = tag.rule_number or 0
    if figure := _AT_LEAST.get(Rule(tag.rule)):
        return Q(**{f"summary__{figure}__gte": number})
    day = _days_before(today, number)
    if tag.rule == Rule.HERE_WITHIN:
        return Q(summary__last_visit_on__gte=day)
    if tag.rule == Rule.AWAY_FOR:
        return Q(summary__last_visit_on__lte=day)
    return Q(summary__first_visit_on__gte=day)


def rule_holds(tag: Tag, guest: Guest, today: date) -> bool:
    """Return whether an automatic tag holds for a guest whose summary is loaded."""
    if tag.rule == Rule.COUNTRY:
        return guest.country == tag.rule_word
    number, summary = tag.rule_number or 0, guest.summary
    if figure := _AT_LEAST.get(Rule(tag.rule)):
        return bool(getattr(summary, figure) >= number)
    if tag.rule == Rule.NEW_WITHIN:
        return _is_within(summary.first_visit_on, number, today)
    if tag.rule == Rule.HERE_WITHIN:
        return _is_within(summary.last_visit_on, number, today)
    last = summary.last_visit_on
    return last is not None and (today - last).days >= number


def _is_within(day: date | None, days: int, today: date) -> bool:
    return day is not None and (today - day).days <= days


def _days_before(today: date, days: int) -> date:
    try:
        return today - timedelta(days=days)
    except OverflowError:
        return date.min


def rule_in_words(tag: Tag, business: Business) -> str:
    """Return the rule as it goes on after “a guest who”; empty for a tag by hand."""
    if not tag.is_automatic:
        return ""
    locale, number = active_locale(), tag.rule_number or 0
    if tag.rule == Rule.COUNTRY:
        return _("comes from %(country)s") % {
            "country": country_name(tag.rule_word, locale)
        }
    if tag.rule == Rule.SPEND:
        amount = format_money(number, business.currency, locale)
        return _("has spent at least %(amount)s") % {"amount": amount}
    return _counted(tag.rule, number) % {"count": format_number(number, locale)}


def _counted(rule: str, count: int) -> str:
    if rule == Rule.VISITS:
        return ngettext(
            "has been here at least once",
            "has been here at least %(count)s times",
            count,
        )
    if rule == Rule.NIGHTS:
        return ngettext(
            "has stayed at least %(count)s night",
            "has stayed at least %(count)s nights",
            count,
        )
    if rule == Rule.HERE_WITHIN:
        return ngettext(
            "was here in the last %(count)s day",
            "was here in the last %(count)s days",
            count,
        )
    if rule == Rule.AWAY_FOR:
        return ngettext(
            "has not been here for %(count)s day",
            "has not been here for %(count)s days",
            count,
        )
    if rule == Rule.NEW_WITHIN:
        return ngettext(
            "came for the first time in the last %(count)s day",
            "came for the first time in the last %(count)s days",
            count,
        )
    return ngettext(
        "did not come at least once", "did not come at least %(count)s times", count
    )

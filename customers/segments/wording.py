"""Rules as a sentence: "Guests who come from Sweden and have been here twice"."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from babel.dates import get_month_names
from babel.lists import format_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crm.core.dates import say_date
from crm.core.locales import active_locale
from crm.core.money import format_money
from crm.core.numbers import format_number
from crm.tenancy.models import Business
from customers.segments.fields import Field, Scope
from customers.segments.operators import (
    COUNTED_IN_DAYS,
    Kind,
    Operator,
)
from customers.segments.trees import Group, Part, Rule, Tree, VisitGroup

Op = Operator


class Wording:
    """Says rules for one house. What a field's values are called is looked up once."""

    def __init__(self, business: Business) -> None:
        self.business = business
        self.locale = active_locale()
        self._labels: dict[str, dict[str, str]] = {}

    def sentence(self, tree: Tree) -> str:
        """Return the whole tree as one sentence."""
        if not tree.parts:
            return _("Every guest")
        return _("Guests who %(clause)s") % {"clause": self.clause(tree)}

    def clause(self, part: Part) -> str:
        """Return what goes on after "guests who", or after "a visit that"."""
        if isinstance(part, Rule):
            return self._rule(part)
        if isinstance(part, VisitGroup):
            return self._visits(part)
        return self._group(part)

    def _group(self, group: Group) -> str:
        clauses = [self._inside(part) for part in group.parts]
        if not clauses:
            return pgettext("guests who …", "are of any kind")
        if group.how == "any":
            return format_list(clauses, style="or", locale=self.locale)
        listed = format_list(clauses, locale=self.locale)
        if group.how == "all":
            return listed
        listed = format_list(clauses, style="or", locale=self.locale)
        return pgettext("guests who …", "are none of those who %(clause)s") % {
            "clause": listed
        }

    def _inside(self, part: Part) -> str:
        """Return a part among others; a list inside a list stands in brackets."""
        clause = self.clause(part)
        if isinstance(part, Group) and part.how != "none" and len(part.parts) > 1:
            return f"({clause})"
        return clause

    def _visits(self, group: VisitGroup) -> str:
        number = group.at_least if group.at_least is not None else group.at_most
        values = {
            "count": format_number(number or 0, self.locale),
            "clause": self._of_visit(group.group),
        }
        if group.at_least is not None:
            return (
                ngettext(
                    "have had a visit %(clause)s",
                    "have had at least %(count)s visits, each %(clause)s",
                    group.at_least,
                )
                % values
            )
        if not group.at_most:
            return _("have had no visit %(clause)s") % values
        return (
            ngettext(
                "have had at most one visit %(clause)s",
                "have had at most %(count)s visits, each %(clause)s",
                group.at_most,
            )
            % values
        )

    def _of_visit(self, group: Group) -> str:
        if group.how != "none" and len(group.parts) == 1:
            return self.clause(group.parts[0])
        return self._group_of_visit(group)

    def _group_of_visit(self, group: Group) -> str:
        if not group.parts:
            return pgettext("a visit …", "of any kind")
        clauses = [
            f"({self._of_visit(part)})"
            if isinstance(part, Group)
            else self.clause(part)
            for part in group.parts
        ]
        if group.how == "all":
            return format_list(clauses, locale=self.locale)
        listed = self._either(clauses)
        if group.how == "none":
            return pgettext("a visit …", "that is none of: %(clause)s") % {
                "clause": listed
            }
        return listed

    def _rule(self, rule: Rule) -> str:
        field = rule.field
        if field is None:
            return rule.name
        pattern: Any = field.says.get(rule.operator)
        if pattern is None:
            pattern = usual_clause(field, rule.operator)
        said = pattern % {
            "field": field.label,
            # Plurals go by it.
            "number": rule.value if isinstance(rule.value, int) else 0,
            "value": self.value(field, rule.operator, rule.value),
        }
        return str(said)

    def value(self, field: Field, operator: Operator, value: Any) -> str:
        """Return a value as people write it; empty where there is none."""
        if value is None:
            return ""
        if operator in COUNTED_IN_DAYS:
            return _days(value, format_number(value, self.locale))
        if operator == Op.IN_MONTHS:
            names = get_month_names("wide", "stand-alone", locale=self.locale)
            return self._either([names[month] for month in value])
        if operator == Op.BETWEEN:
            low, high = (self._one(field, each) for each in value)
            return pgettext("from, to", "%(low)s and %(high)s") % {
                "low": low,
                "high": high,
            }
        if field.kind == Kind.CHOICE:
            return self._either([self._label(field, each) for each in value])
        return self._one(field, value)

    def _one(self, field: Field, value: Any) -> str:
        if isinstance(value, date):
            return say_date(value, self.locale)
        if field.kind == Kind.MONEY:
            return format_money(value, self.business.currency, self.locale)
        if isinstance(value, int):
            return format_number(value, self.locale)
        return f"“{value}”"

    def _label(self, field: Field, value: str) -> str:
        if field.name not in self._labels:
            choices = field.choices(self.business) if field.choices else []
            self._labels[field.name] = {key: str(label) for key, label in choices}
        return self._labels[field.name].get(value, value)

    def _either(self, words: Sequence[str]) -> str:
        return format_list(list(words), style="or", locale=self.locale)


def _days(number: int, written: str) -> str:
    return ngettext("%(count)s day", "%(count)s days", number) % {"count": written}


def usual_clause(field: Field, operator: Operator) -> str:
    """Return how a rule is said whose field has no words of its own for it."""
    if field.scope is Scope.VISIT:
        return _OF_A_VISIT[operator]()
    return _OF_A_GUEST[operator]()


_OF_A_GUEST = {
    Op.ONE_OF: lambda: _("have %(value)s under “%(field)s”"),
    Op.NOT_ONE_OF: lambda: _("have something other than %(value)s under “%(field)s”"),
    Op.IS: lambda: _("have %(value)s under “%(field)s”"),
    Op.BEGINS_WITH: lambda: _("have what begins with %(value)s under “%(field)s”"),
    Op.AT_LEAST: lambda: _("have at least %(value)s under “%(field)s”"),
    Op.AT_MOST: lambda: _("have at most %(value)s under “%(field)s”"),
    Op.BETWEEN: lambda: _("have between %(value)s under “%(field)s”"),
    Op.IN_LAST_DAYS: lambda: _("have a day in the last %(value)s under “%(field)s”"),
    Op.MORE_THAN_DAYS_AGO: lambda: _(
        "have a day more than %(value)s ago under “%(field)s”"
    ),
    Op.IN_NEXT_DAYS: lambda: _("have a day in the next %(value)s under “%(field)s”"),
    Op.BEFORE: lambda: _("have a day before %(value)s under “%(field)s”"),
    Op.AFTER: lambda: _("have a day after %(value)s under “%(field)s”"),
    Op.IN_MONTHS: lambda: _("have a day in %(value)s under “%(field)s”"),
    Op.IS_KNOWN: lambda: _("have something under “%(field)s”"),
    Op.IS_UNKNOWN: lambda: _("have nothing under “%(field)s”"),
    Op.YES: lambda: _("have a yes under “%(field)s”"),
    Op.NO: lambda: _("have no yes under “%(field)s”"),
}
_OF_A_VISIT = {
    Op.ONE_OF: lambda: _("with %(value)s under “%(field)s”"),
    Op.NOT_ONE_OF: lambda: _("with something other than %(value)s under “%(field)s”"),
    Op.IS: lambda: _("with %(value)s under “%(field)s”"),
    Op.BEGINS_WITH: lambda: _("with what begins with %(value)s under “%(field)s”"),
    Op.AT_LEAST: lambda: _("with at least %(value)s under “%(field)s”"),
    Op.AT_MOST: lambda: _("with at most %(value)s under “%(field)s”"),
    Op.BETWEEN: lambda: _("with between %(value)s under “%(field)s”"),
    Op.IN_LAST_DAYS: lambda: _("in the last %(value)s"),
    Op.MORE_THAN_DAYS_AGO: lambda: _("more than %(value)s ago"),
    Op.IN_NEXT_DAYS: lambda: _("in the next %(value)s"),
    Op.BEFORE: lambda: _("before %(value)s"),
    Op.AFTER: lambda: _("after %(value)s"),
    Op.IN_MONTHS: lambda: pgettext("a visit …", "in %(value)s"),
    Op.IS_KNOWN: lambda: _("with something under “%(field)s”"),
    Op.IS_UNKNOWN: lambda: _("with nothing under “%(field)s”"),
    Op.YES: lambda: _("with a yes under “%(field)s”"),
    Op.NO: lambda: _("without a yes under “%(field)s”"),
}

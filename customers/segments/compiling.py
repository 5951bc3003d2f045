"""Turn a tree into a condition on guests. No rule costs a query of its own, except
those that say so."""

from django.db.models import Count, Exists, OuterRef, Q

from customers.models import Visit
from customers.segments.fields import Context
from customers.segments.trees import Group, Part, Rule, TreeProblem, VisitGroup


def condition_of(part: Part, context: Context) -> Q:
    """Return the condition on Guest, or inside a visit group on Visit."""
    if isinstance(part, Rule):
        return _condition_of_rule(part, context)
    if isinstance(part, VisitGroup):
        return _condition_of_visits(part, context)
    return _condition_of_group(part, context)


def _condition_of_rule(rule: Rule, context: Context) -> Q:
    if rule.field is None:
        raise TreeProblem("", rule.path)
    return rule.field.to_q(rule.operator, rule.value, context)


def _condition_of_group(group: Group, context: Context) -> Q:
    inner = [condition_of(part, context) for part in group.parts]
    if not inner:
        return Q()
    connector = Q.AND if group.how == "all" else Q.OR
    asked = Q(*inner, _connector=connector)
    return ~asked if group.how == "none" else asked


def _condition_of_visits(group: VisitGroup, context: Context) -> Q:
    """Return how many visits fit. One asked for stops at the first; more are counted
    for all guests at once, which costs the same however many are asked about.
    """
    visits = Visit.objects.filter(
        condition_of(group.group, context), business=context.business
    )
    if context.guest_ids is not None:
        visits = visits.filter(guest__in=context.guest_ids)
    least = group.at_least or (group.at_most or 0) + 1
    if least == 1:
        asked = Q(Exists(visits.filter(guest=OuterRef("pk"))))
    else:
        counted = visits.order_by().values("guest").annotate(number=Count("pk"))
        asked = Q(pk__in=counted.filter(number__gte=least).values("guest"))
    return asked if group.at_least else ~asked

"""A segment in words and numbers, also when its rules no longer make sense."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from crm.tenancy.models import Business
from customers.segments.asking import count_in, sentence_of
from customers.segments.trees import TreeProblem, read_tree, rules_in
from customers.segments.wording import Wording


@dataclass(frozen=True, slots=True)
class Said:
    """``problem`` says why nobody can be found by the rules; then there is no more.

    ``inside`` of ``everybody`` are in it, where that was asked.
    """

    sentence: str = ""
    inside: int | None = None
    everybody: int = 0
    problem: str = ""

    @property
    def share(self) -> float:
        return (self.inside or 0) / self.everybody if self.everybody else 0.0


def said_of(
    business: Business, rules: dict[str, Any], *, today: date | None = None
) -> Said:
    """Return what to say of rules. Without ``today`` nobody is counted."""
    try:
        sentence = sentence_of(business, rules)
        if today is None:
            return Said(sentence)
        inside, everybody = count_in(business, rules, today=today)
    except TreeProblem as problem:
        return Said(problem=str(problem))
    return Said(sentence, inside, everybody)


def sentences_of(business: Business, many: list[dict[str, Any]]) -> list[Said]:
    """Return what to say of the rules of many segments.

    The number of queries goes by the kinds of facts asked for, not by the segments.
    A choice that is gone is noticed when somebody counts.
    """
    wording = Wording(business)
    return [_sentence(business, rules, wording) for rules in many]


def _sentence(business: Business, rules: dict[str, Any], wording: Wording) -> Said:
    try:
        tree = read_tree(rules)
        if any(rule.field is None for rule in rules_in(tree)):
            tree = read_tree(rules, business)
    except TreeProblem as problem:
        return Said(problem=str(problem))
    return Said(wording.sentence(tree))

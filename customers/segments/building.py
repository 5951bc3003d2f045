"""A draft of rules with its fields drawn, and the rules that come of it."""

from typing import Any

from django.utils.translation import gettext as _

from customers.segments.drafts import RULE, VISIT, Draft
from customers.segments.offering import Offer
from customers.segments.rule_forms import RuleForm
from customers.segments.trees import Path, TreeProblem, read_tree


class Builder:
    """Puts fields to the rules of a draft. ``forms`` are they, by the rule's key."""

    def __init__(self, root: Draft, offer: Offer) -> None:
        self.root, self.offer = root, offer
        self.forms: dict[str, RuleForm] = {}
        self._dress(root, is_inside_visit=False)

    def rules(self) -> dict[str, Any]:
        """Return the rules as they are kept. Raise TreeProblem for the first that is wrong.

        What is wrong with each rule is then its draft's ``problem``.
        """
        wrong = []
        for node in self.root.walk():
            node.problem = ""
            try:
                if node.kind == RULE:
                    self.forms[node.key].rule()
                elif node.depth and not node.children:
                    raise TreeProblem(
                        _("This group is empty. Add a rule or take it away.")
                    )
            except TreeProblem as problem:
                node.problem = str(problem)
                wrong.append(problem)
        if wrong:
            raise wrong[0]
        rules = self._rules_of(self.root) if self.root.children else {}
        try:
            read_tree(rules, self.offer.business)
        except TreeProblem as problem:
            _at(self.root, problem.path).problem = str(problem)
            raise
        return rules

    def _dress(self, node: Draft, *, is_inside_visit: bool) -> None:
        node.is_in_visit = is_inside_visit
        if node.kind == RULE:
            form = RuleForm(node, self.offer, is_inside_visit=is_inside_visit)
            node.form = self.forms[node.key] = form
        inside = is_inside_visit or node.kind == VISIT
        for child in node.children:
            self._dress(child, is_inside_visit=inside)

    def _rules_of(self, node: Draft) -> dict[str, Any]:
        if node.kind == RULE:
            return self.forms[node.key].rule()
        group = {node.join: [self._rules_of(child) for child in node.children]}
        if node.kind != VISIT:
            return group
        return {"visit": group, **_times(node)}


def _at(node: Draft, path: Path) -> Draft:
    """Return the node that a path of ``read_tree`` leads to, or the nearest above."""
    if not path:
        return node
    if node.kind == VISIT:
        # The group inside a visit group stands in the tree, but not on the page.
        path = path[1:]
    if not path or path[0] >= len(node.children):
        return node
    return _at(node.children[path[0]], path[1:])


def _times(node: Draft) -> dict[str, int]:
    text = node.word("count").strip() or "1"
    if not text.isascii() or not text.isdecimal() or len(text) > 3:
        node.problem = _("Write a whole number of visits.")
        raise TreeProblem(node.problem)
    return {node.times if node.times == "at_most" else "at_least": int(text)}

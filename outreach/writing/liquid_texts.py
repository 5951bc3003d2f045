"""Fill in what authors write, with a template language that can do very little.

Authors are people of the house, but a template is still a program somebody else wrote:
it gets plain texts only, three tags, a handful of filters, no loops and no ranges.
Nothing is escaped here: ``outreach/writing/layout.py`` escapes whatever comes out, whole.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import ClassVar

from django.utils.translation import gettext as _
from liquid import Environment, FalsyStrictUndefined
from liquid.ast import Node
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.context import RenderContext
from liquid.exceptions import LiquidError, LiquidSyntaxError, UndefinedError
from liquid.expression import Expression
from liquid.template import BoundTemplate

MAX_TEXT = 20_000

_TAGS = frozenset({"if", "unless", "case", "comment", "content", "output", "illegal"})
_FILTERS = frozenset(
    {
        "default",
        "upcase",
        "downcase",
        "capitalize",
        "truncate",
        "truncatewords",
        "strip",
    }
)


class CannotFillIn(Exception):
    """The text cannot be filled in. The words are for the author."""


class _Locked(Environment):
    block_nesting_limit: ClassVar[int] = 6
    context_depth_limit: ClassVar[int] = 10
    loop_iteration_limit: ClassVar[int | None] = 1
    local_namespace_limit: ClassVar[int | None] = 20_000
    output_stream_limit: ClassVar[int | None] = 60_000


def _locked_environment() -> Environment:
    environment = _Locked(undefined=FalsyStrictUndefined)
    for names, allowed in (
        (environment.tags, _TAGS),
        (environment.filters, _FILTERS),
    ):
        for name in set(names) - allowed:
            del names[name]
    return environment


_environment = _locked_environment()


def fill_in(text: str, fields: Mapping[str, str]) -> str:
    """Return ``text`` with the merge fields filled in.

    ``fields`` are named with dots, like ``guest.first_name``. Raise CannotFillIn for an
    unknown field, a mistake in the text, or too much of it.
    """
    template = _parsed(text)
    try:
        return template.render(**_nested(fields))
    except LiquidError as error:
        raise CannotFillIn(_sentence(error)) from error
    except RecursionError as error:
        raise CannotFillIn(_("The text is too deeply nested.")) from error


def unknown_fields(text: str, known: Iterable[str]) -> list[str]:
    """Return the fields that ``text`` names and nobody knows, in their order.

    Raise CannotFillIn for a mistake in the text.
    """
    named = (
        ".".join(str(segment) for segment in variable.segments)
        for variables in _parsed(text).analyze().variables.values()
        for variable in variables
    )
    known = set(known)
    return [name for name in dict.fromkeys(named) if name not in known]


@lru_cache(maxsize=256)
def _parsed(text: str) -> BoundTemplate:
    if len(text) > MAX_TEXT:
        raise CannotFillIn(_("The text is too long."))
    try:
        template = _environment.from_string(text)
    except LiquidError as error:
        raise CannotFillIn(_sentence(error)) from error
    except RecursionError as error:
        raise CannotFillIn(_("The text is too deeply nested.")) from error
    if _has_range(template):
        raise CannotFillIn(_("Ranges like (1..9) cannot be used here."))
    return template


def _has_range(template: BoundTemplate) -> bool:
    return any(
        isinstance(expression, RangeLiteral)
        for node in _all_nodes(template, template.nodes)
        for expression in _all_expressions(node.expressions())
    )


def _all_nodes(template: BoundTemplate, nodes: Iterable[Node]) -> Iterator[Node]:
    context = RenderContext(template)
    for node in nodes:
        yield node
        yield from _all_nodes(template, node.children(context))


def _all_expressions(expressions: Iterable[Expression]) -> Iterator[Expression]:
    for expression in expressions:
        yield expression
        yield from _all_expressions(expression.children())


def _nested(fields: Mapping[str, str]) -> dict[str, object]:
    nested: dict[str, object] = {}
    for name, value in fields.items():
        *groups, last = name.split(".")
        place = nested
        for group in groups:
            place = place.setdefault(group, {})  # type: ignore[assignment]
        place[last] = str(value)
    return nested


def _sentence(error: LiquidError) -> str:
    if isinstance(error, UndefinedError):
        return _("The text uses a field that does not exist.")
    if isinstance(error, LiquidSyntaxError):
        return _("There is a mistake between two curly brackets.")
    return _("The text asks for something that cannot be used here.")

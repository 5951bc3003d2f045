"""Notice JSON that is nested deeper than anybody means it, before it is read.

Python's reader gives up where its stack ends; whatever else happens to run down there,
like the tidying of an object, then fails as well.
"""

import re

_BRACKET = re.compile(rb"[\[{\]}]")
_DEEPEST = 100


def is_nested_too_deep(text: bytes) -> bool:
    """Return whether brackets in ``text`` stand more than a hundred deep."""
    depth = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in b"[{" else -1
        if depth > _DEEPEST:
            return True
    return False

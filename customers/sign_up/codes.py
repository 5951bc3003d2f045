"""The code on the poster, drawn here: nobody else learns which links a house makes."""

import segno
from django.utils.safestring import SafeString, mark_safe

# A margin of four modules, as readers of such codes expect.
_MARGIN = 4


def code_of(link: str) -> SafeString:
    """Return the link as a drawing that takes the room it is given.

    A quarter of it may be scratched or covered and it is still read.
    """
    code = segno.make_qr(link, error="q")
    drawing = code.svg_inline(
        border=_MARGIN, omitsize=True, svgclass="code", lineclass=None, light="#fff"
    )
    return mark_safe(drawing)  # noqa: S308 -- drawn by us from a link of ours

"""Lay out filled-in blocks as HTML for mail programs, and as plain text.

Everything a person wrote or is called passes through ``_safe`` once, whole. Authors never
write markup; the MJML is ours, and the compiler fetches nothing.
"""

import html
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import mrml
from django.utils.translation import gettext as _

from outreach.writing.links import placeholder

# Fonts of the reader's own machine: a font from elsewhere would tell of the reading.
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
_PAPER, _CARD, _INK, _QUIET, _FJORD = (
    "#f7f5f0",
    "#ffffff",
    "#1f2926",
    "#5d6663",
    "#17645a",
)

# Characters that XML does not know, and the ones that turn the direction of text.
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Block:
    """A filled-in piece: ``heading`` or ``text``, or a ``button`` with a link's name."""

    kind: str
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """All words of one mail. ``sender_lines`` say who writes, and from where.

    ``why`` says why the guest gets it. ``is_list`` adds the way out of the list.
    ``is_to_guest`` is False where nobody knows yet who reads it.
    """

    language: str
    subject: str
    preview: str
    blocks: Sequence[Block]
    house: str
    sender_lines: Sequence[str]
    why: str
    is_list: bool
    is_to_guest: bool = True


def clean(text: str) -> str:
    """Return ``text`` without characters that do not belong in a text."""
    return _NOT_TEXT.sub("", text)


def as_html(letter: Letter) -> str:
    """Return the letter as a whole HTML document with inline styles."""
    mjml = f"""<mjml lang="{_safe(letter.language)}"><mj-head>
<mj-title>{_safe(letter.subject)}</mj-title><mj-preview>{_safe(letter.preview)}</mj-preview>
<mj-attributes><mj-all font-family="{_FONT}"/>
<mj-text color="{_INK}" font-size="17px" line-height="1.55" padding="8px 32px"/>
<mj-button background-color="{_FJORD}" border-radius="8px" font-size="17px"
 inner-padding="14px 28px" padding="16px 32px" align="left"/></mj-attributes></mj-head>
<mj-body background-color="{_PAPER}" width="560px">
<mj-section padding="28px 0 8px"><mj-column>
<mj-text color="{_FJORD}" font-size="20px" font-weight="bold">{_safe(letter.house)}</mj-text>
</mj-column></mj-section>
<mj-section background-color="{_CARD}" border-radius="12px" padding="24px 0"><mj-column>
{"".join(_mjml_of(block) for block in letter.blocks)}
</mj-column></mj-section>
<mj-section padding="16px 0 40px"><mj-column>
<mj-text color="{_QUIET}" font-size="14px">{_footer(letter)}</mj-text>
</mj-column></mj-section></mj-body></mjml>"""
    options = mrml.RenderOptions(fonts={})
    return mrml.to_html(mjml, mrml.ParserOptions(), options).content


def as_text(letter: Letter) -> str:
    """Return the same words as plain text."""
    parts = [_text_of(block) for block in letter.blocks]
    footer = [*letter.sender_lines, "", letter.why]
    footer += [f"{words}: {placeholder(name)}" for name, words in _ways_out(letter)]
    return (
        clean("\n\n".join([letter.house, *parts, "-- \n" + "\n".join(footer)])) + "\n"
    )


def _safe(text: str) -> str:
    return html.escape(clean(text).strip())


def _lines(text: str) -> str:
    return _safe(text).replace("\r\n", "\n").replace("\n", "<br/>")


def _mjml_of(block: Block) -> str:
    if block.kind == "heading":
        return (
            '<mj-text font-size="26px" font-weight="bold" line-height="1.25">'
            f"{_safe(block.text)}</mj-text>"
        )
    if block.kind == "button":
        href = placeholder(block.link)
        return f'<mj-button href="{href}">{_safe(block.text)}</mj-button>'
    paragraphs = re.split(r"\n\s*\n", block.text.replace("\r\n", "\n").strip())
    return "".join(f"<mj-text>{_lines(part)}</mj-text>" for part in paragraphs if part)


def _text_of(block: Block) -> str:
    if block.kind == "heading":
        return f"{block.text.strip()}\n{'=' * min(len(block.text.strip()), 60)}"
    if block.kind == "button":
        return f"{block.text.strip()}: {placeholder(block.link)}"
    return "\n".join(
        textwrap.fill(line, 76, break_long_words=False, break_on_hyphens=False)
        for line in block.text.replace("\r\n", "\n").strip().split("\n")
    )


def _ways_out(letter: Letter) -> list[tuple[str, str]]:
    ways = []
    if letter.is_to_guest:
        ways.append(("preferences", _("Choose what we send you")))
    if letter.is_list:
        ways.append(("unsubscribe", _("Stop these messages")))
    return ways


def _footer(letter: Letter) -> str:
    links = " · ".join(
        f'<a href="{placeholder(name)}" style="color:{_FJORD}">{_safe(words)}</a>'
        for name, words in _ways_out(letter)
    )
    who = "<br/>".join(_safe(line) for line in letter.sender_lines)
    return "<br/>".join(filter(None, [f"{who}<br/>", _safe(letter.why), links]))

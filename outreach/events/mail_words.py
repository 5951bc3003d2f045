"""What is written in a mail, and which of it is the writer's own."""

import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message as Mail

from django.utils.html import strip_tags

_HISTORY = re.compile(r"^(>|-{2,}\s*(original|opprinnelig|ursprung)|_{10,})", re.I)


def text_of(mail: Mail) -> str:
    """Return what is written in ``mail``, without the look of it."""
    texts = dict(_texts(mail))
    if "text/plain" in texts:
        return texts["text/plain"].strip()
    return strip_tags(texts.get("text/html", "")).strip()


def _texts(mail: Mail) -> Iterator[tuple[str, str]]:
    # The last one wins in a dict, and the first part is meant.
    for part in reversed(list(mail.walk())):
        payload = part.get_payload(decode=True)
        if part.get_filename() or not isinstance(payload, bytes):
            continue
        charset = part.get_content_charset() or "utf-8"
        try:
            yield part.get_content_type(), payload.decode(charset, "replace")
        except LookupError:
            yield part.get_content_type(), payload.decode("utf-8", "replace")


def own_words(text: str) -> str:
    """Return ``text`` without the mail that it answers, as far as that can be told."""
    lines: list[str] = []
    for line in text.splitlines():
        if _HISTORY.match(line.strip()):
            # The line before says who wrote when, and ends with a colon.
            while lines and (not lines[-1].strip() or lines[-1].rstrip()[-1:] == ":"):
                lines.pop()
            break
        lines.append(line)
    return "\n".join(lines).strip()


def decoded(header: object) -> str:
    try:
        return str(make_header(decode_header(str(header))))
    except (ValueError, LookupError):
        return str(header)

"""Icons by our own names, as inline SVG that takes the colour of the text."""

import functools

from django.utils.html import format_html
from django.utils.safestring import SafeString
from heroicons.templatetags.heroicons import heroicon_outline

# Ours on the left, so that the drawings can be exchanged in one place.
_DRAWN_BY_HEROICONS = {
    "account": "user-circle",
    "add": "plus",
    "alert": "exclamation-triangle",
    "answers": "chat-bubble-left-right",
    "back": "arrow-left",
    "birthday": "cake",
    "building": "building-storefront",
    "calendar": "calendar-days",
    "check": "check",
    "clock": "clock",
    "close": "x-mark",
    "company": "building-office-2",
    "copy": "square-2-stack",
    "device": "device-phone-mobile",
    "down": "chevron-down",
    "download": "arrow-down-tray",
    "edit": "pencil-square",
    "event": "ticket",
    "external": "arrow-top-right-on-square",
    "eye": "eye",
    "filter": "funnel",
    "gift": "gift",
    "good": "check-circle",
    "guest": "user",
    "guests": "users",
    "help": "question-mark-circle",
    "home": "home",
    "info": "information-circle",
    "key": "key",
    "language": "language",
    "list": "list-bullet",
    "log": "clipboard-document-list",
    "loyalty": "star",
    "mail": "envelope",
    "message": "chat-bubble-left",
    "more": "ellipsis-horizontal",
    "next": "chevron-right",
    "note": "document-text",
    "outreach": "paper-airplane",
    "pause": "pause",
    "phone": "phone",
    "place": "map-pin",
    "play": "play",
    "previous": "chevron-left",
    "print": "printer",
    "promise": "hand-raised",
    "remove": "trash",
    "return": "arrow-path",
    "search": "magnifying-glass",
    "security": "shield-check",
    "settings": "cog-6-tooth",
    "sign-out": "arrow-left-start-on-rectangle",
    "staff": "user-group",
    "stop": "no-symbol",
    "switch": "chevron-up-down",
    "tag": "tag",
    "today": "calendar-days",
    "tour": "map",
    "trend": "chart-bar",
    "undo": "arrow-uturn-left",
    "unfold": "chevron-down",
    "up": "chevron-up",
}

# Things of the house that the set does not draw.
_DRAWN_HERE = {
    "stay": '<path d="M3 18.75v-9.5M3 15.75h18v3M21 15.75v-1.5a3 3 0 0 0-3-3h-7.5v4.5'
    'M6.75 12.75a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z"/>',
    "table": '<path d="M6 3.75v5.5a2.25 2.25 0 0 0 4.5 0v-5.5M8.25 3.75v16.5'
    'M17.25 20.25v-6.5h-2.5v-5.5c0-2.5 1-4.5 2.5-4.5v10"/>',
}


_ROUND_STROKES = ' stroke-linecap="round" stroke-linejoin="round"'


def icon_svg(name: str, label: str = "") -> SafeString:
    """Return the drawing called ``name``; silent to screen readers without ``label``.

    A name that is not ours is looked up in heroicons; raise IconDoesNotExist when it is
    not there either.
    """
    spoken = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else SafeString('aria-hidden="true"')
    )
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" {}>{}</svg>', spoken, _drawing(name)
    )


@functools.cache
def _drawing(name: str) -> SafeString:
    if name in _DRAWN_HERE:
        return SafeString(_DRAWN_HERE[name])
    svg = heroicon_outline(_DRAWN_BY_HEROICONS.get(name, name), size=None)
    paths = svg[svg.index(">") + 1 : svg.rindex("</svg>")].strip()
    # The stylesheet says this once for all icons.
    return SafeString(paths.replace(_ROUND_STROKES, ""))

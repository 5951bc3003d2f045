"""The cards of Today, each in a place that knows what it looked like."""

import re

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from crm.frontdesk.day import Card

register = template.Library()

_BETWEEN_TAGS = re.compile(r">\s+<")


@register.simple_block_tag(takes_context=True)
def slot(context: Context, content: SafeString, card: Card) -> SafeString:
    """Put a card into a list, with a print of it; see ``seen.Prints``.

    What templates leave between tags is a tenth of the page, and says nothing.
    """
    content = SafeString(_BETWEEN_TAGS.sub("> <", content))
    looks = context["prints"].add(content, but=str(context["csrf_token"]))
    return format_html(
        '<li id="visit-{}" data-looks="{}">{}</li>', card.visit.uuid, looks, content
    )

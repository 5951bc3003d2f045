"""The cards of Today, each in a place that knows what it looked like."""

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from crm.frontdesk.day import Card

register = template.Library()


@register.simple_block_tag(takes_context=True)
def slot(context: Context, content: SafeString, card: Card) -> SafeString:
    """Put a card into a list, with a print of it; see ``seen.Prints``."""
    looks = context["prints"].add(content, but=str(context["csrf_token"]))
    return format_html(
        '<li id="slot-{}" data-looks="{}">{}</li>', card.visit.uuid, looks, content
    )

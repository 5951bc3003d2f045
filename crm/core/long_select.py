"""A select with hundreds of options. A template per option would take longer than all
the rest of the page."""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    """Like ``forms.Select``, written in one go."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,
    ) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        groups = format_html_join(
            "\n", "{}", ((_group(*group[:2]),) for group in widget["optgroups"])
        )
        return format_html(
            '<select name="{}"{}>\n{}\n</select>',
            name,
            flatatt(widget["attrs"]),
            groups,
        )


def _group(label: str | None, options: list[dict[str, Any]]) -> SafeString:
    inside = format_html_join(
        "\n",
        '<option value="{}"{}>{}</option>',
        (
            (option["value"], flatatt(option["attrs"]), option["label"])
            for option in options
        ),
    )
    if label is None:
        return inside
    return format_html('<optgroup label="{}">\n{}\n</optgroup>', label, inside)

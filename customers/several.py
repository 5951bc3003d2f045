"""A form field of several short texts, one to a line, the first the one to use."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _


class SeveralInputs(forms.Widget):
    """Inputs of one name: those filled in, and an empty one for the next."""

    template_name = "customers/several_inputs.html"

    def __init__(self, input_type: str, attrs: dict[str, Any] | None = None) -> None:
        self.input_type = input_type
        super().__init__(attrs)

    def get_context(
        self, name: str, value: Any, attrs: dict[str, Any] | None
    ) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        filled = [text for text in value or () if text]
        context["widget"] |= {"texts": [*filled, ""], "type": self.input_type}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        typed = data.getlist(name) if isinstance(data, MultiValueDict) else data[name]
        return [text.strip() for text in typed if text.strip()]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


class SeveralField(forms.Field):
    """Clean to a tuple of texts in the order typed, each at most ``max_length`` long.

    ``read`` is called with each text and raises ValueError with a sentence when it
    cannot be what the field holds; every text that is wrong gets its own sentence.
    """

    default_error_messages = {
        "too_many": _("That is more than we keep. Leave the ones you use."),
        "too_long": _("“%(text)s…” is too long."),
        "unreadable": _("“%(text)s”: %(reason)s"),
    }
    most = 10
    max_length = 254

    def to_python(self, value: Iterable[str] | None) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text.replace("\0", "") for text in value or ()))

    def validate(self, value: tuple[str, ...]) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        for text in value:
            if len(text) > self.max_length:
                raise ValidationError(
                    self.error_messages["too_long"],
                    code="too_long",
                    params={"text": text[:30]},
                )

    def unreadable(self, text: str, reason: object) -> ValidationError:
        """Return the sentence that names ``text`` and says what is wrong with it."""
        return ValidationError(
            self.error_messages["unreadable"],
            code="unreadable",
            params={"text": text, "reason": reason},
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return tuple(initial or ()) != tuple(data or ())

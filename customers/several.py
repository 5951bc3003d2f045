"""A form field of several short texts, one to a line, the first the one to use."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Empty inputs under "another one", for who has several at once.
SPARE = 2


class SeveralInputs(forms.Widget):
    """Inputs of one name, each with a mark that makes it the one to use.

    Those filled in are seen, or one that is empty; more empty ones are folded away.
    """

    template_name = "customers/several_inputs.html"

    def __init__(
        self,
        input_type: str,
        attrs: dict[str, Any] | None = None,
        *,
        note: str | Promise = "",
    ) -> None:
        self.input_type, self.note = input_type, note
        super().__init__(attrs)

    def get_context(
        self, name: str, value: Any, attrs: dict[str, Any] | None
    ) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        seen = [text for text in value or () if text] or [""]
        context["widget"] |= {
            "type": self.input_type,
            "seen": list(enumerate(seen)),
            "spare": list(enumerate([""] * SPARE, start=len(seen))),
            "mark": _mark(name),
            "note": self.note,
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return what was typed, the marked one first."""
        typed = data.getlist(name) if isinstance(data, MultiValueDict) else data[name]
        texts = [text.strip() for text in typed]
        marked = data.get(_mark(name), "")
        if marked.isdecimal() and len(marked) < 3 and int(marked) < len(texts):
            texts.insert(0, texts.pop(int(marked)))
        return [text for text in texts if text]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


def _mark(name: str) -> str:
    return f"{name}_first"


class SeveralField(forms.Field):
    """Clean to a tuple of texts in the order typed, each at most ``max_length`` long.

    Every text that cannot be read gets its own sentence, see ``unreadable``.
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

"""A form field that chooses a row by its uuid."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class RowField(forms.ModelChoiceField):
    """Clean to a row of the queryset; whatever else is sent is ``invalid_choice``."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, to_field_name="uuid", **options)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError as error:
            # Words that are no uuid at all would be answered in words about uuids.
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice"
            ) from error

"""What staff type about a note."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import Venue
from customers.guarded_forms import GuardedForm
from customers.models import Note

LONGEST_NOTE = 2000


class VenueChoiceField(forms.ModelChoiceField):
    """A venue by the uuid; whatever else is sent is none of theirs."""

    default_error_messages = {"invalid_choice": _("This is not one of your venues.")}

    def to_python(self, value: Any) -> Venue | None:
        try:
            venue: Venue | None = super().to_python(value)
        except ValidationError:
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice"
            ) from None
        return venue


class NoteForm(GuardedForm):
    """A note for the whole house or for one of ``venue_ids``; none named means any."""

    text = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(
            attrs={
                "rows": 2,
                "placeholder": _("What should colleagues know?"),
                "data-send-by-key": True,
            }
        ),
        error_messages={
            "required": _("Write a few words."),
            "max_length": _("This is longer than a note can be. Please shorten it."),
        },
    )
    venue = VenueChoiceField(
        queryset=Venue.objects.none(),
        to_field_name="uuid",
        label=_("For"),
        required=False,
        empty_label=_("The whole house"),
    )
    is_pinned = forms.BooleanField(label=_("Keep on top"), required=False)

    def __init__(
        self,
        *args: Any,
        business_id: int,
        venue_ids: list[int],
        note: Note | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        mine = Q(is_active=True)
        if venue_ids:
            mine &= Q(pk__in=venue_ids)
        if note and note.venue_id:
            mine |= Q(pk=note.venue_id)
        venues = Venue.objects.filter(mine, business=business_id).order_by("name", "pk")
        field = self.fields["venue"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = venues
        choices = [(venue.uuid, venue.name) for venue in venues]
        field.choices = [("", field.empty_label), *choices]
        # The one venue of a house is the whole house.
        self.offers_venues = bool(venue_ids) or len(choices) > 1


class NoteChangeForm(NoteForm):
    """A note that is there already. Keeping it on top has a button of its own."""

    def __init__(self, *args: Any, note: Note, **kwargs: Any) -> None:
        venue = note.venue.uuid if note.venue else None
        kwargs.setdefault("initial", {"text": note.text, "venue": venue})
        super().__init__(*args, note=note, **kwargs)
        del self.fields["is_pinned"]

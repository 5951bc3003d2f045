"""What staff type about a health need."""

from collections.abc import Iterable
from typing import Any

from babel.dates import format_interval
from django import forms
from django.utils.translation import gettext_lazy as _

from crm.core.locales import active_locale
from customers.guarded_forms import GuardedForm
from customers.models import Visit

REMEMBER = "remember"
NOT_SAID = _(
    "Read them the sentence. Tick when they say yes; without it the need is for one "
    "visit."
)


class NeedForm(GuardedForm):
    """A need for one of ``visits``, or to be remembered when the guest says yes.

    With ``has_agreed`` they said so earlier and are not asked again.
    """

    words = forms.CharField(
        label=_("What they need"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("What to do, not why: “no nuts”, “room without stairs”."),
        error_messages={
            "required": _("Write a few words."),
            "max_length": _("This is too long. What matters in the kitchen?"),
        },
    )
    how_long = forms.ChoiceField(
        label=_("How long we keep it"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how long we keep it."),
            "invalid_choice": _("Choose how long we keep it."),
        },
    )
    says_yes = forms.BooleanField(label=_("They said yes"), required=False)

    def __init__(
        self, *args: Any, visits: Iterable[Visit], has_agreed: bool, **kwargs: Any
    ) -> None:
        self.visits = {str(visit.uuid): visit for visit in visits}
        self.has_agreed = has_agreed
        choices = [(uuid, _say_visit(visit)) for uuid, visit in self.visits.items()]
        choices.append((REMEMBER, str(_("For next time too"))))
        kwargs.setdefault("initial", {"how_long": choices[0][0]})
        super().__init__(*args, **kwargs)
        field = self.fields["how_long"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        asks = cleaned.get("how_long") == REMEMBER and not self.has_agreed
        if asks and not cleaned.get("says_yes"):
            self.add_error("says_yes", NOT_SAID)
        return cleaned

    @property
    def visit(self) -> Visit | None:
        """Return the visit chosen, or None to remember. Only for a valid form."""
        return self.visits.get(self.cleaned_data["how_long"])


def _say_visit(visit: Visit) -> str:
    days = format_interval(
        visit.arrival_date, visit.departure_date, "MMMd", locale=active_locale()
    )
    words = _("For this visit alone: %(kind)s, %(venue)s, %(days)s")
    kind = visit.get_kind_display()
    return str(words) % {"kind": kind, "venue": visit.venue.name, "days": days}

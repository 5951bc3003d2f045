"""What is typed about a guest's wishes, and about the things there are wishes about."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.core.row_field import RowField
from crm.tenancy.models import Business
from customers.care.preferences import Wish
from customers.guarded_forms import GuardedForm
from customers.models import Preference, PreferenceKind

MOST_SUGGESTIONS = 12
SUGGESTION_LENGTH = 160


class PreferenceForm(GuardedForm):
    """A wish as a ``Wish``. ``seen`` is how it read when the change was begun."""

    kind = RowField(
        label=_("What about"),
        queryset=PreferenceKind.objects.none(),
        empty_label=None,
        error_messages={
            "required": _("Choose what the wish is about."),
            "invalid_choice": _("Choose what the wish is about."),
        },
    )
    wish = forms.CharField(
        label=_("Wish"),
        max_length=160,
        error_messages={"required": _("Write what they wish for.")},
        widget=forms.TextInput({"list": "wishes", "autocomplete": "off"}),
    )
    lasts = forms.ChoiceField(
        label=_("How long"),
        choices=Preference.Lasts.choices,
        initial=Preference.Lasts.ALWAYS,
        required=False,
    )
    said_by = forms.ChoiceField(
        label=_("How we know"),
        choices=Preference.Said.choices,
        initial=Preference.Said.GUEST,
        required=False,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        business: Business,
        preference: Preference | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("auto_id", "wish_%s")
        if preference is not None:
            kwargs.setdefault("initial", _initial_of(preference))
        super().__init__(*args, **kwargs)
        # The one it is about may have been put away since.
        also = preference.kind_id if preference else None
        self.kinds = list(kinds_of(business, also=also))
        field = self.fields["kind"]
        assert isinstance(field, RowField)
        field.queryset = PreferenceKind.objects.filter(
            pk__in=[kind.pk for kind in self.kinds]
        )
        field.choices = [(kind.uuid, kind.name) for kind in self.kinds]

    def wished(self) -> Wish:
        """Return what was typed. Only for a valid form."""
        cleaned = self.cleaned_data
        return Wish(
            kind=cleaned["kind"],
            wish=cleaned["wish"],
            said_by=cleaned["said_by"] or Preference.Said.GUEST,
            lasts=cleaned["lasts"] or Preference.Lasts.ALWAYS,
        )

    @property
    def suggestions(self) -> list[str]:
        """Return what is usually wished for about what is chosen."""
        chosen = str(self["kind"].value() or "")
        fitting = [kind for kind in self.kinds if str(kind.uuid) == chosen]
        return [text for kind in fitting or self.kinds[:1] for text in kind.suggestions]


class PreferenceKindForm(GuardedForm):
    """A thing guests have wishes about, and what they usually wish for."""

    name = forms.CharField(
        label=_("Wishes about"),
        max_length=60,
        error_messages={"required": _("Write what guests have wishes about.")},
    )
    suggestions = forms.CharField(
        label=_("What is often wished for"),
        required=False,
        max_length=2000,
        help_text=_("One on each line. They are offered while somebody types."),
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(
        self,
        *args: Any,
        business: Business,
        kind: PreferenceKind | None = None,
        **kwargs: Any,
    ) -> None:
        self.business, self.kind = business, kind
        if kind is not None:
            texts = "\n".join(kind.suggestions)
            kwargs.setdefault("initial", {"name": kind.name, "suggestions": texts})
        super().__init__(*args, **kwargs)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = self.business.preference_kinds.filter(name__iexact=name)
        if self.kind is not None:
            others = others.exclude(pk=self.kind.pk)
        if others.exists():
            raise forms.ValidationError(_("There is one with this name already."))
        return name

    def clean_suggestions(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["suggestions"].splitlines()]
        texts = list(dict.fromkeys(line for line in lines if line))
        if len(texts) > MOST_SUGGESTIONS:
            raise forms.ValidationError(
                _("Twelve are as many as anybody reads. Please leave some out.")
            )
        if any(len(text) > SUGGESTION_LENGTH for text in texts):
            raise forms.ValidationError(_("One of these is too long to choose."))
        return texts


def kinds_of(
    business: Business, *, also: int | None = None
) -> QuerySet[PreferenceKind]:
    """Return the kinds in use, and one more, in the house's order."""
    in_use = business.preference_kinds.filter(is_archived=False)
    if also is not None:
        in_use = in_use | business.preference_kinds.filter(pk=also)
    return in_use.order_by("position", "pk")


def _initial_of(preference: Preference) -> dict[str, Any]:
    return {
        "kind": preference.kind.uuid,
        "wish": preference.wish,
        "lasts": preference.lasts,
        "said_by": preference.said_by,
        "seen": preference.words,
    }

"""The ladder on one form: the program's own fields, and three for each tier."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty.changing import LadderFacts, TierFacts
from loyalty.ladders import ProgramRules


class LadderForm(forms.Form):
    """Fields ``name_1``, ``entry_visits_1``, ``promise_1`` are the lowest tier's."""

    name = forms.CharField(label=gettext_lazy("Name of the program"), max_length=80)
    window_days = forms.IntegerField(
        label=gettext_lazy("Days that count"),
        min_value=30,
        max_value=1825,
        help_text=gettext_lazy(
            "Completed visits within this many days count, and a tier is kept as long."
        ),
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("In use"),
        required=False,
        help_text=gettext_lazy(
            "Switched off, no tier is shown and nobody moves. Nothing is lost."
        ),
    )

    def __init__(self, rules: ProgramRules, data: Any = None) -> None:
        self.count = len(rules.tiers)
        program = rules.program
        initial: dict[str, object] = {
            "name": program.name,
            "window_days": program.window_days,
            "is_active": program.is_active,
        }
        for rank, tier in enumerate(rules.tiers, start=1):
            initial[f"name_{rank}"] = tier.name
            initial[f"entry_visits_{rank}"] = tier.entry_visits
            initial[f"promise_{rank}"] = tier.promise
        super().__init__(data, initial=initial)
        for rank in range(1, self.count + 1):
            self._add_tier(rank)

    def _add_tier(self, rank: int) -> None:
        self.fields[f"name_{rank}"] = forms.CharField(label=_("Tier"), max_length=40)
        self.fields[f"entry_visits_{rank}"] = forms.IntegerField(
            label=_("Visits to enter"),
            validators=[MinValueValidator(1), MaxValueValidator(1000)],
        )
        self.fields[f"promise_{rank}"] = forms.CharField(
            label=_("What they get"), max_length=200, required=False
        )

    @property
    def tiers(self) -> list[list[forms.BoundField]]:
        """Return the fields of each tier, from the top down."""
        return [
            [self[f"{field}_{rank}"] for field in ("name", "entry_visits", "promise")]
            for rank in range(self.count, 0, -1)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for rank in range(2, self.count + 1):
            self._check_rising(rank, cleaned)
            names = [cleaned.get(f"name_{n}", "").casefold() for n in range(1, rank)]
            if cleaned.get(f"name_{rank}", " ").casefold() in names:
                self.add_error(f"name_{rank}", _("Another tier has this name."))
        return cleaned

    def _check_rising(self, rank: int, cleaned: dict[str, Any]) -> None:
        below = cleaned.get(f"entry_visits_{rank - 1}")
        own = cleaned.get(f"entry_visits_{rank}")
        if below and own and own <= below:
            self.add_error(
                f"entry_visits_{rank}",
                _("Ask for more visits than the tier below: more than %(number)s.")
                % {"number": below},
            )

    def facts(self) -> LadderFacts:
        """Return what was said. Call after ``is_valid``."""
        values = self.cleaned_data
        return LadderFacts(
            name=values["name"],
            window_days=values["window_days"],
            is_active=values["is_active"],
            tiers=[
                TierFacts(
                    name=values[f"name_{rank}"],
                    entry_visits=values[f"entry_visits_{rank}"],
                    promise=values[f"promise_{rank}"],
                )
                for rank in range(1, self.count + 1)
            ],
        )

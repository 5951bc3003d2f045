"""When messages may go, as an owner changes it."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Channel
from outreach.accounts.opening_hours import KeptHours
from outreach.models import SendingHours


def _clock_input() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class HoursForm(forms.ModelForm):
    """The hours of one purpose on one channel."""

    class Meta:
        model = SendingHours
        fields = ("opens", "closes", "on_sundays", "on_holidays")

    def __init__(self, *args: Any, kept: KeptHours, **kwargs: Any) -> None:
        kwargs["instance"] = kept.row
        kwargs["prefix"] = f"{kept.channel}-{kept.purpose}"
        super().__init__(*args, **kwargs)
        self.kept = kept
        for name in ("opens", "closes"):
            self.fields[name].widget = _clock_input()


class HoursForms:
    """All of them on one page, saved together or not at all."""

    def __init__(self, data: Any, *, kept: list[KeptHours]) -> None:
        self.forms = [HoursForm(data, kept=one) for one in kept]

    @property
    def by_channel(self) -> list[tuple[str, str | Promise, list[HoursForm]]]:
        return [
            (
                channel.value,
                _TITLES[channel],
                [form for form in self.forms if form.kept.channel == channel],
            )
            for channel in Channel
        ]

    def is_valid(self) -> bool:
        # Each is asked, so that every mistake is shown at once.
        return not [form for form in self.forms if not form.is_valid()]

    @property
    def changed(self) -> list[KeptHours]:
        return [form.kept for form in self.forms if form.has_changed()]


_TITLES: dict[str, str | Promise] = {
    Channel.EMAIL: _("Emails go"),
    Channel.SMS: _("SMS go"),
}

"""What somebody says about a campaign, and that it may begin."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.core.languages import guest_language_choices
from crm.core.row_field import RowField
from crm.tenancy.models import Business
from customers.models import Channel, Purpose, Segment
from outreach.campaigns.changing import sends_at
from outreach.models import Campaign, MessageTemplate
from outreach.writing.rendering import MAX_SUBJECT
from outreach.writing.sms_texts import sms_text_in

# A survey belongs to one visit of one guest, which a campaign knows nothing of.
PURPOSES = (Purpose.MARKETING, Purpose.SERVICE)

_WAYS = {
    "email": _("by email"),
    "sms": _("by SMS"),
    "email,sms": _("by email, else by SMS"),
    "sms,email": _("by SMS, else by email"),
}


class CampaignForm(forms.ModelForm):
    """A draft. ``seen`` is when it was last changed before this person began."""

    segment = RowField(
        label=_("To"),
        queryset=Segment.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose whom it goes to.")},
    )
    template = RowField(
        label=_("Message"),
        queryset=MessageTemplate.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose what they get.")},
    )
    way = forms.ChoiceField(
        label=pgettext_lazy("mail or SMS", "Way"),
        choices=list(_WAYS.items()),
        initial="email",
        help_text=_("Each guest gets one message, on the first way that reaches them."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Campaign
        fields = ("name", "local_date", "local_time", "goal_days")
        widgets = {
            "local_date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "local_time": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        }

    def __init__(self, *args: Any, business: Business, **options: Any) -> None:
        super().__init__(*args, **options)
        campaign = self.instance
        campaign.business = business
        fields: dict[str, Any] = self.fields
        fields["segment"].queryset = business.segments.order_by("name", "pk")
        fields["template"].queryset = business.message_templates.filter(
            purpose__in=PURPOSES, archived_at=None
        ).order_by("name", "pk")
        fields["local_date"].help_text = _("No day and no time means at once.")
        for language in guest_language_choices():
            self._add_second(language["code"], language["name"])
        self.initial.update(
            way=",".join(campaign.channels),
            segment=campaign.segment.uuid if campaign.segment else None,
            template=campaign.template.uuid if campaign.template_id else None,
            seen=campaign.updated_at.isoformat() if campaign.pk else "",
        )

    def _add_second(self, code: str, name: str) -> None:
        self.fields[f"second_{code}"] = forms.CharField(
            label=name.capitalize(),
            required=False,
            max_length=MAX_SUBJECT,
            widget=forms.TextInput(attrs={"lang": code}),
            initial=self.instance.subjects_b.get(code, ""),
        )

    @property
    def seconds(self) -> list[forms.BoundField]:
        """Return the fields of the second subject, one for each language."""
        return [
            self[f"second_{language['code']}"] for language in guest_language_choices()
        ]

    @property
    def has_second(self) -> bool:
        return any(field.value() or field.errors for field in self.seconds)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and cleaned.get("seen") != self.initial["seen"]:
            self.add_error(None, _NOT_ALONE)
        self._check_time(cleaned)
        if cleaned.get("template") and cleaned.get("way"):
            self._check_words(cleaned["template"], cleaned["way"].split(","))
        return cleaned

    def _check_time(self, cleaned: dict[str, Any]) -> None:
        day, at = cleaned.get("local_date"), cleaned.get("local_time")
        if self.errors.keys() & {"local_date", "local_time"}:
            return
        if (day is None) != (at is None):
            missing = "local_date" if day is None else "local_time"
            self.add_error(missing, _("Say both the day and the time, or neither."))
        elif day is not None:
            wished = Campaign(
                business=self.instance.business, local_date=day, local_time=at
            )
            now = timezone.now()
            if sends_at(wished, now=now) <= now:
                self.add_error("local_date", _("This time is over already."))

    def _check_words(self, template: MessageTemplate, channels: list[str]) -> None:
        version = template.versions.order_by("-number").first()
        contents = version.contents if version else {}
        has = {
            Channel.EMAIL: any(words.get("subject") for words in contents.values()),
            Channel.SMS: any(sms_text_in(words) for words in contents.values()),
        }
        if Channel.EMAIL in channels and not has[Channel.EMAIL]:
            self.add_error("way", _("This message has no words for an email yet."))
        if Channel.SMS in channels and not has[Channel.SMS]:
            self.add_error("way", _("This message has no words for an SMS yet."))

    def save(self, commit: bool = True) -> Campaign:
        campaign: Campaign = super().save(commit=False)
        campaign.segment = self.cleaned_data["segment"]
        campaign.template = self.cleaned_data["template"]
        campaign.channels = self.cleaned_data["way"].split(",")
        campaign.subjects_b = {
            field.name.removeprefix("second_"): self.cleaned_data[field.name]
            for field in self.seconds
            if self.cleaned_data[field.name].strip()
        }
        return campaign


_NOT_ALONE = _(
    "Somebody else changed this while you were writing. Open it again in another tab to "
    "see what they changed; nothing of yours is saved yet."
)


class StartForm(forms.Form):
    """The yes to a number of guests. The number must be what the page counted now."""

    guests = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)
    yes = forms.BooleanField(
        error_messages={"required": _("Say yes to the number of guests first.")}
    )

    def __init__(
        self, *args: Any, campaign: Campaign, going: int, **options: Any
    ) -> None:
        self.campaign, self.going = campaign, going
        seen = campaign.updated_at.isoformat()
        options["initial"] = {"guests": going, "seen": seen}
        super().__init__(*args, **options)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("seen") != self.campaign.updated_at.isoformat():
            self.add_error(
                None, _("The campaign was changed meanwhile. Look at it once more.")
            )
        elif cleaned.get("guests") != self.going:
            self.add_error(
                None,
                _("It is another number of guests now. Look at it once more."),
            )
        return cleaned

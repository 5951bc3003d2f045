"""What is typed about tags: a name at the desk, a name and a rule in the settings."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.locales import active_locale
from crm.core.long_select import LongSelect
from crm.core.money_field import MoneyField
from crm.core.regions import country_choices
from crm.tenancy.models import Business
from customers.guarded_forms import GuardedForm
from customers.models import Tag
from customers.profile.tags import LONGEST_NAME, key_of, tags_in_use

Rule = Tag.Rule

MOST_TIMES = 10_000
MOST_DAYS = 36_500
_COUNTED = (Rule.VISITS, Rule.NIGHTS, Rule.NO_SHOWS)
_USUAL = {
    Rule.VISITS: 10,
    Rule.NIGHTS: 20,
    Rule.HERE_WITHIN: 90,
    Rule.AWAY_FOR: 365,
    Rule.NEW_WITHIN: 30,
    Rule.NO_SHOWS: 2,
}


def rule_sentences(
    slots: dict[str, object], currency: str
) -> list[tuple[str, SafeString]]:
    """Return each rule with the sentence it is, around the slot for its number."""
    sentences = {
        Rule.VISITS: _("has been here at least {slot} times"),
        Rule.NIGHTS: _("has stayed at least {slot} nights"),
        Rule.SPEND: _("has spent at least {slot} {currency}"),
        Rule.HERE_WITHIN: _("was here in the last {slot} days"),
        Rule.AWAY_FOR: _("has not been here for {slot} days"),
        Rule.NEW_WITHIN: _("came for the first time in the last {slot} days"),
        Rule.NO_SHOWS: _("did not come at least {slot} times"),
        Rule.COUNTRY: _("comes from {slot}"),
    }
    return [
        (str(rule), format_html(sentence, slot=slots[rule], currency=currency))
        for rule, sentence in sentences.items()
    ]


class TagNameForm(GuardedForm):
    """A tag for a guest, by its name."""

    may_confirm = False

    name = forms.CharField(
        label=gettext_lazy("Tag"),
        max_length=LONGEST_NAME,
        error_messages={"required": gettext_lazy("Write the tag first.")},
        widget=forms.TextInput({"autocomplete": "off", "list": "tags-of-the-house"}),
    )


class TagForm(GuardedForm):
    """Name and colour of a tag. ``tag`` is the one to change, None for a new one."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    tone = forms.ChoiceField(
        label=gettext_lazy("Colour"), choices=Tag.Tone.choices, initial=Tag.Tone.FJORD
    )

    def __init__(
        self, *args: Any, business: Business, tag: Tag | None = None, **kwargs: Any
    ) -> None:
        if tag:
            kwargs.setdefault("initial", self.initial_of(tag))
        super().__init__(*args, **kwargs)
        self.business, self.tag = business, tag

    @staticmethod
    def initial_of(tag: Tag) -> dict[str, Any]:
        return {"name": tag.name, "tone": tag.tone}

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        others = tags_in_use(self.business).filter(key=key_of(name))
        if self.tag:
            others = others.exclude(pk=self.tag.pk)
        if others.exists():
            raise ValidationError(_("There is a tag with this name already."))
        return name


class AutomaticTagForm(TagForm):
    """A tag and its rule, as a sentence with a slot for the number."""

    rule = forms.ChoiceField(
        choices=Rule.choices,
        initial=Rule.VISITS,
        error_messages={"required": gettext_lazy("Choose a rule.")},
    )

    def __init__(
        self, *args: Any, business: Business, tag: Tag | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, business=business, tag=tag, **kwargs)
        for rule, usual in _USUAL.items():
            self.fields[rule] = _number_field(rule, usual)
        self.fields[Rule.SPEND] = MoneyField(
            label=Rule.SPEND.label,
            currency=business.currency,
            initial=2_000_000,
            required=False,
        )
        self.fields[Rule.COUNTRY] = forms.ChoiceField(
            label=Rule.COUNTRY.label,
            choices=country_choices(active_locale()),
            initial=business.country,
            required=False,
            widget=LongSelect,
        )
        for rule in Rule:
            self.fields[rule].widget.attrs["aria-label"] = rule.label

    @staticmethod
    def initial_of(tag: Tag) -> dict[str, Any]:
        slot = {tag.rule: tag.rule_word or tag.rule_number}
        return {"name": tag.name, "tone": tag.tone, "rule": tag.rule} | slot

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        chosen = cleaned.get("rule")
        for rule in Rule:
            # What stands in the slots of the other rules was not meant.
            if rule != chosen:
                self.errors.pop(rule, None)
        if chosen and chosen not in self.errors and not cleaned.get(chosen):
            self.add_error(chosen, _("Say how many, or where from."))
        return cleaned

    def rule_number(self) -> int | None:
        """Return how many, in minor units for money. Only for a valid form."""
        rule = self.cleaned_data["rule"]
        return None if rule == Rule.COUNTRY else int(self.cleaned_data[rule])

    def rule_word(self) -> str:
        """Return the country, or an empty text. Only for a valid form."""
        rule = self.cleaned_data["rule"]
        return self.cleaned_data[rule] if rule == Rule.COUNTRY else ""

    def sentences(self) -> list[tuple[str, SafeString, bool, Any]]:
        """Return value, sentence, whether it is chosen, and errors of each rule."""
        chosen = self["rule"].value()
        slots: dict[str, object] = {rule: self[rule] for rule in Rule}
        return [
            (value, sentence, value == chosen, self[value].errors)
            for value, sentence in rule_sentences(slots, self.business.currency)
        ]


def _number_field(rule: Rule, usual: int) -> forms.IntegerField:
    most = MOST_TIMES if rule in _COUNTED else MOST_DAYS
    words = _("Write a number from 1 to %(most)s.") % {"most": most}
    return forms.IntegerField(
        label=rule.label,
        min_value=1,
        max_value=most,
        initial=usual,
        required=False,
        error_messages=dict.fromkeys(("min_value", "max_value", "invalid"), words),
    )

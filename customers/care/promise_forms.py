"""What is typed when somebody promises something."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from crm.core.dates import say_day
from crm.core.locales import active_locale
from crm.core.money_field import MoneyField
from crm.core.row_field import RowField
from crm.tenancy.models import Business, Staff
from customers.care.promises import PromiseFacts
from customers.guarded_forms import GuardedForm
from customers.models import Promise, Visit

# What the house does often, of late: what to offer while somebody types.
OFFERED_FOR = timedelta(days=365)
MOST_OFFERED = 12


class PromiseForm(GuardedForm):
    """A promise or an extra as ``PromiseFacts``.

    ``visits`` are those it may be for; without any, nothing is asked. The empty choice
    is the next arrival.
    """

    text = forms.CharField(
        label=_("What"),
        max_length=200,
        error_messages={"required": _("Write what they are to get.")},
        widget=forms.TextInput(
            {"list": "extras", "autocomplete": "off", "autofocus": True}
        ),
    )
    kind = forms.ChoiceField(
        label=_("Whose idea"),
        choices=[
            (Promise.Kind.PROMISE, _("We promised it to them")),
            (Promise.Kind.EXTRA, _("An extra of ours, which they do not expect")),
        ],
        initial=Promise.Kind.PROMISE,
        required=False,
        widget=forms.RadioSelect,
    )
    visit = RowField(
        label=_("For which visit"),
        queryset=Visit.objects.none(),
        required=False,
        empty_label=_("The next arrival"),
        error_messages={"invalid_choice": _("That visit is not open any more.")},
    )
    responsible = RowField(
        label=_("Who does it"),
        queryset=Staff.objects.none(),
        required=False,
        empty_label=_("Whoever is here"),
        error_messages={"invalid_choice": _("This person does not work here.")},
    )
    cost = MoneyField(
        label=_("Cost to the house"),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        business: Business,
        today: date,
        visits: QuerySet[Visit] | None = None,
        row: Promise | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("auto_id", "promise_%s")
        if row is not None:
            kwargs.setdefault("initial", _initial_of(row))
        super().__init__(*args, **kwargs)
        self.business, self.today = business, today
        cost = self.fields["cost"]
        assert isinstance(cost, MoneyField)
        cost.currency = business.currency
        self._offer_people()
        if visits is None:
            del self.fields["visit"]
        else:
            self._offer_visits(visits)

    def facts(self) -> PromiseFacts:
        """Return what was typed. Only for a valid form."""
        cleaned = self.cleaned_data
        return PromiseFacts(
            text=cleaned["text"],
            kind=cleaned["kind"] or Promise.Kind.PROMISE,
            cost=cleaned["cost"] or 0,
            responsible=cleaned["responsible"],
        )

    def _offer_people(self) -> None:
        field = self.fields["responsible"]
        assert isinstance(field, RowField)
        field.label_from_instance = _person  # type: ignore[assignment]
        field.queryset = (
            self.business.staff.exclude(role=Staff.Role.VIEWER)
            .select_related("user")
            .order_by("user__name", "pk")
        )

    def _offer_visits(self, visits: QuerySet[Visit]) -> None:
        field = self.fields["visit"]
        assert isinstance(field, RowField)
        field.label_from_instance = self._visit  # type: ignore[assignment]
        field.queryset = visits.order_by("arrival_date", "pk")

    def _visit(self, visit: Visit) -> str:
        day = say_day(visit.arrival_date, self.today, active_locale())
        return f"{visit.get_kind_display()}, {day}"


class ReasonForm(GuardedForm):
    """Why something was not kept, if anybody wants to say."""

    may_confirm = False

    reason = forms.CharField(label=_("Why not"), max_length=200, required=False)


def often_done(business: Business, *, now: datetime) -> list[str]:
    """Return the extras the house does most often of late. One query."""
    counted = (
        business.promises.filter(
            kind=Promise.Kind.EXTRA, made_at__gte=now - OFFERED_FOR
        )
        .exclude(text="")
        .values_list("text")
        .annotate(times=Count("pk"))
        .order_by("-times", "text")
    )
    return [text for text, _times in counted[:MOST_OFFERED]]


def _initial_of(row: Promise) -> dict[str, Any]:
    return {
        "text": row.text,
        "kind": row.kind,
        "cost": row.cost or None,
        "responsible": row.responsible.uuid if row.responsible else None,
        "visit": row.visit.uuid if row.visit else None,
    }


def _person(staff: Staff) -> str:
    return staff.user.name

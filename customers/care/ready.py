"""What a new house remembers about guests, and how it serves, until it writes its own."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.tenancy.models import Business
from customers.models import PolicyStep, PreferenceKind, Visit

Kind, Moment = Visit.Kind, PolicyStep.Moment


@transaction.atomic
def create_ready_kinds(business: Business, *, now: datetime) -> None:
    """Create what guests have wishes about, in the house's language, if it has none."""
    if business.preference_kinds.exists():
        return
    with translation.override(business.language):
        PreferenceKind.objects.bulk_create(
            PreferenceKind(
                business=business,
                name=name,
                suggestions=[word.strip() for word in suggestions.split(";")],
                position=position,
                created_at=now,
            )
            for position, (name, suggestions) in enumerate(_kinds())
        )


@transaction.atomic
def create_ready_steps(business: Business, *, now: datetime) -> None:
    """Create a checklist for each kind of visit, in the house's language, if none is."""
    if business.policy_steps.exists():
        return
    with translation.override(business.language):
        PolicyStep.objects.bulk_create(
            PolicyStep(
                business=business,
                visit_kind=kind,
                moment=moment,
                text=text,
                position=position,
                created_at=now,
            )
            for kind, steps in _steps().items()
            for position, (moment, text) in enumerate(steps)
        )


def _kinds() -> list[tuple[str, str]]:
    # Translators: each list of suggestions keeps its semicolons.
    return [
        (
            pgettext("what a wish is about", "Room"),
            _("Quiet, away from the lift; High up; Ground floor; With a view"),
        ),
        (
            pgettext("what a wish is about", "Pillow"),
            _("Without feathers; Firm; Soft; One more"),
        ),
        (
            pgettext("what a wish is about", "Bed"),
            _("Twin beds; Double bed; Extra long; A cot for a child"),
        ),
        (
            pgettext("what a wish is about", "Table"),
            _("By the window; In a quiet corner; Outdoors; With a high chair"),
        ),
        (
            pgettext("what a wish is about", "Coffee and tea"),
            _("Black coffee; Coffee with milk; Tea; Coffee before breakfast"),
        ),
        (
            pgettext("what a wish is about", "Drinks"),
            _("Without alcohol; Sparkling water; Still water; No ice"),
        ),
        (
            pgettext("what a wish is about", "Newspaper"),
            _("The local paper; A business paper; No newspaper"),
        ),
        (
            pgettext("what a wish is about", "Parking"),
            _("Close to the door; Charging for an electric car; Under a roof"),
        ),
        (
            pgettext("what a wish is about", "Pets"),
            _("Brings a dog; Away from pets"),
        ),
        (
            pgettext("what a wish is about", "On tour"),
            _("An easy pace; A seat in front; A guide who speaks English"),
        ),
    ]


def _steps() -> dict[str, list[tuple[str, str]]]:
    prepare = (Moment.BEFORE, _("Read what they like and what was promised"))
    greet = (Moment.ARRIVAL, _("Greet by name"))
    welcome = (Moment.ARRIVAL, _("Thank them for coming"))
    advise = (Moment.DURING, _("Offer advice"))
    surprise = (Moment.DURING, _("Do one thing more than they expect"))
    thank = (Moment.DEPARTURE, _("Thank them at the door"))
    rebook = (Moment.DEPARTURE, _("Offer the next booking"))
    return {
        Kind.STAY: [prepare, greet, welcome, advise, surprise, thank, rebook],
        Kind.TABLE: [greet, advise, surprise, thank, rebook],
        Kind.TOUR: [prepare, greet, advise, surprise, thank, rebook],
        Kind.EVENT: [prepare, greet, welcome, surprise, thank],
    }

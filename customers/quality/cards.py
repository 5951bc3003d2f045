"""What there is to ask, on the card of who comes or is here."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from crm.tenancy.models import Business
from customers.arrival_cards import CardNotes, CardPart
from customers.models import Visit
from customers.quality.question import Question
from customers.quality.questions import questions_for

TEMPLATE = "customers/card_questions.html"
ORDER = 20


def question_notes(business: Business, visits: Sequence[Visit]) -> dict[int, CardNotes]:
    """Say what to ask. At most five queries, however many visits."""
    expected = [visit for visit in visits if visit.is_booked or visit.is_in_house]
    asked = questions_for(
        business, [visit.guest for visit in expected], today=timezone.localdate()
    )
    return {
        visit.pk: CardNotes(parts=[_part(asked[visit.guest_id])])
        for visit in expected
        if visit.guest_id in asked
    }


def questions_part(visit: Visit, *, today: date) -> CardPart:
    """Return what there is to ask on one card anew."""
    asked = questions_for(visit.business, [visit.guest], today=today)
    return _part(asked.get(visit.guest_id, []))


def _part(questions: list[Question]) -> CardPart:
    return CardPart(TEMPLATE, {"questions": questions}, ORDER)

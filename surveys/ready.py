"""The survey a new house starts with."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from crm.core.languages import in_guest_languages
from crm.tenancy.models import Business
from surveys.models import Question, Survey, SurveyVersion

Kind = Question.Kind


@transaction.atomic
def create_ready_survey(business: Business, *, now: datetime) -> Survey:
    """Create and publish "After your visit" in all guest languages."""
    with translation.override(business.language):
        name = _("After your visit")
    survey = Survey.objects.create(business=business, name=name, created_at=now)
    version = SurveyVersion.objects.create(
        business=business,
        survey=survey,
        number=1,
        titles=in_guest_languages(lambda: _("How was it?")),
        intros=in_guest_languages(lambda: _("Three short questions, one minute.")),
        published_at=now,
    )
    Question.objects.bulk_create(_ready_questions(version))
    return survey


def _ready_questions(version: SurveyVersion) -> list[Question]:
    questions = (
        (
            "recommend",
            Kind.RECOMMEND,
            lambda: _("How likely are you to recommend us to a friend?"),
        ),
        (
            "satisfaction",
            Kind.SATISFACTION,
            lambda: _("All in all, how satisfied were you with your visit?"),
        ),
        ("comment", Kind.TEXT, lambda: _("Is there one thing we should know?")),
    )
    return [
        Question(
            business=version.business,
            version=version,
            code=code,
            position=position,
            kind=kind,
            texts=in_guest_languages(say),
            is_required=kind == Kind.RECOMMEND,
        )
        for position, (code, kind, say) in enumerate(questions, start=1)
    ]

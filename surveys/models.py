"""Surveys, who was asked, and what they answered."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.languages import in_language
from crm.tenancy.models import TenantModel
from customers.models import Guest, Visit


class Survey(TenantModel):
    """A set of questions that the house asks again and again."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=80)
    is_active = models.BooleanField(_("In use"), default=True)
    created_at = models.DateTimeField()

    class Meta:
        default_related_name = "surveys"

    def __str__(self) -> str:
        return self.name


class SurveyVersion(TenantModel):
    """The survey as it read at one time. A published version never changes."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    # Language code to heading and introduction.
    titles = models.JSONField()
    intros = models.JSONField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        default_related_name = "survey_versions"
        constraints = (
            models.UniqueConstraint(
                fields=("survey", "number"), name="surveys_version_number_once"
            ),
        )

    def __str__(self) -> str:
        return f"survey {self.survey_id} v{self.number}"

    def words_in(self, language: str) -> dict[str, str]:
        """Return heading and introduction in ``language``, or the nearest there is."""
        return {
            "heading": in_language(self.titles, language),
            "intro": in_language(self.intros, language),
        }


class Question(TenantModel):
    """One question of one version. Answers keep pointing at the words they answered."""

    class Kind(models.TextChoices):
        RECOMMEND = "recommend", _("Would recommend, 0-10")
        SATISFACTION = "satisfaction", _("Satisfaction, 1-10")
        TEXT = "text", _("Free text")

    version = models.ForeignKey(SurveyVersion, models.CASCADE, related_name="questions")
    # Stays the same over versions, so that answers can be compared over time.
    code = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    texts = models.JSONField()
    is_required = models.BooleanField(default=False)

    class Meta:
        default_related_name = "questions"
        constraints = (
            models.UniqueConstraint(
                fields=("version", "position"), name="surveys_question_position_once"
            ),
            models.UniqueConstraint(
                fields=("version", "code"), name="surveys_question_code_once"
            ),
        )

    SCALES: ClassVar[dict[str, tuple[int, int]]] = {
        Kind.RECOMMEND: (0, 10),
        Kind.SATISFACTION: (1, 10),
    }

    def __str__(self) -> str:
        return f"{self.code} of version {self.version_id}"

    @property
    def scale(self) -> range | None:
        """Return the numbers a guest can choose from; None for free text."""
        if self.kind not in self.SCALES:
            return None
        low, high = self.SCALES[self.kind]
        return range(low, high + 1)


class Invitation(TenantModel):
    """One guest asked once about one visit.

    The link in the mail is derived from ``uuid``, see ``crm.core.signing``; the columns
    about sending are written by outreach, which knows.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(
        SurveyVersion, models.PROTECT, related_name="invitations"
    )
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="invitations")
    guest = models.ForeignKey(
        Guest, models.SET_NULL, null=True, related_name="survey_invitations"
    )
    visit = models.ForeignKey(
        Visit, models.SET_NULL, null=True, related_name="survey_invitations"
    )
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    tier_at_sending = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        default_related_name = "survey_invitations"
        constraints = (
            models.UniqueConstraint(
                fields=("survey", "visit"), name="surveys_invitation_once_per_visit"
            ),
        )
        indexes = (
            models.Index(
                fields=("business", "-sent_at"), name="surveys_invitation_newest"
            ),
        )

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    def is_open(self, now: datetime) -> bool:
        """Return whether answers are still taken. A forgotten guest's are not."""
        return self.guest_id is not None and now < self.expires_at


class Response(TenantModel):
    """What came back on one invitation; the database allows one."""

    invitation = models.OneToOneField(
        Invitation, models.CASCADE, related_name="response"
    )
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="responses")
    language = models.CharField(max_length=8)
    submitted_at = models.DateTimeField()

    class Meta:
        default_related_name = "survey_responses"
        indexes = (
            models.Index(
                fields=("business", "-submitted_at"), name="surveys_response_newest"
            ),
        )

    def __str__(self) -> str:
        return f"response {self.pk}"


class Answer(TenantModel):
    """One answer to one question: a number or a text."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    number = models.PositiveSmallIntegerField(null=True)
    text = models.TextField(blank=True)

    class Meta:
        default_related_name = "survey_answers"
        constraints = (
            models.UniqueConstraint(
                fields=("response", "question"), name="surveys_answer_once"
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True, text__gt="")
                | Q(number__isnull=False, number__range=(0, 10), text=""),
                name="surveys_answer_is_number_or_text",
            ),
        )

    def __str__(self) -> str:
        return f"answer {self.pk}"

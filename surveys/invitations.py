"""Ask a guest about a visit: one invitation per survey and visit, whatever happens."""

from datetime import datetime

from customers.models import Visit
from surveys.models import Invitation, Survey, SurveyVersion


class SurveyNotPublished(Exception):
    """The survey has no version that guests may see."""


def invite(
    survey: Survey, visit: Visit, *, language: str, now: datetime, expires_at: datetime
) -> Invitation:
    """Return the invitation for ``visit``, made on the survey's current version.

    Asking again returns the first invitation unchanged, also when two ask at once.
    Raise SurveyNotPublished when there is no version to answer.
    """
    Invitation.objects.bulk_create(
        [
            Invitation(
                business=visit.business,
                survey=survey,
                version=current_version(survey),
                guest=visit.guest,
                visit=visit,
                language=language,
                created_at=now,
                expires_at=expires_at,
            )
        ],
        ignore_conflicts=True,
    )
    return Invitation.objects.get(survey=survey, visit=visit)


def current_version(survey: Survey) -> SurveyVersion:
    """Return the newest published version. Raise SurveyNotPublished without one."""
    version = (
        survey.versions.filter(published_at__isnull=False).order_by("-number").first()
    )
    if version is None:
        raise SurveyNotPublished
    return version


def mark_sent(invitation: Invitation, *, tier: str, now: datetime) -> None:
    """Note that the invitation is on its way, and the guest's tier at that moment.

    Only the first time counts: a mail sent once more is the same question.
    """
    Invitation.objects.filter(pk=invitation.pk, sent_at=None).update(
        sent_at=now, tier_at_sending=tier
    )

"""Take a guest's answers. The first ones count, and nothing half-written is left."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from crm.core.identity_numbers import mask_numbers
from customers.holding import hold_living
from surveys.models import Answer, Invitation, Question, Response
from surveys.signals import response_received


class AlreadyAnswered(Exception):
    """The invitation has its one response."""


class InvitationClosed(Exception):
    """The invitation has expired, or its guest asked to be forgotten."""


class InvalidAnswer(ValueError):
    """A question that was not asked, or a number that is not on its scale."""


@transaction.atomic
def submit_response(
    invitation: Invitation,
    answers: Mapping[str, int | str],
    *,
    language: str,
    now: datetime,
) -> Response:
    """Store ``answers``, by question code, as the one response to ``invitation``.

    Empty texts are left out, digits of identity and card numbers are masked. Sends
    ``response_received``. Raise AlreadyAnswered, InvitationClosed, or InvalidAnswer;
    then nothing is stored.
    """
    _hold_guest(invitation)
    if not invitation.is_open(now):
        raise InvitationClosed
    given = _checked(invitation, answers)
    response = _only_response(invitation, language=language, now=now)
    Answer.objects.bulk_create(
        Answer(
            business=invitation.business,
            response=response,
            question=question,
            number=value if isinstance(value, int) else None,
            text=value if isinstance(value, str) else "",
        )
        for question, value in given
    )
    response_received.send(sender=Response, response=response, now=now)
    return response


def _hold_guest(invitation: Invitation) -> None:
    """Read the invitation afresh; who is being forgotten waits, or is gone already."""
    if invitation.guest is not None:
        hold_living(invitation.guest)
        invitation.refresh_from_db(fields=["guest", "expires_at"])


def _only_response(invitation: Invitation, *, language: str, now: datetime) -> Response:
    try:
        with transaction.atomic():
            return Response.objects.create(
                business=invitation.business,
                invitation=invitation,
                survey=invitation.survey,
                language=language,
                submitted_at=now,
            )
    except IntegrityError as error:
        raise AlreadyAnswered from error


def _checked(
    invitation: Invitation, answers: Mapping[str, int | str]
) -> list[tuple[Question, int | str]]:
    asked = {question.code: question for question in invitation.version.questions.all()}
    given: list[tuple[Question, int | str]] = []
    for code, value in answers.items():
        if code not in asked:
            raise InvalidAnswer(code)
        question = asked[code]
        if question.scale is None:
            if not isinstance(value, str):
                raise InvalidAnswer(code)
            if text := value.strip():
                # A card number in a complaint: the words are kept, the digits not.
                given.append((question, mask_numbers(text)))
        elif value in question.scale:
            given.append((question, value))
        else:
            raise InvalidAnswer(code)
    return given

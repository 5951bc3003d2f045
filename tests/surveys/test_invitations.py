from datetime import timedelta

import pytest

from surveys.invitations import SurveyNotPublished, invite, mark_sent
from surveys.models import Survey
from surveys.ready import create_ready_survey
from tests.factories import NOW, make_guest, make_visit


@pytest.fixture
def survey(casa_alba):
    return create_ready_survey(casa_alba, now=NOW)


@pytest.fixture
def visit(casa_alba):
    return make_visit(make_guest(casa_alba))


def ask(survey, visit, *, language="nb", now=NOW):
    return invite(
        survey, visit, language=language, now=now, expires_at=now + timedelta(days=30)
    )


def test_inviting_twice_gives_the_first_invitation(survey, visit):
    first = ask(survey, visit)

    second = ask(survey, visit, language="de", now=NOW + timedelta(days=1))

    assert (second.pk, second.language) == (first.pk, "nb")


def test_an_invitation_is_made_on_the_newest_published_version(survey, visit):
    newest = survey.versions.create(
        business=survey.business, number=2, titles={}, intros={}, published_at=NOW
    )
    survey.versions.create(
        business=survey.business, number=3, titles={}, intros={}, published_at=None
    )

    invitation = ask(survey, visit)

    assert invitation.version == newest


def test_an_unpublished_survey_cannot_be_sent(casa_alba, visit):
    draft = Survey.objects.create(business=casa_alba, name="Draft", created_at=NOW)

    with pytest.raises(SurveyNotPublished):
        ask(draft, visit)


def test_only_the_first_sending_is_noted(survey, visit):
    invitation = ask(survey, visit)

    mark_sent(invitation, tier="Gold", now=NOW)
    mark_sent(invitation, tier="Silver", now=NOW + timedelta(days=1))

    invitation.refresh_from_db()
    assert (invitation.sent_at, invitation.tier_at_sending) == (NOW, "Gold")

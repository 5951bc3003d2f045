from django.conf import settings

from crm.tenancy.signals import business_created
from surveys.invitations import current_version
from tests.factories import NOW


def test_a_new_house_has_a_published_survey_in_all_guest_languages(casa_alba):
    business_created.send(sender=type(casa_alba), business=casa_alba, now=NOW)

    version = current_version(casa_alba.surveys.get())
    questions = list(version.questions.order_by("position"))
    spoken = [version.titles, version.intros, *(q.texts for q in questions)]
    assert [q.kind for q in questions] == ["recommend", "satisfaction", "text"]
    assert [set(texts) for texts in spoken] == [set(settings.GUEST_LANGUAGES)] * 5

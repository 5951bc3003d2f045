import pytest
from django.conf import settings

from outreach.automations.ready import (
    READY,
    create_ready_automation,
    still_to_choose,
    take_ready,
)
from outreach.writing.checking import check_template
from surveys.ready import create_ready_survey
from tests.factories import NOW

KEYS = [ready.key for ready in READY]


@pytest.mark.parametrize("key", KEYS)
def test_what_is_ready_is_off_and_right_in_every_guest_language(casa_alba, key):
    create_ready_survey(casa_alba, now=NOW)

    automation = create_ready_automation(casa_alba, key, now=NOW)

    contents = automation.template.versions.get().contents
    automation.full_clean()
    assert not automation.is_active
    assert sorted(contents) == sorted(settings.GUEST_LANGUAGES)
    assert check_template(contents, purpose=automation.template.purpose) == []
    assert all(words["sms"]["text"] for words in contents.values())


def test_what_is_ready_is_taken_once(casa_alba):
    first = take_ready(casa_alba, "birthday", now=NOW)
    again = take_ready(casa_alba, "birthday", now=NOW)

    assert first == again
    assert [ready.key for ready in still_to_choose(casa_alba)] == [
        key for key in KEYS if key != "birthday"
    ]


def test_a_house_that_asks_after_visits_already_is_not_offered_it_again(casa_alba):
    create_ready_survey(casa_alba, now=NOW)
    automation = create_ready_automation(casa_alba, now=NOW)
    automation.ready_key = ""
    automation.save(update_fields=["ready_key"])

    assert "after_stay" not in [ready.key for ready in still_to_choose(casa_alba)]


def test_what_is_not_ready_cannot_be_taken(casa_alba):
    with pytest.raises(KeyError):
        take_ready(casa_alba, "lottery", now=NOW)

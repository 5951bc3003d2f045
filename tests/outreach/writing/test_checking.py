import pytest

from outreach.writing.checking import check_template, problems_of_sms
from outreach.writing.sms_texts import MAX_TEXT
from tests.outreach.writing.test_rendering import words


@pytest.mark.parametrize(
    ("text", "purpose", "problem"),
    [
        ("{{ survey_link }}", "survey", ""),
        ("Hello", "service", ""),
        ("Hello", "survey", "There is no link to the survey in the SMS."),
        ("{{ guest.age }}", "service", "“guest.age” is not a field."),
        ("{{ greeting ", "service", "There is a mistake between two curly brackets."),
        ("a" * (MAX_TEXT + 1), "service", "The SMS is longer than 1000 letters."),
    ],
)
def test_its_author_is_told_what_is_wrong(text, purpose, problem):
    problems = problems_of_sms(text, purpose=purpose)

    assert [words[: len(problem)] for words in problems] == [problem] * bool(problem)


def test_a_language_may_have_an_sms_and_no_mail():
    contents = words() | {
        "nb": {"subject": "", "preview": "", "blocks": [], "sms": {"text": "Hei"}}
    }

    assert check_template(contents, purpose="service") == []
    assert check_template(contents, purpose="survey") == [
        "Norwegian Bokmal: There is no link to the survey in the SMS."
    ]


def test_an_sms_alone_is_not_enough_for_a_template():
    contents = {
        "nb": {"subject": "", "preview": "", "blocks": [], "sms": {"text": "Hei"}}
    }

    assert check_template(contents, purpose="service") == [
        "Write a subject in at least one language."
    ]

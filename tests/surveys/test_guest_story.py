import pytest

from customers.timeline import timeline_of
from tests.factories import make_guest, make_response, make_visit


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba)


def told(guest):
    return [
        (entry.tone, entry.extra)
        for entry in timeline_of(guest).entries
        if entry.template == "surveys/timeline_response.html"
    ]


@pytest.mark.parametrize(
    ("recommend", "tone"), [(0, "brick"), (6, "brick"), (7, "leaf"), (10, "leaf")]
)
def test_an_answer_is_part_of_the_story(nora, recommend, tone):
    make_response(
        make_visit(nora), recommend=recommend, satisfaction=8, comment="Nice."
    )

    assert told(nora) == [
        (
            tone,
            {"recommend": recommend, "satisfaction": 8, "comments": ["Nice."]},
        )
    ]


def test_another_guests_answer_is_not(nora, casa_alba):
    make_response(make_visit(make_guest(casa_alba, "Erik Vik")))

    assert told(nora) == []

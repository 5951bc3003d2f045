"""Who answers, with which numbers, and in which words."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from crm.devtools.demo.comments import comments_for
from crm.devtools.demo.houses import House, Plan
from crm.devtools.demo.loading import Batch
from crm.devtools.demo.rows import AnswerRow, InvitationRow, ResponseRow, VisitRow

_ANSWER_SHARE = 0.19
_RECOMMEND = {
    "great": (9, 9, 10, 10, 10),
    "fine": (7, 8, 8, 8),
    "poor": (0, 2, 3, 4, 5, 5, 6, 6, 6),
}
_SATISFIED = {
    "great": (8, 9, 9, 10, 10),
    "fine": (6, 7, 7, 8),
    "poor": (1, 2, 3, 4, 5, 5, 6),
}
_WRITES = {"great": 0.34, "fine": 0.26, "poor": 0.66}


@dataclass(slots=True)
class Voices:
    """Turns through the comments, so that the same words come back late."""

    turns: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def speak(self, topic: str, mood: str, language: str) -> str:
        """Return the next comment, or nothing where nobody has written one."""
        choices = comments_for(topic, mood, language)
        if not choices:
            return ""
        turn = self.turns.get((topic, mood, language), 0)
        self.turns[topic, mood, language] = turn + 1
        return choices[turn % len(choices)]


def perhaps_answer(
    invitation: InvitationRow,
    *,
    visit: VisitRow,
    plan: Plan,
    house: House,
    batch: Batch,
    voices: Voices,
    rng: Random,
) -> str:
    """Let the guest answer, or not. Return the mood of the answer, or nothing."""
    if invitation.sent_at is None or rng.random() > _ANSWER_SHARE:
        return ""
    submitted = invitation.sent_at + timedelta(
        minutes=3 + int(rng.lognormvariate(5.2, 1.4))
    )
    if submitted >= min(house.now, invitation.expires_at):
        return ""
    mood = _draw_mood(visit, house, rng)
    response = ResponseRow(
        batch.next_id(ResponseRow), house.business.pk, invitation.id, plan.survey_id,
        invitation.language, submitted,
    )  # fmt: skip
    batch.add(response)
    _add_answers(response, mood, visit, plan, batch, voices, rng)
    return mood


def _draw_mood(visit: VisitRow, house: House, rng: Random) -> str:
    """Most are pleased. July is crowded, one autumn the kitchen had trouble."""
    poor, fine = 0.12, 0.28
    age = (house.today - visit.departure_date).days
    if visit.departure_date.month == 7:
        poor *= 1.4
    if visit.kind == "table" and 270 < age < 360:
        poor *= 1.9
    if age < 150:
        poor *= 0.72
    if house.business.slug == "mane":
        poor, fine = poor * 0.7, 0.24
    point = rng.random()
    return "poor" if point < poor else "fine" if point < poor + fine else "great"


def _add_answers(
    response: ResponseRow,
    mood: str,
    visit: VisitRow,
    plan: Plan,
    batch: Batch,
    voices: Voices,
    rng: Random,
) -> None:
    _add(response, plan, batch, "recommend", number=rng.choice(_RECOMMEND[mood]))
    if rng.random() < 0.9:
        _add(response, plan, batch, "satisfaction", number=rng.choice(_SATISFIED[mood]))
    if rng.random() < _WRITES[mood]:
        topic = _topic(visit)
        if text := voices.speak(topic, mood, response.language):
            _add(response, plan, batch, "comment", text=text)


def _topic(visit: VisitRow) -> str:
    if visit.kind == "stay":
        return "stay"
    return "meal" if visit.arrival_time else "coffee"


def _add(
    response: ResponseRow,
    plan: Plan,
    batch: Batch,
    code: str,
    *,
    number: int | None = None,
    text: str = "",
) -> None:
    batch.add(
        AnswerRow(
            batch.next_id(AnswerRow),
            response.business_id,
            response.id,
            plan.question_ids[code],
            number,
            text,
        )  # fmt: skip
    )

"""Who answers, with which numbers, and in which words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crm.devtools.demo.houses import Plan
from crm.devtools.demo.rows import AnswerRow, InvitationRow, ResponseRow, VisitRow
from crm.devtools.demo.scene import Scene

_ANSWER_SHARE = 0.195
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


@dataclass(frozen=True, slots=True)
class Asked:
    """One invitation that reached somebody."""

    invitation: InvitationRow
    visit: VisitRow
    plan: Plan


def perhaps_answer(asked: Asked, *, sent_at: datetime, scene: Scene) -> bool:
    """Let the guest answer, or not. Return whether they did."""
    if scene.rng.random() > _ANSWER_SHARE:
        return False
    minutes = 3 + int(scene.rng.lognormvariate(5.2, 1.4))
    submitted_at = sent_at + timedelta(minutes=minutes)
    if submitted_at >= min(scene.house.now, asked.invitation.expires_at):
        return False
    response = ResponseRow(
        id=scene.next_id(ResponseRow),
        business_id=scene.business_id,
        invitation_id=asked.invitation.id,
        survey_id=asked.plan.survey_id,
        language=asked.invitation.language,
        submitted_at=submitted_at,
    )
    scene.batch.add(response)
    _add_answers(response, asked, _draw_mood(asked.visit, scene), scene)
    return True


def _draw_mood(visit: VisitRow, scene: Scene) -> str:
    """Most are pleased. July is crowded, and the kitchen once had a bad season."""
    poor, fine = 0.135, 0.28
    age = (scene.house.today - visit.departure_date).days
    if visit.departure_date.month == 7:
        poor *= 1.4
    if 330 < age < 420:
        poor *= 1.5
    if age < 150:
        poor *= 0.72
    if not visit.arrival_time and visit.kind == "table":
        poor, fine = poor * 0.7, 0.24
    point = scene.rng.random()
    return "poor" if point < poor else "fine" if point < poor + fine else "great"


def _add_answers(response: ResponseRow, asked: Asked, mood: str, scene: Scene) -> None:
    rng = scene.rng
    numbers = {"recommend": rng.choice(_RECOMMEND[mood])}
    if rng.random() < 0.9:
        numbers["satisfaction"] = rng.choice(_SATISFIED[mood])
    for code, number in numbers.items():
        _add(response, asked.plan.question_ids[code], scene, number=number)
    if rng.random() < _WRITES[mood]:
        text = scene.voices.speak(_topic(asked.visit), mood, response.language)
        if text:
            _add(response, asked.plan.question_ids["comment"], scene, text=text)


def _topic(visit: VisitRow) -> str:
    if visit.kind == "table":
        return "meal" if visit.arrival_time else "coffee"
    return "meal" if visit.kind == "event" else "stay"


def _add(
    response: ResponseRow,
    question_id: int,
    scene: Scene,
    *,
    number: int | None = None,
    text: str = "",
) -> None:
    row = AnswerRow(
        id=scene.next_id(AnswerRow),
        business_id=scene.business_id,
        response_id=response.id,
        question_id=question_id,
        number=number,
        text=text,
    )
    scene.batch.add(row)

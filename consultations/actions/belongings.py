"""What concerns one person alone in one sitting."""

from typing import Any

from consultations.models import BallotMarker, OpenBallot, Question, Support
from consultations.protocol import MyBallot, MySupport

from .states import my_question


def belongings(sitting_id: str, person_id: int) -> dict[str, Any]:
    """All `mine` values of a person: their questions, supports and votes."""
    values: dict[str, Any] = {
        f"question/{question.pk}": my_question(question)
        for question in Question.objects.filter(sitting_id=sitting_id, author_id=person_id)
    }
    for key in Support.objects.filter(
        person_id=person_id, question__sitting_id=sitting_id
    ).values_list("question_id", flat=True):
        values[f"support/{key}"] = MySupport(supported=True).model_dump()
    choices = dict(
        OpenBallot.objects.filter(person_id=person_id, poll__sitting_id=sitting_id).values_list(
            "poll_id", "option_id"
        )
    )
    for poll in BallotMarker.objects.filter(
        person_id=person_id, poll__sitting_id=sitting_id
    ).values_list("poll_id", flat=True):
        ballot = MyBallot(voted=True, option=choices.get(poll))
        values[f"ballot/{poll}"] = ballot.model_dump()
    return values


def of_review(key: str) -> tuple[int, dict[str, Any]] | None:
    """What a change of `review/<id>` means to the author of the question."""
    question = Question.objects.filter(pk=int(key.partition("/")[2])).first()
    if question is None or question.author_id is None:
        return None
    return question.author_id, {f"question/{question.pk}": my_question(question)}

"""What concerns one person alone in one sitting."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from consultations.models import Question, QuestionState, Support
from consultations.protocol import MySupport

from .question_states import my_question


def belongings_of(sitting_id: str, people: Collection[int]) -> dict[int, dict[str, Any]]:
    """The `mine` values of these people's questions and supports. Those who have none are left
    out."""
    values: dict[int, dict[str, Any]] = defaultdict(dict)
    questions = Question.objects.select_related("merged_into")
    for question in questions.filter(sitting_id=sitting_id, author_id__in=people):
        if question.author_id is not None:
            values[question.author_id][f"question/{question.pk}"] = my_question(question)
    supports = Support.objects.filter(person_id__in=people, question__sitting_id=sitting_id)
    for person, key in supports.values_list("person_id", "question_id"):
        values[person][f"support/{key}"] = MySupport(supported=True).model_dump()
    return dict(values)


def belongings(sitting_id: str, person_id: int) -> dict[str, Any]:
    """All `mine` values of one person."""
    return belongings_of(sitting_id, [person_id]).get(person_id, {})


def of_review(key: str) -> list[tuple[int, dict[str, Any]]]:
    """What a change of `review/<id>` means to its author, to the authors of what was merged into
    it, and to those whose support went elsewhere with it, or came back."""
    question = (
        Question.objects.select_related("merged_into").filter(pk=int(key.partition("/")[2])).first()
    )
    if question is None:
        return []
    meant = [_own(question)] if question.author_id is not None else []
    if question.relatives:
        meant += [_own(other) for other in merged_into(question) if other.author_id is not None]
    if question.merged_into_id is not None:
        meant += _supporters(question, question.merged_into_id)
    return meant


def merged_into(question: Question) -> list[Question]:
    """The questions for which this one carries on, directly or through others."""
    found: list[Question] = []
    level = [question]
    while level:
        level = list(
            Question.objects.select_related("merged_into").filter(
                merged_into__in=level, state=QuestionState.MERGED
            )
        )
        found += level
    return found


def _own(question: Question) -> tuple[int, dict[str, Any]]:
    if question.author_id is None:
        raise ValueError("nobody's question")
    return question.author_id, {f"question/{question.pk}": my_question(question)}


def _supporters(question: Question, carrier: int) -> list[tuple[int, dict[str, Any]]]:
    people = set(Support.objects.filter(question=question).values_list("person_id", flat=True))
    if question.author_id is not None:
        people.add(question.author_id)
    still = set(
        Support.objects.filter(question_id=carrier, person_id__in=people).values_list(
            "person_id", flat=True
        )
    )
    yes = MySupport(supported=True).model_dump()
    return [(person, {f"support/{carrier}": yes if person in still else None}) for person in people]

"""How many support a question, at which levels, and since how much attention."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import Count

from consultations.models import Question, Support
from consultations.protocol import QuestionTally

from .exposure import exposures_at
from .levels import participation_of, shown_levels


def support_tallies(sitting_id: str, questions: Sequence[Question]) -> dict[int, QuestionTally]:
    """The states of `support/<id>` of some questions of one sitting."""
    if not questions:
        return {}
    keys = [question.pk for question in questions]
    levels = _levels(keys) if participation_of(sitting_id).by_level else {}
    seen_from = exposures_at(
        sitting_id, {question.pk: question.published_at for question in questions}
    )
    return {
        question.pk: QuestionTally(
            supports=question.supports,
            levels=shown_levels(levels.get(question.pk, {})),
            seen_from=seen_from.get(question.pk),
        )
        for question in questions
    }


def _levels(questions: Collection[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Support.objects.filter(question_id__in=questions).values_list("question_id", "level")
    for question, level, people in rows.annotate(people=Count("pk")).order_by():
        found[question][level] = people
    return found

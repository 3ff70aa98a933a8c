"""What becomes of contributions when their author deletes the account."""

from django.db.models import F

from communes.identity.erasure import Postponed
from communes.models import Person
from consultations.models import BallotMarker, PollState, Question, QuestionState, Support
from live.actions.context import hold
from live.models import Entry
from live.timeline.append import By, redact

from . import hooks
from .question_states import public_question, review
from .transitions import move


def forget_author(person: Person) -> None:
    """Before an account is deleted: published questions stay, without the name; those that still
    wait are withdrawn; supports are taken back.

    Raises `Postponed` while a poll is open in which the person has voted: the mark that they have
    goes with the account, and a new account could vote again.
    """
    if BallotMarker.objects.filter(person=person, poll__state=PollState.OPEN).exists():
        raise Postponed("voted in a poll that is still open")
    questions = Question.objects.select_related("sitting", "author").filter(author=person)
    hold(*questions.values_list("sitting_id", flat=True))
    for question in questions:
        _forget(question)
    for question_id in Support.objects.filter(person=person).values_list("question_id", flat=True):
        Question.objects.filter(pk=question_id).update(supports=F("supports") - 1)


def _forget(question: Question) -> None:
    by = By("citizen")
    if question.state == QuestionState.PENDING:
        hooks.leave(question, by)
        question.refresh_from_db(fields=["supports", "relatives"])
        move(
            question,
            QuestionState.WITHDRAWN,
            "question.unpublished",
            by,
            review_kind="question.withdrawn",
        )
    question.signature, question.author = "", None
    question.save()
    timeline = question.sitting.timeline_id
    redact(timeline, "review.redacted", f"review/{question.pk}", review(question), by)
    key = f"question/{question.pk}"
    # Also what was published once and no longer is: its earlier states may carry the name.
    if Entry.objects.filter(timeline_id=timeline, key=key).exists():
        redact(timeline, "question.redacted", key, public_question(question), by)

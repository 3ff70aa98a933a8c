"""From rows to the states that entries and personal values carry."""

from typing import Any

from consultations.models import Poll, PollState, Question, QuestionState
from consultations.protocol import (
    MyQuestion,
    PollOptionState,
    PollTally,
    PreparedPoll,
    PublicPoll,
    PublicQuestion,
    QuestionReview,
)
from live.actions.facts import optional
from live.timeline.read import milliseconds

PUBLISHED = frozenset({QuestionState.APPROVED, QuestionState.ON_SCREEN, QuestionState.ANSWERED})


def public_question(question: Question) -> PublicQuestion | None:
    """The state of key `question/<id>`; None when it is not published."""
    if question.state not in PUBLISHED or question.published_at is None:
        return None
    return PublicQuestion.model_validate(
        {
            "id": question.pk,
            "text": question.text,
            "signature": question.signature,
            "agenda_item": question.agenda_item_id,
            "state": question.state,
            "submitted_at": milliseconds(question.submitted_at),
            "published_at": milliseconds(question.published_at),
            "answered_at": optional(question.answered_at),
        }
    )


def review(question: Question) -> QuestionReview:
    """The state of key `review/<id>`."""
    return QuestionReview.model_validate(
        {
            "id": question.pk,
            "text": question.text,
            "signature": question.signature,
            "author": (question.author.display_name or None) if question.author else None,
            "agenda_item": question.agenda_item_id,
            "state": question.state,
            "reason": question.reason,
            "submitted_at": milliseconds(question.submitted_at),
        }
    )


def my_question(question: Question) -> dict[str, Any]:
    """The `mine` value `question/<id>`."""
    return MyQuestion.model_validate(
        {
            "id": question.pk,
            "text": question.text,
            "state": question.state,
            "reason": question.reason,
            "submitted_at": milliseconds(question.submitted_at),
        }
    ).model_dump(mode="json")


def _options(poll: Poll) -> list[PollOptionState]:
    return [PollOptionState(id=option.pk, label=option.label) for option in poll.options.all()]


def prepared_poll(poll: Poll) -> PreparedPoll:
    """The state of key `prepared/<id>`."""
    return PreparedPoll(id=poll.pk, prompt=poll.prompt, options=_options(poll), secret=poll.secret)


def public_poll(poll: Poll) -> PublicPoll:
    """The state of key `poll/<id>`, once it was opened."""
    if poll.opened_at is None:
        raise ValueError("a poll that was never opened is not public")
    return PublicPoll(
        id=poll.pk,
        prompt=poll.prompt,
        options=_options(poll),
        secret=poll.secret,
        state="closed" if poll.state == PollState.CLOSED else "open",
        opened_at=milliseconds(poll.opened_at),
        closed_at=optional(poll.closed_at),
    )


def tally(poll: Poll) -> PollTally:
    """The counts of a poll as they stand, from its counters."""
    votes = {str(option.pk): option.votes for option in poll.options.all()}
    return PollTally(voters=sum(votes.values()), votes=votes, final=poll.state == PollState.CLOSED)

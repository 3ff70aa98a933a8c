"""What a question is now and by whom, for staff who come too late with a decision about it."""

from typing import Any

from consultations.models import Question, QuestionState
from live.models import Entry
from live.protocol.errors import ErrorCode, Refused
from live.timeline.read import milliseconds

from .transitions import reachable

#: Entries by which a question became what it is.
DECIDING = tuple(
    f"question.{what}"
    for what in (
        "approved",
        "highlighted",
        "unhighlighted",
        "shown",
        "unshown",
        "answered",
        "reopened",
        "unpublished",
        "not_reached",
        "reverted",
        "withdrawn",
        "rejected",
        "merged",
        "split",
        "second_asked",
        "second_overruled",
        "second_expired",
        "restored",
    )
)
#: They are not named: a citizen may have signed with no name, and the system has none.
NAMELESS = frozenset({"citizen", "system"})


def present(question: Question) -> dict[str, Any]:
    """For whoever came too late. Staff alone may read it."""
    last = (
        Entry.objects.select_related("actor")
        .filter(
            timeline=question.sitting.timeline_id,
            key__in=(f"question/{question.pk}", f"review/{question.pk}"),
            kind__in=DECIDING,
        )
        .order_by("-seq")
        .first()
    )
    named = last is not None and last.actor is not None and last.actor_role not in NAMELESS
    return {
        "question": question.pk,
        "state": question.state,
        "revision": question.revision,
        "by_name": last.actor.display_name if named and last and last.actor else None,
        "at": milliseconds(last.at) if last else None,
    }


def too_late(question: Question) -> Refused:
    """The question's state does not allow it; with who brought it there."""
    return Refused(
        ErrorCode.WRONG_STATE, f"the question is {question.state}", data=present(question)
    )


def reaching(question: Question, target: QuestionState) -> None:
    """Raise `wrong_state`, with who decided last, unless the question may become `target`."""
    if not reachable(question.state, target):
        raise too_late(question)

"""What a question is now and by whom, for staff who come too late with a decision about it."""

from typing import Any

from consultations.models import Comment, Concern, Question, QuestionState
from live.models import Entry
from live.protocol.errors import ErrorCode, Refused
from live.timeline.read import milliseconds

from .concern_states import board_timeline
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
#: Entries of a board that are looked through for one of them.
LOOKED_THROUGH = 30


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
    return {
        "question": question.pk,
        "state": question.state,
        "revision": question.revision,
        **_decided(last),
    }


def _decided(entry: Entry | None) -> dict[str, Any]:
    """By whom and when, as `entry` says."""
    if entry is None:
        return {"by_name": None, "at": None}
    named = entry.actor is not None and entry.actor_role not in NAMELESS
    return {
        "by_name": entry.actor.display_name if named and entry.actor else None,
        "at": milliseconds(entry.at),
    }


def present_concern(concern: Concern) -> dict[str, Any]:
    """As `present`, of a concern."""
    entry = _became(board_timeline(concern), f"concern_review/{concern.pk}", concern.state)
    return {"concern": concern.pk, "state": concern.state, **_decided(entry)}


def present_comment(comment: Comment) -> dict[str, Any]:
    """As `present`, of a comment."""
    timeline = board_timeline(comment.concern)
    entry = _became(timeline, f"comment_review/{comment.pk}", comment.state)
    return {"comment": comment.pk, "state": comment.state, **_decided(entry)}


def _became(timeline: str, key: str, state: str) -> Entry | None:
    """The entry by which a key came to the state that it has."""
    entries = Entry.objects.select_related("actor").filter(timeline=timeline, key=key)
    found = None
    for entry in entries.order_by("-seq")[:LOOKED_THROUGH]:
        if entry.state is None or entry.state.get("state") != state:
            break
        found = entry
    return found


def too_late(question: Question) -> Refused:
    """The question's state does not allow it; with who brought it there."""
    return Refused(
        ErrorCode.WRONG_STATE, f"the question is {question.state}", data=present(question)
    )


def reaching(question: Question, target: QuestionState) -> None:
    """Raise `wrong_state`, with who decided last, unless the question may become `target`."""
    if not reachable(question.state, target):
        raise too_late(question)

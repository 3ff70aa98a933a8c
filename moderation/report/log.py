"""Every decision of a sitting, or of a commune's board, with the role that took it and the digest
that vouches for it.

The digests are those of the timeline on which it was taken (`live.timeline.digest`): `chain` gives
all that is needed to compute them again, without any of the states, so that everyone can check that
no decision was changed, removed or slipped in, and nobody learns what was refused.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.db.models import QuerySet

from consultations.models import ConcernBoard
from live.models import Entry, Sitting
from live.protocol.base import Message
from live.timeline.read import milliseconds
from moderation.models import Decision

#: Entries that are decisions too, though about the state of nothing that was asked or said.
ALSO = (
    "appeal.submitted",
    "appeal.decided",
    "sanction.issued",
    "sanction.lifted",
    "rules.changed",
    "board.changed",
    "sitting.questions_closed",
    "sitting.questions_opened",
)
CHAIN_COLUMNS = ("seq", "at_us", "kind", "key", "role", "commitment", "digest")


class LoggedDecision(Message):
    """One decision. `at`: milliseconds since 1970; `digest`: of its entry on the timeline."""

    seq: int | None
    at: int
    role: str
    what: str
    question: int | None = None
    from_state: str | None = None
    to_state: str | None = None
    code: str | None = None
    target: int | None = None
    taken_back: bool = False
    digest: str


class LoggedOnBoard(Message):
    """One decision about a concern or a comment; else as `LoggedDecision`."""

    seq: int | None
    at: int
    role: str
    what: str
    concern: int | None = None
    comment: int | None = None
    from_state: str | None = None
    to_state: str | None = None
    code: str | None = None
    target: int | None = None
    taken_back: bool = False
    digest: str


COLUMNS = tuple(LoggedDecision.model_fields)
BOARD_COLUMNS = tuple(LoggedOnBoard.model_fields)
Line = TypeVar("Line", LoggedDecision, LoggedOnBoard)


def decisions(sitting: Sitting) -> list[LoggedDecision]:
    """All decisions of a sitting, oldest first."""
    taken = Decision.objects.filter(question__sitting=sitting)
    rows = ((row, {"question": row.question_id, "target": row.target_id}) for row in taken)
    return _logged(LoggedDecision, sitting.timeline_id, rows)


def board_decisions(board: ConcernBoard) -> list[LoggedOnBoard]:
    """All decisions about the concerns of a commune and their comments, oldest first."""
    commune = board.commune_id
    taken = Decision.objects.filter(concern__commune=commune) | Decision.objects.filter(
        comment__concern__commune=commune
    )
    rows = (
        (row, {"concern": row.concern_id, "comment": row.comment_id, "target": row.carrier_id})
        for row in taken
    )
    return _logged(LoggedOnBoard, board.timeline_id, rows)


def _logged(
    line: type[Line], timeline: str, rows: Iterable[tuple[Decision, dict[str, Any]]]
) -> list[Line]:
    entries = Entry.objects.filter(timeline=timeline)
    digests = dict(entries.filter(key__contains="review/").values_list("seq", "digest"))
    found = [
        line(
            seq=row.seq,
            at=milliseconds(row.at),
            role=row.role,
            what=row.verdict,
            from_state=row.from_state,
            to_state=row.to_state or None,
            code=row.code or None,
            taken_back=row.undone,
            digest=digests.get(row.seq or 0, ""),
            **about,
        )
        for row, about in rows
    ]
    found += [_of_entry(line, entry) for entry in entries.filter(kind__in=ALSO)]
    return sorted(found, key=lambda one: (one.at, one.seq or 0))


def _of_entry(line: type[Line], entry: Entry) -> Line:
    return line(
        seq=entry.seq,
        at=milliseconds(entry.at),
        role=entry.actor_role,
        what=entry.kind,
        digest=entry.digest,
    )


def chain(timeline: str) -> Iterator[tuple[object, ...]]:
    """Every entry of a timeline without its state, in the order of `CHAIN_COLUMNS`: what the
    digests are computed from. `at_us`: microseconds since 1970."""
    entries: QuerySet[Entry] = Entry.objects.filter(timeline=timeline).order_by("seq")
    rows = entries.values_list("seq", "at", "kind", "key", "actor_role", "commitment", "digest")
    for seq, at, *others in rows.iterator():
        yield (seq, int(at.timestamp() * 1_000_000), *others)

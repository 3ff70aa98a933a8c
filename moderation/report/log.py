"""Every decision of a sitting, with the role that took it and the digest that vouches for it.

The digests are those of the sitting's timeline (`live.timeline.digest`): `chain` gives all that
is needed to compute them again, without any of the states, so that everyone can check that no
decision was changed, removed or slipped in, and nobody learns what was refused.
"""

from collections.abc import Iterator

from live.models import Entry, Sitting
from live.protocol.base import Message
from live.timeline.read import milliseconds
from moderation.models import Decision

#: Entries that are decisions too, though about no question's state.
ALSO = (
    "appeal.submitted",
    "appeal.decided",
    "sanction.issued",
    "sanction.lifted",
    "rules.changed",
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
    question: int | None
    from_state: str | None
    to_state: str | None
    code: str | None
    target: int | None
    taken_back: bool
    digest: str


COLUMNS = tuple(LoggedDecision.model_fields)


def decisions(sitting: Sitting) -> list[LoggedDecision]:
    """All decisions of a sitting, oldest first."""
    rows = [_of_decision(row) for row in Decision.objects.filter(question__sitting=sitting)]
    digests = dict(
        Entry.objects.filter(timeline=sitting.timeline_id, key__startswith="review/").values_list(
            "seq", "digest"
        )
    )
    rows = [row.model_copy(update={"digest": digests.get(row.seq or 0, "")}) for row in rows]
    others = Entry.objects.filter(timeline=sitting.timeline_id, kind__in=ALSO)
    rows += [_of_entry(entry) for entry in others]
    return sorted(rows, key=lambda row: (row.at, row.seq or 0))


def _of_decision(row: Decision) -> LoggedDecision:
    return LoggedDecision(
        seq=row.seq,
        at=milliseconds(row.at),
        role=row.role,
        what=row.verdict,
        question=row.question_id,
        from_state=row.from_state,
        to_state=row.to_state or None,
        code=row.code or None,
        target=row.target_id,
        taken_back=row.undone,
        digest="",
    )


def _of_entry(entry: Entry) -> LoggedDecision:
    return LoggedDecision(
        seq=entry.seq,
        at=milliseconds(entry.at),
        role=entry.actor_role,
        what=entry.kind,
        question=None,
        from_state=None,
        to_state=None,
        code=None,
        target=None,
        taken_back=False,
        digest=entry.digest,
    )


def chain(sitting: Sitting) -> Iterator[tuple[object, ...]]:
    """Every entry of the timeline without its state, in the order of `CHAIN_COLUMNS`: what the
    digests are computed from. `at_us`: microseconds since 1970."""
    entries = Entry.objects.filter(timeline=sitting.timeline_id).order_by("seq")
    rows = entries.values_list("seq", "at", "kind", "key", "actor_role", "commitment", "digest")
    for seq, at, *others in rows.iterator():
        yield (seq, int(at.timestamp() * 1_000_000), *others)

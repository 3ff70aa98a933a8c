"""The only write to a timeline. Called by actions alone, inside their transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from live.models import Entry, KeyState, Timeline
from live.models.timeline import new_epoch
from live.protocol.base import Message
from live.protocol.registry import registry

from .digest import commitment, digest, new_salt
from .listeners import tell


@dataclass(frozen=True)
class By:
    """Who did it: a role for everyone, a person for the audit."""

    role: str
    person_id: int | None = None


SYSTEM = By("system")


def lock(timeline_id: str) -> Timeline:
    """The timeline's row, held until the end of the transaction.

    SQLite's write transactions hold the whole database already (BEGIN IMMEDIATE).
    """
    rows = Timeline.objects.all()
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(no_key=True)
    return rows.get(pk=timeline_id)


def append(
    timeline_id: str,
    kind: str,
    key: str,
    state: Message | None,
    by: By,
    at: datetime | None = None,
) -> Entry:
    """Add one entry and return it. Must run inside a transaction.

    `state` must be the model registered for the family of `key`, or None when the key is gone.
    Raises `LookupError` for an unknown kind or key, `TypeError` for another model.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("append outside a transaction")
    family = registry.key(key)
    if registry.kinds[kind].prefix != family.prefix:
        raise LookupError(f"{kind} does not speak of {key}")
    if state is not None and type(state) is not family.state:
        raise TypeError(f"{key} takes {family.state.__name__}, not {type(state).__name__}")
    timeline = lock(timeline_id)
    body = None if state is None else state.model_dump(mode="json")
    return _write(timeline, kind, key, body, family.public, by, at or timezone.now())


def _write(
    timeline: Timeline,
    kind: str,
    key: str,
    body: dict[str, Any] | None,
    public: bool,
    by: By,
    at: datetime,
) -> Entry:
    timeline.seq += 1
    timeline.public_seq += public
    salt = new_salt()
    committed = commitment(salt, body)
    entry = Entry.objects.create(
        timeline=timeline,
        seq=timeline.seq,
        public_seq=timeline.public_seq if public else None,
        at=at,
        kind=kind,
        key=key,
        state=body,
        actor_role=by.role,
        actor_id=by.person_id,
        salt=salt,
        commitment=committed,
        digest=digest(timeline.head, timeline.seq, at, kind, key, committed),
    )
    timeline.head = entry.digest
    timeline.save(update_fields=["seq", "public_seq", "head"])
    KeyState.objects.update_or_create(
        timeline=timeline,
        key=key,
        defaults={"state": body, "seq": entry.seq},
        create_defaults={"state": body, "seq": entry.seq, "public": public},
    )
    tell(timeline.pk)
    return entry


def redact(timeline_id: str, kind: str, key: str, state: Message | None, by: By) -> Entry:
    """Give `key` a new state and erase all its earlier ones; the timeline gets a new epoch, so
    that no client and no cache goes on with what was erased."""
    entry = append(timeline_id, kind, key, state, by)
    blank_earlier(entry)
    Timeline.objects.filter(pk=timeline_id).update(epoch=new_epoch())
    return entry


def blank_earlier(entry: Entry) -> None:
    """Erase the states that the key of `entry` had before, and nothing else: positions keep their
    meaning, whoever comes by them learns the last state alone."""
    Entry.objects.filter(timeline_id=entry.timeline_id, key=entry.key, seq__lt=entry.seq).update(
        state=None, salt=""
    )


def blank_kind(kind: str, person_id: int) -> None:
    """Erase the states of all entries of a kind that one person wrote, on every timeline: for
    kinds whose states are passing, so that nothing is missing without them."""
    Entry.objects.filter(kind=kind, actor=person_id).update(state=None, salt="")


def reset(timeline_id: str) -> None:
    """Forget everything: the end of a rehearsal, which nobody was promised would be kept."""
    timeline = lock(timeline_id)
    timeline.entries.all().delete()
    timeline.key_states.all().delete()
    timeline.seq = timeline.public_seq = 0
    timeline.head, timeline.epoch = "", new_epoch()
    timeline.save()
    tell(timeline_id)

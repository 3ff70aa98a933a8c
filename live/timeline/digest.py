"""The digest chain: proof that no entry was changed, removed or slipped in.

An entry's commitment is SHA-256(salt + canonical JSON of its state); its digest is
SHA-256(previous digest, position, time, kind, key, commitment). Erasing a state removes state and
salt but keeps the commitment, so the chain still verifies and the state cannot be guessed.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from live.models import Entry, Timeline


def new_salt() -> str:
    return secrets.token_hex(16)


def commitment(salt: str, state: dict[str, Any] | None) -> str:
    """Hex SHA-256 that binds a state without showing it."""
    canonical = json.dumps(state, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{salt}\n{canonical}".encode()).hexdigest()


def digest(previous: str, seq: int, at: datetime, kind: str, key: str, committed: str) -> str:
    """Hex SHA-256 that chains one entry to the one before. `at` counts in microseconds."""
    stamp = int(at.timestamp() * 1_000_000)
    line = f"{previous}\n{seq}\n{stamp}\n{kind}\n{key}\n{committed}"
    return hashlib.sha256(line.encode()).hexdigest()


@dataclass(frozen=True)
class Verification:
    """What `verify` found: how many entries hold, how many were erased, where it breaks."""

    entries: int
    erased: int
    broken_at: int | None


def verify(timeline: Timeline) -> Verification:
    """Recompute the whole chain of a timeline."""
    previous, entries, erased = "", 0, 0
    for entry in timeline.entries.order_by("seq").iterator():
        entries += 1
        expected = digest(previous, entry.seq, entry.at, entry.kind, entry.key, entry.commitment)
        intact = entry.digest == expected and entry.seq == entries and _state_holds(entry)
        if not intact:
            return Verification(entries, erased, entry.seq)
        erased += not entry.salt
        previous = entry.digest
    broken = None if previous == timeline.head else entries
    return Verification(entries, erased, broken)


def _state_holds(entry: Entry) -> bool:
    if not entry.salt:
        return entry.state is None
    return entry.commitment == commitment(entry.salt, entry.state)

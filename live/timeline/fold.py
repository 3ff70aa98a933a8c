"""The fold: entries to the present state of every key. `frontend/src/lib/timeline/fold.ts` is
its twin; both are held to the timelines of `tests/golden/`."""

from collections.abc import Iterable

from live.protocol.frames import EntryFrame, State

States = dict[str, State]


def fold(entries: Iterable[EntryFrame], states: States | None = None) -> States:
    """The states after `entries`, starting from `states` (not changed)."""
    folded = dict(states or {})
    for entry in entries:
        if entry.state is None:
            folded.pop(entry.key, None)
        else:
            folded[entry.key] = entry.state
    return folded

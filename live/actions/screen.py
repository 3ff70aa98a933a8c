"""What the room sees big."""

from live.models import KeyState
from live.protocol.states import ScreenState
from live.timeline.append import By, append


def shown(timeline_id: str) -> str | None:
    """The key on screen now."""
    state = KeyState.objects.filter(timeline_id=timeline_id, key="screen").first()
    return state.state["shows"] if state and state.state else None


def show(timeline_id: str, key: str | None, by: By) -> None:
    """Put a key on screen, or nothing. Doing it twice changes nothing."""
    if shown(timeline_id) != key:
        kind = "screen.cleared" if key is None else "screen.shown"
        append(timeline_id, kind, "screen", ScreenState(shows=key), by)

"""Who wants to know that a timeline grew."""

from collections.abc import Callable

from django.db import transaction

_listeners: list[Callable[[str], None]] = []


def on_growth(listener: Callable[[str], None]) -> None:
    """Have `listener` told of every timeline that grew, after the commit, on the thread and in the
    process that wrote. `live.delivery` nudges with it."""
    _listeners.append(listener)


def tell(timeline_id: str) -> None:
    """Tell all listeners once the present transaction has committed."""
    for listener in _listeners:
        transaction.on_commit(lambda listener=listener: listener(timeline_id))  # type: ignore[misc]

"""What autobahn does for each new WebSocket and nobody sees.

It formats its whole configuration for a debug message before it knows whether anybody wants it,
which showed in profiles of handshakes (docs/decisions/fan-out-on-daphne.md). Here the text is made
when it is shown, and not otherwise.
"""

from pprint import pformat
from typing import Any

from autobahn.websocket import protocol


class Shown:
    """Becomes what `pformat` makes of a value when somebody reads it."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __str__(self) -> str:
        return pformat(self._value)

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def format_only_what_is_shown() -> None:
    """Once, before the server listens."""
    vars(protocol)["pformat"] = Shown

"""How much one person or one address may send.

A whole hall, or a mobile operator's town, may share one address: limits per address only stop
machines, those per person do the rest. Counted per process; several processes allow as many times
more, which is fine for limits that only tame floods.
"""

import time
from dataclasses import dataclass
from functools import cache

from limits import RateLimitItem, parse

from live.protocol.errors import ErrorCode, Refused

PER_ADDRESS = "3000/minute"
CONNECTIONS_PER_ADDRESS = "6000/minute"
#: One who is sent away for flooding does not come back at once for ever; several devices on a
#: patchy network do.
CONNECTIONS_PER_PERSON = "60/minute"
#: Windows kept before those that ended are looked for.
CLEAR_FROM = 10_000
#: Frames that could not be read or were refused for good reason before a socket is closed.
MAX_BAD_FRAMES = 20
#: Commands beyond the limit before a socket is closed: no person presses a button so often.
MAX_TOO_OFTEN = 50


@cache
def _rate(text: str) -> RateLimitItem:
    return parse(text)


@dataclass(slots=True)
class _Window:
    """Uses counted until it ends (seconds of the monotonic clock)."""

    ends: float
    uses: int = 0


class _Windows:
    """Fixed windows, each from its first use. `limits` reads the notation; its own storage takes
    locks and starts a thread now and then, which is much for every command of a crowd."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, ...], _Window] = {}
        self._clear_at = CLEAR_FROM

    def spend(self, item: RateLimitItem, key: tuple[str, ...]) -> float:
        """Count one use; 0 when it is allowed, otherwise the seconds until the window ends."""
        now = time.monotonic()
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            if len(self._windows) >= self._clear_at:
                self._clear(now)
            window = self._windows[key] = _Window(now + item.get_expiry())
        if window.uses >= item.amount:
            return window.ends - now
        window.uses += 1
        return 0.0

    def _clear(self, now: float) -> None:
        self._windows = {key: one for key, one in self._windows.items() if one.ends > now}
        self._clear_at = max(CLEAR_FROM, 2 * len(self._windows))


_windows = _Windows()


def spend(rate: str, *who: str) -> None:
    """Count one use; raises `Refused` with the seconds to wait when there were too many."""
    wait = _windows.spend(_rate(rate), (rate, *who))
    if wait:
        raise Refused(ErrorCode.TOO_OFTEN, retry_after=max(1.0, wait))

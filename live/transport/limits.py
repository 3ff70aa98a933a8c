"""How much one person or one address may send.

A whole hall, or a mobile operator's town, may share one address: limits per address only stop
machines, those per person do the rest. Counted per process; several processes allow as many times
more, which is fine for limits that only tame floods.
"""

import time
from functools import cache

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from live.protocol.errors import ErrorCode, Refused

PER_ADDRESS = "3000/minute"
CONNECTIONS_PER_ADDRESS = "6000/minute"
#: Frames that could not be read or were refused for good reason before a socket is closed.
MAX_BAD_FRAMES = 20

_limiter = FixedWindowRateLimiter(MemoryStorage())


@cache
def _rate(text: str) -> RateLimitItem:
    return parse(text)


def spend(rate: str, *who: str) -> None:
    """Count one use; raises `Refused` with the seconds to wait when there were too many."""
    item = _rate(rate)
    if not _limiter.hit(item, *who):
        reset = _limiter.get_window_stats(item, *who).reset_time
        raise Refused(ErrorCode.TOO_OFTEN, retry_after=max(1.0, reset - time.time()))

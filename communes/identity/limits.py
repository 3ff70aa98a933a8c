"""How often one may ask for a code and try one, per address and per number.

Whole quarters share one address behind a mobile operator, and a hall shares one Wi-Fi: limits
per address are wide, limits per number narrow. Counters live in Redis when there is one, which
several web processes need anyway, and in memory otherwise. Numbers are named by keyed hashes.
"""

import math
import time
from functools import cache

from django.conf import settings
from limits import RateLimitItem, parse_many
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

#: `<action>.<whom>`: rules. A number gets at most 12 codes a day with 5 tries each, so that even
#: odds of guessing one of a million codes take 31 years.
RULES: dict[str, str] = {
    "request.target": "1 per 30 second; 5 per 1 hour; 12 per 1 day",
    "request.address": "60 per 1 minute; 600 per 1 hour",
    # Messages abroad are dear, and asking for them is a known way to make somebody pay.
    "request.abroad": "10 per 1 hour",
    "check.target": "30 per 1 hour",
    "check.address": "120 per 1 minute",
    "link.address": "30 per 1 minute",
    "team.target": "30 per 1 hour",
}


class TooMany(Exception):
    """Refused for now. `retry_after`: whole seconds until it may pass."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many requests, again in {retry_after} s")
        self.retry_after = retry_after


@cache
def limiter() -> MovingWindowRateLimiter:
    """One for the process."""
    return MovingWindowRateLimiter(storage_from_string(settings.REDIS_URL or "memory://"))


@cache
def _rules(name: str) -> tuple[RateLimitItem, ...]:
    return tuple(parse_many(RULES[name]))


def _retry_after(rule: RateLimitItem, name: str, who: str) -> int:
    resets_at = limiter().get_window_stats(rule, name, who).reset_time
    return max(1, math.ceil(resets_at - time.time()))


def hit(action: str, **whom: str) -> None:
    """Count one `action` (`request`, `check`, …) against each of `whom` (`address=`, `target=`).

    Raises TooMany with the longest wait, and then counts nothing.
    """
    checks = [
        (rule, f"{action}.{kind}", who)
        for kind, who in whom.items()
        for rule in _rules(f"{action}.{kind}")
    ]
    refused = [check for check in checks if not limiter().test(*check)]
    if refused:
        raise TooMany(max(_retry_after(*check) for check in refused))
    for check in checks:
        # The storage counts atomically: of many at the same time, only so many pass.
        if not limiter().hit(*check):
            raise TooMany(_retry_after(*check))


def wait(action: str, **whom: str) -> int:
    """Seconds until `action` may pass; 0 when it may now."""
    checks = [
        (rule, f"{action}.{kind}", who)
        for kind, who in whom.items()
        for rule in _rules(f"{action}.{kind}")
    ]
    waits = [_retry_after(*check) for check in checks if not limiter().test(*check)]
    return max(waits, default=0)

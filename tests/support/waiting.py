"""Waiting for something to become true, with a deadline that a busy machine does not miss."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")

DEADLINE_S = 30.0
PAUSE_S = 0.05


def wait_for(what: str, check: Callable[[], T | None], deadline_s: float = DEADLINE_S) -> T:
    """The first true value of `check()`; raises `AssertionError` after the deadline."""
    until = time.monotonic() + deadline_s
    while not (value := check()):
        if time.monotonic() > until:
            raise AssertionError(f"after {deadline_s:g} s, still not: {what} (last: {value!r})")
        time.sleep(PAUSE_S)
    return value


@overload
async def eventually(
    what: str, check: Callable[[], Awaitable[T | None]], deadline_s: float = DEADLINE_S
) -> T: ...
@overload
async def eventually(
    what: str, check: Callable[[], T | None], deadline_s: float = DEADLINE_S
) -> T: ...
async def eventually(what: str, check: Callable[[], Any], deadline_s: float = DEADLINE_S) -> Any:
    """As `wait_for`, in a coroutine; `check` may be a coroutine function too."""
    until = time.monotonic() + deadline_s
    while True:
        found = check()
        value = await found if inspect.isawaitable(found) else found
        if value:
            return value
        if time.monotonic() > until:
            raise AssertionError(f"after {deadline_s:g} s, still not: {what} (last: {value!r})")
        await asyncio.sleep(PAUSE_S)

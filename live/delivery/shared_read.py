"""Reads that many ask for at once: one of them reads, all get what it found."""

import asyncio
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from .reader import read

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Gathered(Generic[K, V]):
    """While one read runs, the next gathers: a query for everyone who came meanwhile.

    `function(keys)` gives the value of each key it knows.
    """

    #: Keys of one query.
    MOST = 400

    def __init__(self, function: Callable[[list[K]], dict[K, V]]) -> None:
        self._function = function
        self._asked: dict[K, asyncio.Future[V | None]] = {}
        self._task: asyncio.Task[None] | None = None

    async def get(self, key: K) -> V | None:
        """The value of `key`, read after this was called."""
        future = self._asked.get(key)
        if future is None:
            future = self._asked[key] = asyncio.get_running_loop().create_future()
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        # One asker's end must not be everyone's.
        return await asyncio.shield(future)

    async def _run(self) -> None:
        try:
            while self._asked:
                keys = list(self._asked)[: self.MOST]
                futures = {key: self._asked.pop(key) for key in keys}
                await self._answer(futures)
        finally:
            self._task = None

    async def _answer(self, futures: dict[K, "asyncio.Future[V | None]"]) -> None:
        try:
            found = await read(lambda: self._function(list(futures)))
        except BaseException as error:
            for future in futures.values():
                if not future.done():
                    future.set_exception(error if isinstance(error, Exception) else OSError())
                    future.exception()  # whoever asked may have gone
            if not isinstance(error, Exception):
                raise
        else:
            for key, future in futures.items():
                if not future.done():
                    future.set_result(found.get(key))


class Kept(Generic[V]):
    """A value that is read again when it is older than `seconds`, by one for all."""

    def __init__(self, function: Callable[[], V], seconds: float) -> None:
        self._function, self._seconds = function, seconds
        self._read_at = float("-inf")
        self._value: V | None = None
        self._reading: asyncio.Task[V] | None = None

    @property
    def at_hand(self) -> V | None:
        """The value, when it is fresh."""
        return self._value if time.monotonic() - self._read_at < self._seconds else None

    async def get(self) -> V:
        """The value; raises what reading raises."""
        if (value := self.at_hand) is not None:
            return value
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        return await asyncio.shield(self._reading)

    def put(self, value: V) -> None:
        """Somebody has just read it."""
        self._value, self._read_at = value, time.monotonic()

    def forget(self) -> None:
        """It has changed: what is being read at this moment may be what it was before."""
        self._read_at = float("-inf")
        self._reading = None

    async def _read(self) -> V:
        began, me = time.monotonic(), asyncio.current_task()
        try:
            value = await read(self._function)
            if self._reading is me:
                self._value, self._read_at = value, began
            return value
        finally:
            if self._reading is me:
                self._reading = None

"""How many people are in a sitting: people, not tabs, over all web processes.

Alone, a process counts what its hub holds. With Redis each process says once a second who of its
own is here: visitors as a number (a visitor is one connection, so in one process), those signed
in as a set, because one person may be connected to several processes. Everything expires, so that
a process that died is forgotten; everything is said again when Redis lost it.
"""

import logging
import secrets
from collections.abc import Set
from dataclasses import dataclass, field
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

#: Seconds after which a process that says nothing is not counted any more.
LIFE_S = 8
TIMEOUT_S = 1.0
#: Names of one command to Redis.
CHUNK = 5_000


class PresenceBoard(Protocol):
    """Where processes tell each other who is here."""

    async def count(self, sitting_id: str, people: int, signed_in: Set[int]) -> int:
        """Say that this process has `people`, of them these by name; how many there are in all."""

    async def forget(self, sitting_id: str) -> None:
        """This process has left the sitting."""

    async def close(self) -> None:
        """Let go of connections."""


class OwnBoard:
    """One process: its own people are all there are."""

    async def count(self, sitting_id: str, people: int, signed_in: Set[int]) -> int:
        return people

    async def forget(self, sitting_id: str) -> None:
        return None

    async def close(self) -> None:
        return None


@dataclass
class _Said:
    """What Redis was told last about one sitting."""

    people: set[int] = field(default_factory=set)


class RedisBoard:
    """Keys: `palabre:here:<sitting>` (sorted set: processes by the time they last spoke),
    `…:<process>` (set: people by name), `…:visitors` (hash: visitors by process)."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S
        )
        self._me = secrets.token_hex(6)
        self._said: dict[str, _Said] = {}
        self._away = False

    async def count(self, sitting_id: str, people: int, signed_in: Set[int]) -> int:
        try:
            total = await self._count(sitting_id, people - len(signed_in), set(signed_in))
        except (RedisError, OSError) as error:
            self._said.pop(sitting_id, None)
            if not self._away:
                logger.warning("presence of this process alone: %s", error)
            self._away = True
            return people
        self._away = False
        return total

    async def _count(self, sitting_id: str, visitors: int, people: set[int]) -> int:
        base = f"palabre:here:{sitting_id}"
        mine = f"{base}:{self._me}"
        said = self._said.setdefault(sitting_id, _Said())
        # One clock for all processes, whatever those of their hosts say.
        first = self._redis.pipeline(transaction=False)
        first.scard(mine)
        first.time()
        known, (seconds, microseconds) = await first.execute()
        now = seconds + microseconds / 1_000_000
        # Whoever came first is told again when Redis was emptied, or was away for too long.
        if known != len(said.people):
            await self._redis.delete(mine)
            said.people = set()
        pipe = self._redis.pipeline(transaction=False)
        come, gone = list(people - said.people), list(said.people - people)
        for start in range(0, len(come), CHUNK):
            pipe.sadd(mine, *come[start : start + CHUNK])
        for start in range(0, len(gone), CHUNK):
            pipe.srem(mine, *gone[start : start + CHUNK])
        pipe.expire(mine, LIFE_S)
        pipe.zadd(base, {self._me: now})
        pipe.hset(f"{base}:visitors", self._me, visitors)
        pipe.zrangebyscore(base, now - LIFE_S, "+inf")
        pipe.hgetall(f"{base}:visitors")
        pipe.zremrangebyscore(base, "-inf", now - 10 * LIFE_S)
        pipe.expire(base, 10 * LIFE_S)
        pipe.expire(f"{base}:visitors", 10 * LIFE_S)
        answers = await pipe.execute()
        said.people = people
        processes, counts = answers[-5], answers[-4]
        alive = [f"{base}:{process.decode()}" for process in processes]
        named = await self._union(base, alive, len(people))
        return named + sum(int(counts.get(process, 0)) for process in processes)

    async def _union(self, base: str, alive: list[str], own: int) -> int:
        if len(alive) <= 1:
            return own
        target = f"{base}:{self._me}:all"
        number = int(await self._redis.sunionstore(target, alive))
        await self._redis.unlink(target)
        return number

    async def forget(self, sitting_id: str) -> None:
        self._said.pop(sitting_id, None)
        base = f"palabre:here:{sitting_id}"
        try:
            pipe = self._redis.pipeline(transaction=False)
            pipe.delete(f"{base}:{self._me}")
            pipe.zrem(base, self._me)
            pipe.hdel(f"{base}:visitors", self._me)
            await pipe.execute()
        except (RedisError, OSError):
            return  # it expires

    async def close(self) -> None:
        await self._redis.aclose()


def make_board(redis_url: str) -> PresenceBoard:
    """The board that this installation needs."""
    return RedisBoard(redis_url) if redis_url else OwnBoard()

"""Plays the demonstration against running servers: the past sitting once, the hearing for ever."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from asgiref.sync import sync_to_async
from django.conf import settings

from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from live.models import Sitting, SittingState
from live.transport.addresses import publish_token

from .cast import Cast, assembled
from .council import Council
from .film import make_film
from .hearing import Hearing, Pace
from .people import CROWD
from .scripts import COUNCIL, HEARING, Script
from .seeding import HEARING as LIVE
from .seeding import OVER, PAST, RUNNING, Plan, ensure_hearing, ensure_past

logger = logging.getLogger(__name__)

_BEFORE = {"draft", "scheduled"}
_PATIENCE_S = 0.5
_TOKEN_LIFE_S = 3600
_FIRST_WAIT_S, _LONGEST_WAIT_S = 5.0, 300.0
#: How long a publisher may take to get through.
_CONNECT_S = 60.0
#: Between the end of a hearing and the next: time to look at the replay.
INTERVAL_S = 120.0
_filming = asyncio.Lock()


@dataclass(frozen=True)
class Play:
    """What to play and how fast."""

    past: bool = True
    hearing: bool = True
    pace: Pace = field(default_factory=Pace)
    #: Above 1, the past sitting is shorter than its film (tests).
    speed: float = 1.0
    crowd: int = len(CROWD)
    interval_s: float = INTERVAL_S


async def drive(play: Play) -> None:
    """Play until cancelled, or, without the hearing, until the past sitting can be replayed."""
    logger.info("waiting for web and media")
    await _until_up(f"{settings.WEB_INTERNAL_URL}/readyz")
    await _until_up(f"{settings.MEDIA_INTERNAL_URL}/healthz")
    async with asyncio.TaskGroup() as group:
        if play.hearing:
            group.create_task(_insist(lambda: _play_hearings(play)), name="hearing")
        if play.past:
            group.create_task(_insist(lambda: _play_past(play)), name="past")


async def _insist(part: Callable[[], Awaitable[None]]) -> None:
    """Play a part to its end, again and again when it fails: servers come and go meanwhile, and
    the house that runs this must not fall with it."""
    wait = _FIRST_WAIT_S
    while True:
        began = time.monotonic()
        try:
            await part()
            return
        except Exception:
            if time.monotonic() - began > _LONGEST_WAIT_S:
                wait = _FIRST_WAIT_S
            logger.exception("the play stopped; it goes on in %.0f s", wait)
        await asyncio.sleep(wait)
        wait = min(2 * wait, _LONGEST_WAIT_S)


async def _until_up(url: str) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(url)).is_success:
                    return
            await asyncio.sleep(_PATIENCE_S)


async def _source(script: Script) -> FileSource:
    folder = Path(settings.DATA_DIR) / "demo"
    # One at a time: the hearing's, which is asked for first, is wanted first.
    async with _filming:
        began = time.monotonic()
        path = await asyncio.to_thread(make_film, script, folder)
        logger.info("film %s ready after %.1f s", path.name, time.monotonic() - began)
        return await asyncio.to_thread(FileSource, path)


def _publisher(sitting: Sitting, source: FileSource) -> WhipPublisher:
    url = f"{settings.MEDIA_INTERNAL_URL}/whip/{sitting.pk}"
    return WhipPublisher(url, lambda: publish_token(sitting, _TOKEN_LIFE_S), source, keep=True)


async def _open(cast: Cast, publisher: WhipPublisher) -> None:
    """Open the sitting once its pictures arrive. Raises `TimeoutError`, `Refused`, `Away`."""
    await asyncio.wait_for(publisher.connected.wait(), _CONNECT_S)
    await cast.clerk.send("sitting.open")
    await cast.moderator.until(lambda _: cast.state not in _BEFORE)


async def _play_past(play: Play) -> None:
    sitting = await sync_to_async(ensure_past)()
    if sitting.state in OVER:
        logger.info("the past sitting was played before")
        return
    source = await _source(COUNCIL)
    async with assembled(sitting.pk, play.crowd) as cast:
        if cast.state in _BEFORE:
            async with _publisher(sitting, source) as publisher:
                await _open(cast, publisher)
                await Council(cast, play.speed).play()
        # What a run that was interrupted left open is the past sitting, as far as it got.
        while cast.state in RUNNING:
            await cast.clerk.attempt("sitting.end")
            await asyncio.sleep(_PATIENCE_S)
        await cast.moderator.until(lambda _: cast.state == SittingState.ARCHIVED)
    logger.info("the past sitting can be replayed: %s", _page(PAST, sitting))


async def _play_hearings(play: Play) -> None:
    source = await _source(HEARING)
    while True:
        sitting = await _purged(await sync_to_async(ensure_hearing)())
        async with (
            assembled(sitting.pk, play.crowd) as cast,
            _publisher(sitting, source) as publisher,
        ):
            if cast.state in _BEFORE:
                await _open(cast, publisher)
            logger.info("live: %s", _page(LIVE, sitting))
            await Hearing(cast, play.pace).play()
        logger.info("the hearing is over; the next begins in %.0f s", play.interval_s)
        await asyncio.sleep(play.interval_s)


async def _purged(sitting: Sitting) -> Sitting:
    """Wait until media has deleted what a forgotten sitting left."""
    while sitting.media_purge:
        await asyncio.sleep(_PATIENCE_S)
        await sitting.arefresh_from_db()
    return sitting


def _page(plan: Plan, sitting: Sitting) -> str:
    return f"{settings.PUBLIC_URL}/{plan.place.slug}/seances/{sitting.slug}/"

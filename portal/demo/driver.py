"""Plays the demonstration against running servers: the past sitting once, the hearing for ever."""

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from asgiref.sync import sync_to_async
from django.conf import settings

from live.media.file_source import FileSource
from live.media.whip_client import WhipError, WhipPublisher
from live.models import Sitting
from live.protocol.media import PublishClaims
from live.protocol.signing import sign_token

from .cast import Cast, assembled
from .council import Council
from .film import make_film
from .hearing import Hearing, Pace
from .people import CROWD
from .scripts import COUNCIL, HEARING, Script
from .seeding import HEARING as LIVE
from .seeding import OVER, PAST, RUNNING, Plan, ensure_hearing, ensure_past

logger = logging.getLogger(__name__)

_PATIENCE_S = 0.5
_TOKEN_LIFE_S = 3600
#: Between the end of a hearing and the next: time to look at the replay.
INTERVAL_S = 90.0
_TRIES = 3


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
    """Play until cancelled, or, without the hearing, until the past sitting can be replayed.

    Raises `LookupError` when nobody was seeded, `voice.VoiceError` without a voice.
    """
    logger.info("waiting for web and media")
    await _until_up(f"{settings.WEB_INTERNAL_URL}/readyz")
    await _until_up(f"{settings.MEDIA_INTERNAL_URL}/healthz")
    async with asyncio.TaskGroup() as group:
        if play.hearing:
            source = await _source(HEARING)
            group.create_task(_play_hearings(play, source), name="hearing")
        if play.past:
            group.create_task(_play_past(play), name="past")


async def _until_up(url: str) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(url)).is_success:
                    return
            await asyncio.sleep(_PATIENCE_S)


async def _source(script: Script) -> FileSource:
    folder = Path(settings.DATA_DIR) / "demo"
    began = time.monotonic()
    path = await asyncio.to_thread(make_film, script, folder)
    logger.info("film %s ready after %.1f s", path.name, time.monotonic() - began)
    return await asyncio.to_thread(FileSource, path)


def _publisher(sitting: Sitting, source: FileSource, *, keep: bool) -> WhipPublisher:
    def token() -> str:
        claims = PublishClaims(exp=int(time.time()) + _TOKEN_LIFE_S, sitting=sitting.pk)
        return sign_token(claims, settings.MEDIA_KEY)

    url = f"{settings.MEDIA_INTERNAL_URL}/whip/{sitting.pk}"
    return WhipPublisher(url, token, source, keep=keep)


async def _open(cast: Cast) -> None:
    if cast.state in {"draft", "scheduled"}:
        await cast.clerk.send("sitting.open")
    await cast.moderator.until(lambda _: cast.state not in {"draft", "scheduled"})


# The past sitting


async def _play_past(play: Play) -> None:
    sitting = await sync_to_async(ensure_past)()
    if sitting.state in OVER:
        logger.info("the past sitting was played before")
        return
    source = await _source(COUNCIL)
    for turn in range(1, _TRIES + 1):
        try:
            await _play_council(sitting, source, play)
            logger.info("the past sitting can be replayed: %s", _page(PAST, sitting))
            return
        except WhipError as error:
            logger.warning("the past sitting, attempt %d: %s", turn, error)
            await asyncio.sleep(_PATIENCE_S * 4)


async def _play_council(sitting: Sitting, source: FileSource, play: Play) -> None:
    async with assembled(sitting.pk, play.crowd) as cast:
        if cast.state in RUNNING:
            # A run that was interrupted: what there is of it is the past sitting.
            await cast.clerk.attempt("sitting.end")
        else:
            async with _publisher(sitting, source, keep=False):
                await _open(cast)
                await Council(cast, play.speed).play()
        await cast.moderator.until(lambda _: cast.state == "archived")


# The hearing


async def _play_hearings(play: Play, source: FileSource) -> None:
    while True:
        sitting = await sync_to_async(ensure_hearing)()
        async with (
            assembled(sitting.pk, play.crowd) as cast,
            _publisher(sitting, source, keep=True) as publisher,
        ):
            if cast.state not in RUNNING:
                # Not for ever: questions do not wait for pictures.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(publisher.connected.wait(), 15)
                await _open(cast)
            logger.info("live: %s", _page(LIVE, sitting))
            await Hearing(cast, play.pace).play()
        logger.info("the hearing is over; the next begins in %.0f s", play.interval_s)
        await asyncio.sleep(play.interval_s)


def _page(plan: Plan, sitting: Sitting) -> str:
    return f"{settings.PUBLIC_URL}/{plan.place.slug}/seances/{sitting.slug}/"

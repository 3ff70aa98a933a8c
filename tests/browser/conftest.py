"""A hearing for one test, and the one on air that tests of the player share."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from live.transport.addresses import publish_token
from tests.browser import player
from tests.browser.onair import OnAir
from tests.browser.room import Begin, Hearing
from tests.media.conftest import make_film
from tests.support.factories import orm
from tests.support.pages import Tab
from tests.support.sender import Sender
from tests.support.world import World


@pytest_asyncio.fixture(loop_scope="session")
async def begin(palabre: World, new_page: Tab) -> AsyncIterator[Begin]:
    """`await begin(state)`: a hearing."""
    hearing = Hearing(palabre, new_page)
    yield hearing.begin
    await hearing.end()


@pytest.fixture(scope="module")
def _kept() -> Iterator[list[OnAir]]:
    """One hearing for a module, still on air when its next test begins."""
    kept: list[OnAir] = []
    yield kept
    for one in kept:
        one.sender.kill()


@pytest.fixture(scope="session")
def _film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("air") / "film.ts"
    return make_film(path, size="320x180", seconds=12, gop=50, picture=True, sound=True)


@pytest_asyncio.fixture(loop_scope="session")
async def air(
    palabre: World, new_page: Tab, _kept: list[OnAir], _film: Path
) -> AsyncIterator[OnAir]:
    """A live hearing that is broadcast: a new one after a test that ended its own."""
    made = _kept[-1] if _kept else None
    if made is None or await is_over(made):
        made = OnAir(palabre, new_page)
        await made.begin()
        token = await orm(publish_token, made.sitting)
        url = f"{palabre.media_url}/whip/{made.sitting.pk}"
        made.sender = Sender(_film, url, token, _film.with_name(f"{made.sitting.pk}.log"))
        _kept.append(made)
    made.new_page = new_page
    if not made.sender.running:
        await asyncio.to_thread(made.sender.send)
    await player.until_on_air(made)
    yield made


async def is_over(air: OnAir) -> bool:
    await orm(air.sitting.refresh_from_db, fields=["state"])
    return air.sitting.state in {"ended", "archived"}

"""The player on a smaller picture that comes and goes with the process that makes it
(`make soak`: that needs the processor to itself)."""

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from django.conf import settings
from playwright.async_api import expect

from live.transport.addresses import publish_token
from tests.browser import player as on
from tests.browser.onair import OnAir
from tests.browser.room import shoot
from tests.media.conftest import make_film
from tests.media.test_ladder import LadderProcess
from tests.support.chromium import DESK, PHONE
from tests.support.factories import orm
from tests.support.pages import Tab, is_sound
from tests.support.sender import Sender
from tests.support.waiting import eventually
from tests.support.world import World

pytestmark = [pytest.mark.browser, pytest.mark.soak]


@dataclass(frozen=True)
class Recordings:
    folder: Path


@pytest_asyncio.fixture(loop_scope="session")
async def rungs(
    palabre: World, new_page: Tab, tmp_path: Path
) -> AsyncIterator[tuple[OnAir, LadderProcess]]:
    """A hearing of 360 lines on air, of which 240p is made."""
    air = OnAir(palabre, new_page)
    await air.begin()
    film = tmp_path / "film.ts"
    make_film(film, size="640x360", seconds=12, gop=50, picture=True, sound=True)
    token = await orm(publish_token, air.sitting)
    url = f"{palabre.media_url}/whip/{air.sitting.pk}"
    air.sender = Sender(film, url, token, tmp_path / "sender.log")
    ladder = LadderProcess(Recordings(Path(settings.RECORDINGS_DIR)))
    ladder.start()
    await asyncio.to_thread(air.sender.send)
    try:
        yield air, ladder
    finally:
        air.sender.kill()
        assert ladder.stop() == 0
        await air.end()


async def made(air: OnAir) -> None:
    """Wait until 240p can be had."""
    client = await air.palabre.async_client()
    async with client:

        async def is_there() -> bool:
            url = f"{air.palabre.media_url}/hls/{air.sitting.pk}/240p.m3u8"
            return (await client.get(url)).status_code == 200

        await eventually("240p is made", is_there, 60)


async def test_a_network_too_weak_for_the_hall_s_picture_gets_a_smaller_one_by_itself(
    rungs: tuple[OnAir, LadderProcess],
) -> None:
    air, _ = rungs
    await made(air)
    page = await air.page(None, DESK)
    await on.press(page, "picture")
    await on.plays(page)
    await expect(on.player(page)).to_have_attribute("data-height", "360", timeout=30_000)
    network = await page.context.new_cdp_session(page)
    weak = {"offline": False, "latency": 60, "uploadThroughput": 20_000}
    await network.send("Network.enable")
    # The hall's picture and sound take some 370 kbit/s, the smaller one less than 200.
    await network.send("Network.emulateNetworkConditions", {**weak, "downloadThroughput": 38_000})
    await expect(on.player(page)).to_have_attribute("data-height", "240", timeout=90_000)
    await on.goes_on(page, 4)
    await expect(on.player(page)).to_have_attribute("data-shows", "picture")
    await network.send("Network.emulateNetworkConditions", {**weak, "downloadThroughput": -1})
    await expect(on.player(page)).to_have_attribute("data-height", "360", timeout=90_000)


@pytest.mark.parametrize("participant", [False, True])
async def test_who_has_chosen_a_picture_that_goes_gets_another_and_is_told(
    rungs: tuple[OnAir, LadderProcess], participant: bool
) -> None:
    air, ladder = rungs
    await made(air)
    page = await air.page(await air.citizen() if participant else None, DESK)
    await on.press(page, "picture")
    await on.plays(page)
    await page.locator("[data-act=quality]").select_option("240")
    await expect(on.player(page)).to_have_attribute("data-height", "240", timeout=30_000)
    await on.goes_on(page, 3)
    ladder.signal(signal.SIGSTOP)
    await expect(page.locator("[data-notice=gone]")).to_contain_text(
        "une autre prend la suite", timeout=40_000
    )
    await expect(on.player(page)).to_have_attribute("data-height", "360", timeout=40_000)
    await expect(on.player(page)).to_have_attribute("data-shows", "picture")
    await on.goes_on(page, 6)
    await shoot(page, f"player-gone-1280-{participant}")
    await is_sound(page)


async def test_where_data_is_dear_the_sound_goes_on_and_no_dearer_picture(
    rungs: tuple[OnAir, LadderProcess],
) -> None:
    air, ladder = rungs
    await made(air)
    page = await air.new_page(PHONE)
    await page.add_init_script(on.MOBILE_DATA)
    await page.goto(air.palabre.page_url(air.sitting))
    await on.press(page, "picture")
    await shoot(page, "player-sizes-360")
    await page.locator("[data-cost]").get_by_role("button", name="Regarder en 240p").click()
    await on.plays(page)
    await expect(on.player(page)).to_have_attribute("data-height", "240", timeout=30_000)
    ladder.signal(signal.SIGSTOP)
    await expect(page.locator("[data-notice=gone]")).to_contain_text(
        "le son continue", timeout=40_000
    )
    await expect(on.player(page)).to_have_attribute("data-shows", "sound", timeout=20_000)
    await on.goes_on(page, 4)
    await shoot(page, "player-gone-360")
    await is_sound(page)
    # What it costs now is told before the picture begins again.
    await page.locator("[data-act=switch]").click()
    await expect(page.locator("[data-cost]")).to_contain_text("Regarder en 360p")
    await expect(page.locator("[data-cost]")).not_to_contain_text("240p")

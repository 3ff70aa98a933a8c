"""hls.js in Chromium on a page of its own: live, with low latency, seeking, and replay."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright

from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from live.protocol.media import FactKind, MediaMode
from tests.support.chromium import launch
from tests.support.processes import ROOT
from tests.support.waiting import eventually

from .harness import Room

_PLAY = """([url, low]) => {
  const video = document.createElement("video");
  video.muted = true;
  document.body.append(video);
  window.video = video;
  window.troubles = [];
  window.asked = [];
  const hls = new Hls({ lowLatencyMode: low, maxLiveSyncPlaybackRate: 1.2 });
  window.hls = hls;
  hls.on(Hls.Events.ERROR, (_, data) => window.troubles.push([data.details, data.fatal]));
  hls.on(Hls.Events.FRAG_LOADING, (_, data) => window.asked.push((data.part || data.frag).url));
  hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
  hls.loadSource(url);
  hls.attachMedia(video);
}"""


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        found = await launch(playwright)
        yield found
        await found.close()


async def player(browser: Browser, url: str, *, low: bool) -> Page:
    page = await browser.new_page()
    await page.add_script_tag(path=ROOT / "node_modules/hls.js/dist/hls.min.js")
    await page.evaluate(_PLAY, [url, low])
    return page


async def time_of(page: Page) -> float:
    return float(await page.evaluate("video.currentTime"))


async def goes_on(page: Page, by: float) -> None:
    """It plays for so many seconds from here."""
    start = await time_of(page)

    async def further() -> bool:
        return await time_of(page) >= start + by

    await eventually(f"it plays on from {start}", further, 30)


async def fatal(page: Page) -> list[list[object]]:
    return [t for t in await page.evaluate("troubles") if t[1]]


async def test_live_low_latency_a_pause_and_replay(
    room: Room, films: dict[str, FileSource], browser: Browser
) -> None:
    base = f"{room.server.url}/hls/{room.id}"
    await room.order(MediaMode.LIVE)
    async with WhipPublisher(room.whip_url, room.token(), films["film"]):
        await room.segments(3)
        low = await player(browser, f"{base}/low.m3u8", low=True)
        plain = await player(browser, f"{base}/index.m3u8", low=False)
        await goes_on(low, 2)
        await goes_on(plain, 1)
        behind = await low.evaluate("hls.latency")
        assert 0 < behind < await plain.evaluate("hls.latency")
        assert behind < 3.5
        # It fetched parts by their addresses; the plain one never did.
        assert any("p" in url.rsplit("/", 1)[1] for url in await low.evaluate("asked"))
        assert not any("p" in url.rsplit("/", 1)[1][:2] for url in await plain.evaluate("asked"))
        assert await low.evaluate("hls.levels[hls.currentLevel].details.canBlockReload")
        # Back to the beginning while live, then live again.
        await plain.evaluate("video.currentTime = 0.5")
        await goes_on(plain, 1)
        assert await time_of(plain) < 6
        # A pause releases what was blocked and breaks nothing.
        await room.order(MediaMode.PAUSED)
        count = len((await room.playlist()).segments)
        await room.order(MediaMode.LIVE)
        await room.segments(count + 2)
        await low.evaluate("video.currentTime = hls.liveSyncPosition")
        await goes_on(low, 2)
        assert await fatal(low) == [] and await fatal(plain) == []
        await room.order(MediaMode.ENDED)
    await room.fact(FactKind.RECORDING_FINALISED)

    async def ended() -> bool:
        return bool(await low.evaluate("video.ended"))

    await eventually("the low-latency player plays to the end", ended, 30)
    replay = await player(browser, f"{base}/index.m3u8", low=False)
    await goes_on(replay, 1)
    whole = await room.playlist()
    assert abs(await replay.evaluate("video.duration") - whole.duration) < 0.2
    await replay.evaluate("video.currentTime = video.duration - 2.5")
    await goes_on(replay, 1)
    assert await fatal(replay) == [] and await fatal(low) == []
    for page in (low, plain, replay):
        await page.close()

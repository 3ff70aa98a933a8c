"""hls.js in Chromium on a smaller picture that comes, goes and has gaps."""

import signal
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright

from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from live.protocol.media import MediaMode
from tests.support.chromium import launch
from tests.support.processes import ROOT
from tests.support.waiting import eventually

from .harness import MediaServer, Room, WebStandIn
from .test_ladder import LadderProcess, listed

#: Told to keep to the lowest picture; otherwise as hls.js comes.
_PLAY = """(url) => {
  const video = document.createElement("video");
  video.muted = true;
  document.body.append(video);
  window.video = video;
  window.fatal = [];
  window.details = [];
  const hls = new Hls({ startLevel: 0, capLevelToPlayerSize: false });
  window.hls = hls;
  hls.on(Hls.Events.ERROR, (_, data) => {
    window.details.push(data.details);
    // As docs/media.md asks: who was held to this picture is let go.
    if (data.details === "levelLoadError" || data.details === "fragGap") hls.autoLevelCapping = -1;
    if (data.fatal) window.fatal.push(data.details);
  });
  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    hls.autoLevelCapping = 0;
    video.play();
  });
  hls.loadSource(url);
  hls.attachMedia(video);
}"""


@pytest.fixture
async def page(web: WebStandIn) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        page = await browser.new_page()
        await page.add_script_tag(path=ROOT / "node_modules/hls.js/dist/hls.min.js")
        yield page
        await browser.close()


@pytest.mark.soak
async def test_a_viewer_of_a_rung_goes_on_when_it_goes_and_across_its_gaps(
    page: Page,
    tmp_path_factory: pytest.TempPathFactory,
    web: WebStandIn,
    films: dict[str, FileSource],
) -> None:
    server = MediaServer(tmp_path_factory.mktemp("rung") / "media", web)
    server.start()
    ladder = LadderProcess(server)
    ladder.start()
    try:
        async with Room(server) as room:
            await room.order(MediaMode.LIVE)
            async with WhipPublisher(room.whip_url, room.token(), films["wide"]):
                await listed(room, "240p")
                await room.segments(4)
                await page.evaluate(_PLAY, f"{server.url}/hls/{room.id}/index.m3u8")

                async def at(seconds: float) -> bool:
                    return bool(await page.evaluate(f"video.currentTime > {seconds}"))

                async def height(wanted: int) -> bool:
                    return bool(await page.evaluate(f"video.videoHeight === {wanted}"))

                await eventually("it plays 240p", lambda: height(240), 20)
                # It goes: the viewer is given the source, though the page had asked for the lowest.
                ladder.signal(signal.SIGSTOP)
                await listed(room)
                await eventually("it plays the source", lambda: height(360), 30)
                assert "levelLoadError" in await page.evaluate("window.details")
                before = await page.evaluate("video.currentTime")
                await eventually("it goes on", lambda: at(before + 4), 20)
                # It comes back with gaps: in one of them another picture is found.
                ladder.signal(signal.SIGCONT)
                await listed(room, "240p")
                rung = await room.playlist("240p.m3u8")
                gap = rung.text[: rung.text.index("#EXT-X-GAP")].count("#EXTINF") * 2.0 + 1
                await page.evaluate("hls.autoLevelCapping = 0")
                await page.evaluate(f"hls.loadSource('{server.url}/hls/{room.id}/index.m3u8')")
                await eventually("it plays again", lambda: at(gap + 1), 20)
                await page.evaluate(f"hls.autoLevelCapping = 0; video.currentTime = {gap}")
                await eventually("it is there", lambda: page.evaluate("!video.seeking"), 20)
                await eventually("it plays in the gap", lambda: at(gap + 3), 20)
                assert "fragGap" in await page.evaluate("window.details")
                assert await page.evaluate("window.fatal") == []
    finally:
        assert ladder.stop() == 0
        assert server.stop() == 0

"""A hearing that is really broadcast, and its player in a page."""

import re
from typing import Any

from playwright.async_api import Locator, Page, Request, expect

from tests.browser.room import Hearing
from tests.support.waiting import eventually

#: Files of the picture: the one that the hall sends and smaller ones, but not the sound's.
PICTURE = re.compile(r"/hls/.*/v[^/]*\.(m4s|mp4)$")
SOUND = re.compile(r"/hls/.*/a[^/]*\.(m4s|mp4)|audio\.m3u8")

#: A telephone on mobile data: what Chromium says there.
MOBILE_DATA = """
Object.defineProperty(navigator, "connection", {configurable: true, value:
  Object.assign(new EventTarget(), {type: "cellular", effectiveType: "3g", saveData: true})});
"""
#: A browser that plays no HLS by itself.
NO_NATIVE = """
const able = HTMLMediaElement.prototype.canPlayType;
HTMLMediaElement.prototype.canPlayType = function (type) {
  return /mpegurl/i.test(type) ? "" : able.call(this, type);
};
"""
#: A browser in which hls.js cannot work.
NO_LIBRARY = "delete window.MediaSource; delete window.ManagedMediaSource;"


def player(page: Page) -> Locator:
    return page.locator("[data-player]").first


async def heard(page: Page) -> dict[str, Any]:
    """The element that one hears: `time`, `rate`, `paused`, `muted`, `picture` (whether it is a
    video that shows something), `ahead`."""
    found: dict[str, Any] = await page.evaluate(
        """() => {
          const all = [...document.querySelectorAll("video, audio")];
          const one = all.find((m) => !m.paused && !m.muted) ?? all.find((m) => m.currentSrc);
          if (!one) return {time: 0, paused: true};
          const {buffered} = one;
          const ahead = buffered.length ? buffered.end(buffered.length - 1) - one.currentTime : 0;
          return {time: one.currentTime, rate: one.playbackRate, paused: one.paused,
                  muted: one.muted, picture: one.tagName === "VIDEO" && one.videoWidth > 0, ahead};
        }"""
    )
    return found


async def goes_on(page: Page, seconds: float = 1.5, within_s: float = 30) -> None:
    """Wait until so much more was played."""
    before = (await heard(page))["time"]

    async def played() -> bool:
        now = await heard(page)
        return not now["paused"] and now["time"] >= before + seconds

    await eventually(f"{seconds:g} s more are played", played, within_s)


async def press(page: Page, face: str) -> None:
    """The first screen's `sound` or `picture`."""
    await page.locator(f"[data-face={face}]").click()


async def plays(page: Page) -> None:
    await expect(player(page)).to_have_attribute("data-player", "playing", timeout=30_000)
    await goes_on(page)


class Fetched:
    """What a page has fetched of media."""

    def __init__(self, page: Page) -> None:
        self.addresses: list[str] = []
        page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        if "/hls/" in request.url:
            self.addresses.append(request.url)

    @property
    def picture(self) -> list[str]:
        return [one for one in self.addresses if PICTURE.search(one)]

    @property
    def sound(self) -> list[str]:
        return [one for one in self.addresses if SOUND.search(one)]


async def until_on_air(hearing: Hearing, seconds: float = 6) -> None:
    """Wait until so much of the hearing can be played."""
    playlist = f"{hearing.palabre.media_url}/hls/{hearing.sitting.pk}/audio.m3u8"
    client = await hearing.palabre.async_client()
    async with client:

        async def listed() -> bool:
            answer = await client.get(playlist)
            lengths = re.findall(r"#EXTINF:([\d.]+)", answer.text)
            return answer.status_code == 200 and sum(map(float, lengths)) >= seconds

        await eventually("the hearing is on air", listed, 60)

"""A hearing that is really broadcast, and its player in a page."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Locator, Page, Request, Route, expect

from live.media.playlists.multivariant import FULL_LINE
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
#: What media says whose line has room for the sound alone.
SOUND_ALONE = f"""#EXTM3U
{FULL_LINE}
#EXT-X-STREAM-INF:BANDWIDTH=42000,AVERAGE-BANDWIDTH=36000,CODECS="mp4a.40.2"
audio.m3u8
"""
#: A browser that plays no HLS by itself.
NO_NATIVE = """
const able = HTMLMediaElement.prototype.canPlayType;
HTMLMediaElement.prototype.canPlayType = function (type) {
  return /mpegurl/i.test(type) ? "" : able.call(this, type);
};
"""
#: Keeps what the page tells the lock screen to do, and whether the screen is to stay on.
LOCK_SCREEN = """
window.lockScreen = {};
window.awake = 0;
const set = MediaSession.prototype.setActionHandler;
MediaSession.prototype.setActionHandler = function (action, act) {
  window.lockScreen[action] = act;
  set.call(this, action, act);
};
WakeLock.prototype.request = () => {
  window.awake++;
  return Promise.resolve({release: () => Promise.resolve(window.awake--)});
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


class FullLine:
    """Answers as media does whose line is full (tests/media/test_ladder.py), till there is room."""

    def __init__(self) -> None:
        self.pictures = "sound"
        self.watched: list[str] = []
        self.visits: set[str] = set()

    async def playlist(self, route: Route) -> None:
        self._asked(route)
        if self.pictures == "full":
            await route.continue_()
        else:
            await route.fulfill(body=SOUND_ALONE, content_type="application/vnd.apple.mpegurl")

    async def note(self, route: Route) -> None:
        self.watched.append(self._asked(route)["r"][0])
        load = 0.5 if self.pictures == "full" else 0.98
        await route.fulfill(json={"pictures": self.pictures, "newcomers": "sound", "load": load})

    def _asked(self, route: Route) -> dict[str, list[str]]:
        query = parse_qs(urlsplit(route.request.url).query)
        self.visits.add(query["s"][0])
        return query


async def thumbnail(page: Page, share: float) -> dict[str, Any]:
    """What is shown above the bar while its thumb is dragged to so much of its length: where in
    its sheet the picture is, and how many colours a look at every tenth of it finds."""
    bar = await page.get_by_role("slider").bounding_box()
    assert bar is not None
    middle = bar["y"] + bar["height"] / 2
    await page.mouse.move(bar["x"] + bar["width"] / 2, middle)
    await page.mouse.down()
    await page.mouse.move(bar["x"] + bar["width"] * share, middle, steps=4)
    await page.locator("[data-thumb]").wait_for()
    found: dict[str, Any] = await page.locator("[data-thumb]").evaluate(
        """async (thumb) => {
          const style = getComputedStyle(thumb);
          const sheet = new Image();
          sheet.src = style.backgroundImage.slice(5, -2);
          await sheet.decode();
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [thumb.offsetWidth, thumb.offsetHeight];
          const pen = canvas.getContext("2d");
          const [x, y] = style.backgroundPosition.split(" ").map(parseFloat);
          pen.drawImage(sheet, x, y);
          const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
          const colours = new Set();
          for (let i = 0; i < data.length; i += 40) colours.add(data.slice(i, i + 3).join());
          return {place: style.backgroundPosition, colours: colours.size};
        }"""
    )
    return found

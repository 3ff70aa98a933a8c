"""Glass to glass: how old the picture is that a viewer sees, by a clock in the picture.

A page in Chromium draws the time as a bar code and publishes it by WHIP; another plays it with
hls.js and compares what it reads, picture by picture, with the clock. Publisher, media process,
nginx, player: all on this machine, so what networks add is not in it.

`python -m bench.latency [--seconds 30]`
"""

import argparse
import asyncio
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from live.protocol.media import MediaMode
from tests.house.certificate import make_certificate
from tests.media.harness import MediaServer, Room, WebStandIn
from tests.support.chromium import FLAGS, executable
from tests.support.nginx import configuration, find_nginx
from tests.support.ports import free_port
from tests.support.processes import ROOT, Program
from tests.support.waiting import eventually

from .record import save, say

HOST = "media.palabre.example"
PAGES = Path(__file__).parent / "pages"
LOW = {"lowLatencyMode": True, "maxLiveSyncPlaybackRate": 1.2}
#: hls.js as it comes stays three segments behind the last one listed, which is up to two seconds
#: old when it begins; half a segment less does.
PLAIN: dict[str, Any] = {}
NEARER = {"liveSyncDurationCount": 2.5}
#: Latency is counted once the player has settled.
SETTLE_S = 12.0


async def page_of(browser: Browser) -> Page:
    context = await browser.new_context(ignore_https_errors=True)
    page = await context.new_page()
    await page.add_script_tag(path=ROOT / "node_modules/hls.js/dist/hls.min.js")
    await page.add_script_tag(path=PAGES / "clock.js")
    return page


def spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "median_s": round(statistics.median(ordered) / 1000, 3),
        "p95_s": round(ordered[int(len(ordered) * 0.95)] / 1000, 3),
        "max_s": round(ordered[-1] / 1000, 3),
    }


async def measure(
    browser: Browser, url: str, config: dict[str, Any], seconds: float
) -> dict[str, Any]:
    """One viewer for so long."""
    page = await page_of(browser)
    try:
        await page.evaluate("([url, config]) => play(url, config)", [url, config])

        async def plays() -> bool:
            return bool(await page.evaluate("seen.glass.length > 20"))

        await eventually("the clock can be read", plays, 40)
        await asyncio.sleep(SETTLE_S)
        await page.evaluate("seen.glass = []; seen.dated = []; seen.stalls = 0; seen.errors = []")
        await asyncio.sleep(seconds)
        seen = await page.evaluate("seen")
    finally:
        await page.context.close()
    # What EXT-X-PROGRAM-DATE-TIME says of the same, less what the clock in the picture says.
    dated = statistics.median(seen["dated"]) - statistics.median(seen["glass"])
    return {
        **spread(seen["glass"]),
        "pictures": len(seen["glass"]),
        "stalls": seen["stalls"],
        "errors": sorted(set(seen["errors"])),
        "date_time_says_more_by_s": round(dated / 1000, 3),
    }


async def run(seconds: float, only: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        web = WebStandIn()
        stack.callback(web.close)
        server = MediaServer(folder / "media", web)
        server.start()
        stack.callback(server.stop)
        make_certificate(folder, HOST)
        port = free_port()
        whole = folder / "nginx.conf"
        whole.write_text(
            configuration(
                folder,
                web="http://127.0.0.1:9",
                media=server.url,
                media_dir=server.folder,
                port=port,
                plain_port=free_port(),
            )
        )
        nginx = Program(
            "nginx", [find_nginx(), "-p", str(folder), "-c", str(whole)], folder / "nginx.log"
        )
        nginx.start(lambda: True)
        stack.callback(nginx.stop)
        rules = f"--host-resolver-rules=MAP {HOST} 127.0.0.1"
        async with async_playwright() as playwright, Room(server) as room:
            browser = await playwright.chromium.launch(
                executable_path=executable(), headless=True, args=[*FLAGS, rules]
            )
            await room.order(MediaMode.LIVE)
            studio = await page_of(browser)
            await studio.evaluate(
                "([url, token]) => publish(url, token)", [room.whip_url, room.token()]
            )
            await room.segments(6, within=60)
            direct, front = f"{server.url}/hls/{room.id}", f"https://{HOST}:{port}/hls/{room.id}"
            for name, url, config in (
                ("parts", f"{direct}/low.m3u8", LOW),
                ("parts, nginx", f"{front}/low.m3u8", LOW),
                ("plain", f"{direct}/index.m3u8", PLAIN),
                ("plain, nginx", f"{front}/index.m3u8", PLAIN),
                ("plain, 2.5 segments", f"{direct}/index.m3u8", NEARER),
                ("plain, 2.5 segments, nginx", f"{front}/index.m3u8", NEARER),
            ):
                if only not in name:
                    continue
                found[name] = await measure(browser, url, config, seconds)
                say(f"  {name}: {found[name]}")
            await browser.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--only", default="", help="cases with this in their name; nothing is kept")
    asked = parser.parse_args()
    cases = asyncio.run(run(asked.seconds, asked.only))
    if not asked.only:
        save("latency", {"seconds": asked.seconds, "cases": cases})


if __name__ == "__main__":
    main()

"""The moderator's desk in a real Chromium: 5,000 rows, ten questions a second.

`python -m bench.desk_browser [--questions 5000] [--pace 10] [--seconds 25] [--slower 1]`

Citizens ask over WebSockets, and every question goes through the filters and the index of near
duplicates; the page watches itself: rows that exist, tasks of more than 50 ms (PerformanceObserver,
"longtask"), and in every picture drawn which row lies under the pointer, and where. `--slower`:
let the browser compute so many times slower than this machine does.
"""

import argparse
import asyncio
import contextlib
import itertools
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from .desk import FOLDER, Client, texts, ticket  # isort: skip  (sets Django up)

from django.conf import settings
from django.core.management import call_command
from playwright.async_api import Browser, Page, async_playwright
from websockets.asyncio.client import connect

from tests.browser.desk import Desk
from tests.support.chromium import DESK, launch
from tests.support.factories import make_person, make_session, orm
from tests.support.servers import Palabre
from tools import install

from .record import save, say

CITIZENS = 250
OPENINGS = 3
#: The promise of the desk.
MOST_ROWS, LONGEST_TASK_MS = 200, 50
WATCH = """
window.seen = { tasks: [], rows: 0, under: [], frames: 0 };
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) seen.tasks.push(Math.round(one.duration));
}).observe({ type: "longtask", buffered: true });
window.watch = (y) => {
  window.seen = { tasks: [], rows: 0, under: [], frames: 0 };
  const look = () => {
    seen.frames++;
    seen.rows = Math.max(seen.rows, document.querySelectorAll("[data-row]").length);
    if (y !== null) {
      const row = document.elementFromPoint(300, y)?.closest("[data-row]");
      const now = `${row?.dataset.row} ${Math.round(row?.getBoundingClientRect().top)}`;
      if (seen.under.at(-1) !== now) seen.under.push(now);
    }
    window.watching = requestAnimationFrame(look);
  };
  cancelAnimationFrame(window.watching);
  look();
};
"""


async def arrivals(askers: list[Client], pace: float, seconds: float) -> int:
    """Questions at this pace; how many were taken."""
    source, began, sent = texts(), time.perf_counter(), []
    for number, asker in enumerate(itertools.cycle(askers)):
        if number >= pace * seconds:
            break
        await asyncio.sleep(max(0.0, began + number / pace - time.perf_counter()))
        sent.append(asyncio.create_task(asker.ask("question.submit", text=next(source))))
    answers = await asyncio.gather(*sent)
    return sum(answer["type"] == "ack" for answer in answers)


async def opened(browser: Browser, session: str, world: Palabre, address: str, slower: float
                 ) -> tuple[Page, dict[str, Any]]:  # fmt: skip
    """The desk, and how long until a key chose a question in it."""
    context = await browser.new_context(viewport={"width": DESK.width, "height": DESK.height})
    await context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": world.url}]
    )
    page = await context.new_page()
    await page.add_init_script(WATCH)
    if slower != 1:
        devtools = await context.new_cdp_session(page)
        await devtools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    began = time.perf_counter()
    await page.goto(address, wait_until="commit")
    await page.wait_for_selector("[data-review]", timeout=60_000)
    shown = time.perf_counter() - began
    await page.keyboard.press("j")
    await page.wait_for_selector("[data-review][aria-current=true]", timeout=60_000)
    usable = time.perf_counter() - began
    tasks = await page.evaluate("seen.tasks")
    return page, {"rows_after_ms": round(1000 * shown), "usable_after_ms": round(1000 * usable),
                  "long_tasks_ms": tasks}  # fmt: skip


async def scene(
    page: Page, name: str, arriving: Awaitable[int], y: float | None,
    work: Callable[[], Awaitable[None]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """What the page saw of itself while questions arrived and somebody worked."""
    await page.evaluate("(y) => watch(y)", y)
    began = time.perf_counter()
    working = asyncio.create_task(repeated(work)) if work else None
    came = await arriving
    if working:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
    took = time.perf_counter() - began
    seen = await page.evaluate("seen")
    found = {
        "arrivals": came,
        "seconds": round(took, 1),
        "frames_a_second": round(seen["frames"] / took, 1),
        "rows_at_most": seen["rows"],
        "long_tasks_ms": seen["tasks"],
        "kept": seen["rows"] <= MOST_ROWS and not seen["tasks"] and len(seen["under"]) <= 1,
    }
    if y is not None:
        found["under_the_pointer"] = seen["under"]
    say(f"  {name}: {found}")
    return found


async def repeated(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await work()


async def measure(args: argparse.Namespace, world: Palabre) -> dict[str, Any]:
    desk = await orm(Desk)
    began = time.perf_counter()
    for _ in range(0, args.questions, 500):
        await orm(desk.fill, min(500, args.questions - desk.made))
    say(f"{desk.made} questions in {time.perf_counter() - began:.0f} s")
    address = f"{world.url}/{desk.commune.slug}/seances/{desk.sitting.slug}/moderation/"
    session = await orm(make_session, await orm(desk.moderator, "Sika Adjovi"))
    people = [await orm(make_person) for _ in range(CITIZENS)]
    found: dict[str, Any] = {"questions": args.questions, "pace": args.pace, "slower": args.slower}
    async with contextlib.AsyncExitStack() as stack:
        askers = []
        for person in people:
            where = f"{world.ws_url}/ws/sittings/{desk.sitting.pk}/"
            where += f"?ticket={ticket(person, desk.sitting, [])}"
            askers.append(Client(await connect(where, proxy=None, max_size=None), follows=False))
            stack.push_async_callback(askers[-1].close)
        playwright = await stack.enter_async_context(async_playwright())
        browser = await launch(playwright)
        stack.push_async_callback(browser.close)
        openings = []
        for _ in range(OPENINGS):
            page, opening = await opened(browser, session, world, address, args.slower)
            say(f"  opened: {opening}")
            openings.append(opening)
            if len(openings) < OPENINGS:
                await page.context.close()
        found["openings"] = openings

        def arrive(seconds: float) -> Awaitable[int]:
            return arrivals(askers, args.pace, seconds)

        # Nobody at it, the newest above: every question pushes all the others down.
        await page.locator("[data-queue=newest]").click()
        await page.mouse.move(5, 5)
        short = args.seconds / 2
        found["newest, nobody there"] = await scene(
            page, "newest, nobody there", arrive(short), None
        )
        # Reading one of them.
        await page.locator("[data-row]").nth(3).hover()
        box = await page.locator("[data-row]").nth(3).bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        found["newest, pointing"] = await scene(
            page, "newest, pointing", arrive(args.seconds), middle
        )

        async def decide() -> None:
            await page.keyboard.press("a")
            await asyncio.sleep(0.5)

        await page.mouse.move(5, 5)
        await page.locator("[data-queue=waiting]").click()
        await page.keyboard.press("j")
        found["deciding two a second"] = await scene(
            page, "deciding two a second", arrive(short), None, decide
        )

        async def scroll() -> None:
            await page.mouse.wheel(0, 900)
            await asyncio.sleep(0.1)

        await page.mouse.move(500, 500)
        found["scrolling"] = await scene(page, "scrolling", arrive(short), None, scroll)
        letters = itertools.cycle("voirie de zogbo")

        async def search() -> None:
            letter = next(letters)
            if letter == "v":
                await page.locator("input[type=search]").first.fill("")
            await page.keyboard.press(letter)
            await asyncio.sleep(0.2)

        await page.keyboard.press("/")
        found["searching"] = await scene(page, "searching", arrive(short), None, search)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=5000)
    parser.add_argument("--pace", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=25)
    parser.add_argument("--slower", type=float, default=1)
    parser.add_argument("--save", action="store_true", help="keep what was found")
    args = parser.parse_args()
    install.build_frontend()
    install.collect_static()
    call_command("migrate", "--noinput", "--verbosity=0")
    world = Palabre(Path(FOLDER.name))
    world.web.start()
    try:
        found = asyncio.run(measure(args, world))
    finally:
        world.web.stop()
    if args.save:
        save("desk_browser", found)


if __name__ == "__main__":
    main()

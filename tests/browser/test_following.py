"""Following a sitting without a socket, in Chromium: where a network blocks WebSockets, and by
choice, in writing."""

import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, WebSocketRoute, expect

from tests.browser.room import LAMP, Begin, question, shoot
from tests.support.chromium import DESK, PHONE
from tests.support.pages import is_sound
from tests.support.waiting import eventually

pytestmark = pytest.mark.browser

#: "A few kilobytes a minute", requests and answers with their headers.
FEW_BYTES = 8_000
EVERY_S = 20


def connection(page: Page, state: str) -> Locator:
    return page.locator(f"[data-connection={state}]").first


async def test_where_websockets_are_blocked_one_reads_over_http_until_they_get_through(
    begin: Begin,
):
    hearing = await begin()
    page = await hearing.new_page(PHONE, None)
    open_ways: list[bool] = []

    async def proxy(route: WebSocketRoute) -> None:
        if open_ways:
            route.connect_to_server()
        else:
            await route.close(code=1011, reason="not here")

    await page.route_web_socket(re.compile("/ws/"), proxy)
    # What a client waits before it tries again is tested elsewhere.
    await page.clock.install()
    await page.goto(hearing.palabre.page_url(hearing.sitting))

    async def comes(what: str, wanted: Locator) -> None:
        async def there() -> bool:
            await page.clock.run_for(3_000)
            return await wanted.count() > 0

        await eventually(what, there)

    await comes("it reads over HTTP", connection(page, "blocked"))
    lamp = await hearing.ask(LAMP)
    await comes("the question, over HTTP", question(page, lamp))
    await shoot(page, "blocked")
    open_ways.append(True)
    await comes("the socket got through", connection(page, "live"))
    roof = await hearing.ask("Et le toit de l'école ?")
    await expect(question(page, roof)).to_be_visible()


class Traffic:
    """What a page asks the network for, and the bytes of it, from now on. What its cache answers
    is not among it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.addresses: set[str] = set()
        self.sockets = self.asked = self.bytes = 0
        page.on("request", lambda request: self.addresses.add(request.url.partition("?")[0]))
        page.on("websocket", self._opened)

    def _opened(self, _: object) -> None:
        self.sockets += 1

    async def measure(self) -> None:
        """Begin to count, as the browser's own tools do."""
        tools = await self._page.context.new_cdp_session(self._page)
        tools.on("Network.requestWillBeSentExtraInfo", self._sent)
        tools.on("Network.loadingFinished", self._came)
        await tools.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        self.bytes += sum(len(name) + len(value) + 4 for name, value in event["headers"].items())
        self.bytes += 80  # the request line

    def _came(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]
        self.asked += event["encodedDataLength"] > 0


async def test_in_writing_one_has_agenda_screen_and_results_for_a_few_kilobytes(
    begin: Begin, record_property
):
    hearing = await begin()
    shown, other = await hearing.ask(LAMP), await hearing.ask("Et le toit de l'école ?")
    page = await hearing.new_page(PHONE, None)
    await page.clock.install()
    await page.goto(hearing.palabre.page_url(hearing.sitting))
    await connection(page, "live").wait_for(state="attached")
    await page.locator("[data-follow=written]").click()
    await connection(page, "written").wait_for(state="attached")
    await expect(page.get_by_role("heading", name="Ordre du jour")).to_be_visible()

    traffic = Traffic(page)
    await traffic.measure()

    async def passes(what: str, check: Locator) -> None:
        async def seen() -> bool:
            await page.clock.run_for(EVERY_S * 1000)
            return await check.is_visible()

        await eventually(what, seen)

    await hearing.staff.do("question.show", question=shown)
    await passes("the question on screen", page.get_by_text("éclairage"))
    poll = await hearing.open_poll("Faut-il un marché neuf ?", kind="yes_no")
    card = page.locator(f"[data-poll='{poll}']")
    await passes("the vote", card)
    await shoot(page, "written")
    voter = await hearing.socket(await hearing.citizen())
    state = await voter.state(f"poll/{poll}")
    await voter.do("ballot.cast", poll=poll, options=[state["options"][0]["id"]])
    await hearing.staff.do("poll.close", poll=poll)
    await passes("its result", card.locator(".chip--done"))
    await expect(card.get_by_role("table")).to_contain_text("1")
    assert await question(page, other).count() == 0
    assert traffic.sockets == 0
    assert {address.rpartition("/")[2] for address in traffic.addresses} == {"timeline"}
    # Something happens between any two answers here: a quiet sitting costs less.
    assert traffic.asked >= 3
    a_minute = traffic.bytes / traffic.asked * 60 / EVERY_S
    assert a_minute < FEW_BYTES, f"{a_minute:.0f} bytes a minute"
    record_property("bytes a minute", round(a_minute))
    await is_sound(page)
    await page.set_viewport_size({"width": DESK.width, "height": DESK.height})
    await is_sound(page)

    # The choice is kept, and taken back.
    await page.reload()
    await connection(page, "written").wait_for(state="attached")
    assert traffic.sockets == 0
    await page.locator("[data-follow=whole]").click()
    await connection(page, "live").wait_for(state="attached")
    await expect(question(page, other)).to_be_visible()

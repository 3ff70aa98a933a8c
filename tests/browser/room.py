"""A hearing as citizens, moderators and the host meet in it."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Locator, Page

from communes.models import Commune, Person
from live.models import Sitting
from tests.support.chromium import DESK, PHONE, Screen
from tests.support.factories import make_commune, make_person, make_sitting, orm
from tests.support.pages import Tab
from tests.support.socket import LiveSocket
from tests.support.world import World

#: French typography puts no-break spaces where one types plain ones.
LAMP = "Quand l'éclairage de la rue 12 sera-t-il rétabli ?"
LAMP_AGAIN = "L'éclairage de la rue 12 sera rétabli quand ?"


class Hearing:
    """A commune with a live hearing; `staff` is connected, with every role but the host's."""

    commune: Commune
    sitting: Sitting
    staff: LiveSocket
    moderator: Person
    host: Person

    def __init__(self, palabre: World, new_page: Tab) -> None:
        self.palabre = palabre
        self.new_page = new_page
        self.sockets: list[LiveSocket] = []

    async def begin(self, state: str = "live", **fields: Any) -> "Hearing":
        self.commune = await orm(make_commune)
        self.sitting = await orm(make_sitting, self.commune, state, **fields)
        self.sitting.commune = self.commune
        self.moderator = await orm(make_person, self.commune, "moderator", "clerk")
        self.host = await orm(make_person, self.commune, "host")
        self.staff = await self.socket(self.moderator, "staff")
        return self

    async def end(self) -> None:
        for socket in self.sockets:
            await socket.close()

    async def socket(self, person: Person, stream: str = "public") -> LiveSocket:
        socket = await self.palabre.ws(self.sitting, person, stream=stream)
        self.sockets.append(socket)
        return await socket.ready()

    async def citizen(self, **fields: Any) -> Person:
        return await orm(make_person, **fields)

    async def ask(self, text: str, *, publish: bool = True, **fields: Any) -> int:
        """A question by somebody new; its id."""
        asking = await self.socket(await self.citizen())
        question: int = (await asking.do("question.submit", text=text, **fields))["question"]
        if publish:
            await self.staff.do("question.approve", question=question)
        return question

    async def open_poll(self, prompt: str, **fields: Any) -> int:
        prepared = await self.staff.do("poll.prepare", prompt=prompt, **fields)
        poll: int = prepared["poll"]
        await self.staff.do("poll.open", poll=poll)
        return poll

    async def page(
        self, person: Person | None = None, screen: Screen = PHONE, place: str = ""
    ) -> Page:
        """A page of the sitting, connected."""
        page = await self.new_page(screen, person)
        await page.goto(self.palabre.page_url(self.sitting, place))
        await page.locator("[data-connection=live]").first.wait_for(state="attached")
        return page


Begin = Callable[..., Awaitable[Hearing]]


def question(page: Page, number: int) -> Locator:
    """A published question in the list."""
    return page.locator(f"[data-question='{number}']")


async def desk_of(hearing: Hearing, name: str) -> tuple[Page, Person]:
    """A moderator's desk, with work on it."""
    person = await orm(make_person, hearing.commune, "moderator", display_name=name)
    page = await hearing.page(person, DESK, "moderation")
    await page.locator("[data-review]").first.wait_for()
    return page, person


def card(page: Page, number: int) -> Locator:
    return page.locator(f"[data-review='{number}']")


async def point_at(page: Page, number: int) -> None:
    """Choose a question, and wait until it is claimed."""
    await card(page, number).click(position={"x": 60, "y": 20})
    await page.locator(
        f"[data-review='{number}'][aria-current=true]:has([data-claim=me])"
    ).wait_for()


async def shoot(page: Page, name: str) -> None:
    """Keep a picture where `SHOTS` says, to look at."""
    if folder := os.environ.get("SHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)

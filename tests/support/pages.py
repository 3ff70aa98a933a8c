"""What goes wrong in a page without the test looking at it."""

from collections.abc import Awaitable, Callable

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import ConsoleMessage, Page

#: `await new_page(screen, person)` of tests/conftest.py.
Tab = Callable[..., Awaitable[Page]]

POLICY = "Content Security Policy"


class Watch:
    """Collects uncaught exceptions and refusals of the Content Security Policy."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def follow(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._heard(page, message))

    def _heard(self, page: Page, message: ConsoleMessage) -> None:
        if message.type == "error" and POLICY in message.text:
            self.problems.append(f"{page.url}: {message.text}")

    def check(self) -> None:
        assert not self.problems, "\n".join(self.problems)


async def is_sound(page: Page) -> None:
    """Nothing to scroll sideways, nothing serious for axe-core."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    report = await Axe().run(page)
    serious = [
        (violation["id"], [node["html"] for node in violation["nodes"]])
        for violation in report.response["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]
    assert not serious, f"{page.url}: {serious}"

"""What goes wrong in a page without the test looking at it."""

from collections.abc import Awaitable, Callable

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

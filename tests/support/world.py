"""The running servers together with the database they share with the tests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.db import connection
from playwright.async_api import BrowserContext

from communes.models import Person
from live.models import Sitting
from live.transport.tickets import make_ticket

from .factories import make_session, orm
from .servers import Palabre
from .socket import LiveSocket


def test_database_url() -> str:
    """The address of the test database, as `DATABASE_URL` takes it."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{given['NAME']}"
    return f"postgresql://{given['USER']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


class World(Palabre):
    """Web and media on the test database: what the factories make, they serve."""

    def __init__(self, data_dir: Path, env: Mapping[str, str] | None = None) -> None:
        super().__init__(data_dir, test_database_url(), **(env or {}))

    async def ws(
        self,
        sitting: Sitting,
        person: Person | None = None,
        *,
        since: int | None = None,
        epoch: str | None = None,
        stream: str | None = None,
        origin: str | None = None,
    ) -> LiveSocket:
        """A connection to a sitting, with a ticket when `person` is given; not yet caught up
        (`await socket.ready()`)."""
        ticket = await orm(make_ticket, person, sitting) if person else None
        return await LiveSocket.open(
            f"{self.ws_url}/ws/sittings/{sitting.pk}/",
            origin or self.url,
            since=since,
            epoch=epoch,
            stream=stream,
            ticket=ticket,
        )

    def client(self, person: Person | None = None, **options: Any) -> httpx.Client:
        """An HTTP client of web, signed in when `person` is given; not in a coroutine."""
        cookies = {settings.SESSION_COOKIE_NAME: make_session(person)} if person else {}
        return httpx.Client(base_url=self.url, cookies=cookies, timeout=30, **options)

    async def async_client(self, person: Person | None = None, **options: Any) -> httpx.AsyncClient:
        """As `client`, in a coroutine."""
        cookies = {settings.SESSION_COOKIE_NAME: await orm(make_session, person)} if person else {}
        return httpx.AsyncClient(base_url=self.url, cookies=cookies, timeout=30, **options)

    async def sign_in(self, context: BrowserContext, person: Person) -> None:
        """Give a browser the session of `person`, without going through the pages."""
        session = await orm(make_session, person)
        await context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.url}]
        )

    def page_url(self, sitting: Sitting, page: str = "") -> str:
        """The address of a sitting's page; `page`: "", "moderation", "animation", "studio", …"""
        address = f"{self.url}/{sitting.commune.slug}/seances/{sitting.slug}/"
        return f"{address}{page}/" if page else address

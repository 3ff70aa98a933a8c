"""Fixtures of all tests. `docs/contributing.md` tells which to use when.

One asyncio loop for the whole session (pyproject.toml), so that a browser, sockets and publishers
can meet in one test. Tests with running servers come last: they commit what they write, each for
a commune of its own.
"""

import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test.utils import setup_databases
from playwright.async_api import Browser, Page, async_playwright

from communes.models import Person
from tests.support.chromium import PHONE, Screen, launch
from tests.support.lanes import Lanes
from tests.support.pages import Tab, Watch
from tests.support.postgres import Postgres
from tests.support.redis import RedisServer
from tests.support.servers import Palabre
from tests.support.world import World
from tools import install, stamps
from tools.console import StepFailed

SOAK = "soak"
#: What takes long begins first, so that several workers end at the same time.
LONG_FIRST = (
    "tests/house/test_postgresql.py",
    "tests/demo/test_driver.py",
    "tests/delivery/",
    "tests/media/",
    "tests/browser/",
    "tests/house/",
)
#: What asks whether a machine keeps up comes last, when the other workers have little left.
QUIET_LAST = ("tests/media/test_ladder.py", "tests/browser/test_desk_load.py")
#: What these hold of rules and rows must hold on every database.
ON_EVERY_DATABASE = ("tests/communes/", "tests/consultations/", "tests/live/", "tests/moderation/")


def _is_about_rows(item: pytest.Item) -> bool:
    """Whether a test uses the database (what does not, says nothing new on another), and no
    browser, which shows the same from any."""
    fixtures: list[str] = item.fixturenames  # type: ignore[attr-defined]
    uses = item.get_closest_marker("django_db") or {"db", "transactional_db", "palabre"} & {
        *fixtures
    }
    return bool(uses) and "browser" not in fixtures


def _rank(nodeid: str) -> int:
    if nodeid.startswith(QUIET_LAST):
        return len(LONG_FIRST) + 1
    return next(
        (rank for rank, place in enumerate(LONG_FIRST) if nodeid.startswith(place)),
        len(LONG_FIRST),
    )


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Lanes:
    return Lanes(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what runs on PostgreSQL too; long tests run only when they are asked for."""
    # pytest-django sorts by what the tests do with the database, and keeps this order otherwise.
    items.sort(key=lambda item: _rank(item.nodeid))
    for item in items:
        if item.nodeid.startswith(ON_EVERY_DATABASE) and _is_about_rows(item):
            item.add_marker(pytest.mark.databases)
    if SOAK in (config.option.markexpr or ""):
        return
    soaking = [item for item in items if item.get_closest_marker(SOAK)]
    config.hook.pytest_deselected(items=soaking)
    items[:] = [item for item in items if item not in soaking]


def pytest_report_collectionfinish(config: pytest.Config, items: list[pytest.Item]) -> list[str]:
    """The plan of a soak, with the minutes that each of its tests may take at most."""
    if SOAK not in (config.option.markexpr or "") or not items:
        return []
    bounds = [item.get_closest_marker("timeout") for item in items]
    minutes = [bound.args[0] / 60 if bound else 0.0 for bound in bounds]
    plan = [
        f"  at most {bound:3.0f} min  {item.nodeid}"
        for item, bound in zip(items, minutes, strict=True)
    ]
    return [f"the plan: {len(items)} tests, {sum(minutes):.0f} min at most", *plan]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[None]:
    """Show what the servers printed beside the failure of a test that used them."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.failed:
        used = {id(value): value for value in getattr(item, "funcargs", {}).values()}
        for value in used.values():
            if isinstance(value, Palabre):
                report.sections.append(("web and media", value.logs()))


# ── the database ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Start the run's own PostgreSQL when the tests are to use one (`TEST_DATABASE`)."""
    if connection.vendor != "postgresql":
        yield
        return
    server = Postgres(int(connection.settings_dict["PORT"]))
    server.start()
    yield
    server.stop()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_modify_db_settings: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path | None]:
    """The test database, always made: servers use it too, in tests that ask for no `db`.

    With SQLite: a copy of it as it is before any test.
    """
    empty = None
    with django_db_blocker.unblock():
        setup_databases(
            verbosity=0, interactive=False, aliases={"default": False}, serialized_aliases={}
        )
        if connection.vendor == "sqlite":
            empty = tmp_path_factory.mktemp("template") / "palabre.sqlite3"
            connection.cursor().execute("VACUUM INTO %s", [str(empty)])
    yield empty
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL with an empty database, `postgres.url`."""
    server = Postgres()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis, `redis.url`."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


# ── web and media ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def built() -> None:
    """Translations, bundle and static files as the sources say now: what servers and pages need."""
    with stamps.one_at_a_time():
        try:
            install.install_node()
            install.compile_messages()
            install.build_frontend()
            install.collect_static()
        except StepFailed as error:
            # Somebody is in the middle of an edit: what was built last will do. `make test` builds
            # before it tests, and fails there.
            if not (install.BUNDLE.exists() and install.STATIC.exists()):
                raise
            warnings.warn(f"built from older sources, because of: {error}", stacklevel=1)


@pytest.fixture(scope="session")
def _running(built: None, django_db_setup: object, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock():
        world = World(Path(settings.DATA_DIR))
    with world:
        yield world


@pytest.fixture
def palabre(_running: World, django_db_blocker: Any) -> Iterator[World]:
    """Web and media, running, on the test database, which the test may use as it likes.

    What a test writes stays: make a commune of its own for it. A test may kill and restart the
    servers; the next one finds them running.
    """
    _running.start()
    cache.clear()
    with django_db_blocker.unblock():
        yield _running


@pytest.fixture(scope="session")
def _empty_database(
    built: None, django_db_setup: Path | None, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    if django_db_setup is not None:
        # Migrating again would come to the same.
        return django_db_setup
    folder = tmp_path_factory.mktemp("template")
    Palabre(folder).manage("migrate", "--noinput", "--verbosity=0")
    return folder / "palabre.sqlite3"


@pytest.fixture
def make_palabre(
    _empty_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Palabre]]:
    """Make worlds apart: an empty SQLite database, servers of their own (to be started), settings
    given as environment variables. Their data is reached through them and `manage`, not the ORM.
    """
    made: list[Palabre] = []

    def make(**env: str) -> Palabre:
        folder = tmp_path_factory.mktemp("palabre")
        (folder / "palabre.sqlite3").write_bytes(_empty_database.read_bytes())
        made.append(Palabre(folder, **env))
        return made[-1]

    yield make
    for palabre in made:
        palabre.stop()


# ── the browser ───────────────────────────────────────────────────────────────────────────────


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with async_playwright() as playwright:
        chromium = await launch(playwright)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def new_page(browser: Browser, palabre: World) -> AsyncIterator[Tab]:
    """`await new_page(screen, person)`: a page in a context of its own, signed in as `person`.

    When the test ends, uncaught exceptions and what the Content Security Policy refused fail it.
    """
    watch = Watch()
    async with AsyncExitStack() as stack:

        async def open_page(
            screen: Screen = PHONE, person: Person | None = None, **options: Any
        ) -> Page:
            context = await browser.new_context(
                base_url=palabre.url,
                viewport={"width": screen.width, "height": screen.height},
                has_touch=screen.mobile,
                is_mobile=screen.mobile,
                locale="fr-FR",
                timezone_id="Africa/Porto-Novo",
                permissions=["camera", "microphone"],
                **options,
            )
            stack.push_async_callback(context.close)
            if person is not None:
                await palabre.sign_in(context, person)
            page = await context.new_page()
            watch.follow(page)
            return page

        yield open_page
    watch.check()


@pytest_asyncio.fixture(loop_scope="session")
async def page(new_page: Callable[..., Awaitable[Page]]) -> Page:
    """A visitor's page on a telephone."""
    return await new_page()

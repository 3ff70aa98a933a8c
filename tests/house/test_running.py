"""The fixtures that other tests stand on: web, media, sockets, browser, PostgreSQL, Redis."""

import httpx
import psycopg
import redis as redis_client

from communes.models import Commune
from tests.support.chromium import DESK
from tests.support.factories import make_commune, make_person, make_sitting, move, orm
from tests.support.waiting import eventually


def test_web_and_media_serve_the_test_database(palabre):
    sitting = make_sitting()
    with palabre.client() as client:
        answer = client.get(f"/api/v1/sittings/{sitting.pk}")
    assert answer.status_code == 200, answer.text
    assert sitting.title in answer.text
    assert httpx.get(f"{palabre.media_url}/readyz").status_code == 200


async def test_a_socket_follows_what_the_test_does(palabre):
    sitting = await orm(make_sitting, state="scheduled")
    async with await palabre.ws(sitting) as socket:
        await socket.ready()
        await orm(move, sitting, "open")
        state = await socket.state("sitting", lambda state: state and state["state"] == "live")
    assert state["title"] == sitting.title
    assert socket.of("welcome")[0]["me"] is None


async def test_a_ticket_says_who_is_behind_a_socket(palabre):
    commune = await orm(make_commune)
    person = await orm(make_person, commune, "moderator")
    sitting = await orm(make_sitting, commune)
    async with await palabre.ws(sitting, person, stream="staff") as socket:
        await socket.ready()
        refused = await socket.ask("question.approve", question=1)
    assert socket.of("welcome")[0]["me"]["id"] == person.public_id
    assert refused["code"] == "not_found"


async def test_killed_servers_come_back(palabre):
    sitting = await orm(make_sitting)
    for server in palabre.servers:
        server.kill()
        assert not server.is_ready()
    palabre.start()
    async with await palabre.ws(sitting) as socket:
        await socket.ready()
    assert socket.states["sitting"]["state"] == "live"


async def test_a_session_signs_a_page_in(palabre, new_page):
    commune = await orm(make_commune)
    person = await orm(make_person, commune, "clerk")
    page = await new_page(DESK, person)
    answer = await page.goto("/compte/")
    assert answer.status == 200
    assert await page.evaluate("innerWidth") == DESK.width


def test_a_world_of_its_own_is_empty(make_palabre, palabre):
    make_commune()
    apart = make_palabre(DEMO="1")
    assert apart.manage("sitting", "list", "--json").strip() == "[]"
    assert Commune.objects.exists()
    with apart:
        assert httpx.get(f"{apart.url}/readyz").json()["ready"] is True


async def test_postgresql_and_redis_answer(postgres, redis):
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT 6 * 7").fetchone() == (42,)
    with redis_client.Redis.from_url(redis.url) as client:
        assert await eventually("ping", client.ping)

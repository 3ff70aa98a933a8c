"""Palabre with several media processes: they share sittings, one is added, one is killed."""

import asyncio
import time
from contextlib import AsyncExitStack

import httpx

from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from live.models import MediaServer, Sitting
from live.transport.addresses import publish_token
from tests.support.factories import make_sitting, orm
from tests.support.waiting import eventually

from .harness import Playlist

#: Until web gives a process up, and a publisher that has noticed has come back.
WITHIN_S = 25


def holders(sittings: list[Sitting]) -> list[str | None]:
    by_id = dict(
        Sitting.objects.filter(pk__in=[s.pk for s in sittings]).values_list("pk", "media_server")
    )
    return [by_id[s.pk] for s in sittings]


async def listed(url: str, sitting: Sitting) -> Playlist:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{url}/hls/{sitting.pk}/video.m3u8")
    return Playlist(answer.text if answer.status_code == 200 else "")


async def playing(url: str, sitting: Sitting, more_than: int = 0) -> Playlist:
    found = Playlist("")

    async def there() -> bool:
        nonlocal found
        found = await listed(url, sitting)
        return len(found.segments) > more_than

    await eventually(f"more than {more_than} segments", there, WITHIN_S)
    return found


async def test_a_killed_process_loses_its_sittings_to_the_other_and_no_second_of_them(
    palabre, films: dict[str, FileSource]
) -> None:
    old = [await orm(make_sitting, state="live") for _ in range(2)]
    await eventually("they are held", lambda: orm(lambda: None not in holders(old)))
    assert set(await orm(holders, old)) == {"media"}
    added = palabre.another_media("added")
    added.start()
    async with AsyncExitStack() as stack:
        stack.callback(added.stop)
        await eventually(
            "it has told of itself", lambda: orm(MediaServer.objects.filter(name="added").exists)
        )
        new = [await orm(make_sitting, state="live") for _ in range(2)]
        await eventually("they are held", lambda: orm(lambda: None not in holders(new)))
        # What goes on stays where it is; what is new goes to the process that was added.
        assert await orm(holders, [*old, *new]) == ["media", "media", "added", "added"]
        # One publisher of each process; both know the address of the added one alone.
        sent = {}
        for sitting in (old[0], new[0]):
            url = f"{added.url}/whip/{sitting.pk}"
            token = await orm(publish_token, sitting)
            publisher = WhipPublisher(url, token, films["film"], keep=True)
            sent[sitting.pk] = await stack.enter_async_context(publisher)
        before = await asyncio.gather(*(playing(added.url, s) for s in (old[0], new[0])))
        palabre.media.kill()
        killed = time.monotonic()

        async def moved() -> bool:
            return await orm(holders, old) == ["added", "added"]

        await eventually("its sittings have moved", moved, WITHIN_S)
        assert time.monotonic() - killed < 10
        publisher = sent[old[0].pk]
        await eventually("its publisher is back", lambda: publisher.connections == 2, WITHIN_S)
        after = await playing(added.url, old[0], len(before[0].segments) + 1)
        assert after.discontinuities == 1 and before[0].discontinuities == 0
        name = before[0].segments[0]["uri"].split("/")[0]
        assert {s["uri"].split("/")[0] for s in after.segments} == {name}
        untouched = await listed(added.url, new[0])
        assert (untouched.discontinuities, sent[new[0].pk].connections) == (0, 1)
        # Back from the dead, with its old order on disk: it serves, and holds nothing of that.
        palabre.media.start()
        count = len(after.segments)
        again = await playing(palabre.media_url, old[0], count)
        assert [s["uri"] for s in again.segments[:count]] == [s["uri"] for s in after.segments]
        assert await orm(holders, old) == ["added", "added"]
        assert publisher.connections == 2
    palabre.media.ensure()
    await orm(MediaServer.objects.filter(name="added").delete)

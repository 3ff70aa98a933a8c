"""Several media processes on one folder: who holds a sitting, and who cannot write to it."""

import os
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from live.media import journal
from live.media.claim import Claim, Fenced, Identity, NameLock, Occupied
from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from live.protocol.media import FactKind, MediaMode
from live.protocol.signing import sign_request
from tests.support.waiting import eventually

from .harness import KEY, MediaServer, Room, WebStandIn, decode_listed

ONE, TWO = Identity("one", "127.0.0.1:1"), Identity("two", "127.0.0.1:2")


def test_the_higher_number_holds_and_the_lower_cannot_write(tmp_path: Path) -> None:
    first, second = Claim(tmp_path, ONE), Claim(tmp_path, TWO)
    assert not first.take(1)
    assert first.run(lambda: "written") == "written"
    with pytest.raises(Fenced):
        second.take(1)
    assert not second.take(2)
    with pytest.raises(Fenced):
        first.run(lambda: pytest.fail("it must not be done"))
    with pytest.raises(Fenced):
        first.take(1)
    assert second.is_ours() and not first.is_ours()
    # Back with a higher number, but what it knew is void: another one wrote meanwhile.
    assert not first.take(3)
    # Whoever holds it already only raises the number.
    assert first.take(4)


def test_nobody_takes_a_sitting_between_a_look_and_a_write(tmp_path: Path) -> None:
    first, second = Claim(tmp_path, ONE), Claim(tmp_path, TWO)
    first.take(1)
    order: list[str] = []
    writing, finish = threading.Event(), threading.Event()

    def write() -> None:
        writing.set()
        finish.wait(5)
        order.append("written")

    def take() -> None:
        second.take(2)
        order.append("taken")

    threads = [threading.Thread(target=first.run, args=(write,)), threading.Thread(target=take)]
    threads[0].start()
    assert writing.wait(5)
    threads[1].start()
    assert not order
    finish.set()
    for thread in threads:
        thread.join(5)
    assert order == ["written", "taken"]


@pytest.fixture(scope="module")
def second(server: MediaServer, web: WebStandIn) -> Iterator[MediaServer]:
    """One more process on the shared server's folder."""
    other = MediaServer(server.folder, web, MEDIA_NAME="second")
    other.log = server.log.with_name("second.log")
    other.start()
    yield other
    assert other.stop() == 0
    assert "Traceback" not in other.log.read_text()


def test_two_of_one_name_do_not_share_a_folder(server: MediaServer) -> None:
    with pytest.raises(Occupied, match="media"):
        NameLock(server.folder, "media", within_s=0)


async def test_a_process_that_hung_cannot_write_once_another_one_holds_the_sitting(
    server: MediaServer, second: MediaServer, room: Room, films: dict[str, FileSource]
) -> None:
    await room.order(MediaMode.LIVE, claim=1)
    there = Room(second)
    there.id, there.version = room.id, room.version
    assert server.process is not None
    # The publisher knows the first one's address alone, and keeps it.
    async with (
        there,
        WhipPublisher(room.whip_url, room.token(), films["film"], keep=True) as sender,
    ):
        before = len((await room.segments(1)).segments)
        # Playlists of the other process are the same: asked for, or read from disk.
        assert [s["uri"] for s in (await there.playlist()).segments][:before]
        assert (await there.hls("low.m3u8")).status_code == 200
        holder = await there.get(f"/holder/{room.id}")
        assert holder.headers["palabre-holder"] == server.url.removeprefix("http://")
        os.kill(server.process.pid, signal.SIGSTOP)
        try:
            await there.order(MediaMode.LIVE, claim=2)
            # What there was can be played at once, from the process that took it.
            assert len((await there.playlist()).segments) >= before
        finally:
            os.kill(server.process.pid, signal.SIGCONT)

        async def lost() -> bool:
            found = re.search(r"palabre_media_lost_total (\d+)", (await room.get("/metrics")).text)
            return found is not None and int(found[1]) >= 1

        await eventually("the first process has noticed", lost)
        # Orders by the old number are refused, and its publisher comes to the new holder, though
        # it asks the old one.
        body = (room.folder / "order.json").read_bytes()
        path = f"/control/sittings/{room.id}"
        stale = await room.http.put(
            path, content=body, headers=sign_request("PUT", path, body, KEY)
        )
        assert (stale.status_code, stale.json()["code"]) == (409, "other-process")
        await eventually("it sends again", lambda: sender.connections == 2, 30)
        total = len((await there.playlist()).segments)
        listed = await there.segments(total + 2)
        assert listed.discontinuities == 1
        assert [s["uri"] for s in (await room.playlist()).segments][:total] == [
            s["uri"] for s in listed.segments
        ][:total]
        # Nothing the first one still had in hand is in the book, or between the segments.
        folder = room.recording_folder()
        lines, length = journal.read(folder / journal.JOURNAL_NAME)
        takes = [line.take for line in lines if isinstance(line, journal.TakeBegan)]
        assert takes == [1, 2]
        assert length <= (folder / journal.JOURNAL_NAME).stat().st_size
        assert await decode_listed(there, "video.m3u8") == ""
    await there_ended(server, room, second)


async def there_ended(server: MediaServer, room: Room, second: MediaServer) -> None:
    """The end is told by who holds it, once; any process plays what is over, from disk."""
    async with Room(second) as there:
        there.id, there.version = room.id, room.version + 1
        await there.order(MediaMode.ENDED, claim=2)
        await there.fact(FactKind.RECORDING_FINALISED)

        async def ended() -> bool:
            return (await room.playlist()).ended and (await there.playlist()).ended

        await eventually("both show the end", ended)
        assert (await room.playlist()).text == (await there.playlist()).text
        assert "palabre_media_relayed_total" in (await room.get("/metrics")).text

        async def anyone() -> bool:
            found = await room.get(f"/holder/{room.id}")
            return found.headers["palabre-holder"] == server.url.removeprefix("http://")

        await eventually("any process will do", anyone)

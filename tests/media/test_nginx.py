"""deploy/nginx.conf in front of a media process: files from disk, one request for many."""

import asyncio
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from live.media.file_source import FileSource
from live.media.whip_client import WhipPublisher
from live.protocol.media import MediaAccess, MediaMode
from tests.house.certificate import make_certificate
from tests.support.nginx import check_configuration, configuration, find_nginx
from tests.support.ports import free_port
from tests.support.processes import Program

from .harness import MediaServer, Room

HOST = "media.palabre.example"


@dataclass
class Front:
    """nginx, speaking HTTPS."""

    port: int
    trust: ssl.SSLContext

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=f"https://127.0.0.1:{self.port}",
            verify=self.trust,
            timeout=20,
            trust_env=False,
            headers={"Host": HOST},
            limits=httpx.Limits(max_connections=400),
        )


async def get(client: httpx.AsyncClient, path: str, **headers: str) -> httpx.Response:
    return await client.get(path, headers=headers, extensions={"sni_hostname": HOST})


@pytest.fixture(scope="module")
def second(server: MediaServer) -> Iterator[MediaServer]:
    """One more process on the shared server's folder."""
    other = MediaServer(server.folder, server.web, MEDIA_NAME="beside")
    other.log = server.log.with_name("beside.log")
    other.start()
    yield other
    other.stop()


@pytest.fixture(scope="module")
def front(
    server: MediaServer, second: MediaServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    nginx = find_nginx()
    folder: Path = tmp_path_factory.mktemp("nginx")
    make_certificate(folder, HOST)
    port = free_port()
    whole = folder / "nginx.conf"
    whole.write_text(
        configuration(
            folder,
            web="http://127.0.0.1:9",
            media=server.url,
            also=second.url,
            media_dir=server.folder,
            port=port,
            plain_port=free_port(),
        )
    )
    check_configuration(nginx, whole)
    trust = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
    trust.check_hostname = False
    program = Program("nginx", [nginx, "-p", str(folder), "-c", str(whole)], folder / "nginx.log")

    def answers() -> bool:
        try:
            with httpx.Client(verify=trust, trust_env=False) as client:
                found = client.get(
                    f"https://127.0.0.1:{port}/healthz",
                    headers={"Host": HOST},
                    extensions={"sni_hostname": HOST},
                )
        except httpx.HTTPError:
            return False
        return found.status_code == 200

    program.start(answers)
    yield Front(port, trust)
    program.stop()


async def requests_answered(room: Room) -> int:
    """How many HTTP requests the media process has answered, those for this number included."""
    found = re.search(r"palabre_media_requests_total ([\d.e+]+)", (await room.get("/metrics")).text)
    assert found is not None
    return int(float(found[1]))


async def test_segments_come_from_disk_and_only_those_that_are_whole(
    front: Front, room: Room, films: dict[str, FileSource]
) -> None:
    await room.order(MediaMode.LIVE)
    base = f"/hls/{room.id}"
    async with front.client() as client, WhipPublisher(room.whip_url, room.token(), films["film"]):
        for name, kind in (("video.m3u8", "video/mp4"), ("audio.m3u8", "audio/mp4")):
            segment = (await room.segments(1, name)).segments[0]
            for uri in (segment["uri"], segment["map"]):
                plain = await room.hls(uri)
                answer = await get(client, f"{base}/{uri}")
                assert (answer.status_code, answer.content) == (200, plain.content)
                assert answer.headers["content-type"] == kind
                assert answer.headers["access-control-allow-origin"] == "*"
                assert "immutable" in answer.headers["cache-control"]
                part = await get(client, f"{base}/{uri}", range="bytes=10-19")
                assert (part.status_code, part.content) == (206, plain.content[10:20])
        # One more request for the same costs the media process nothing.
        before = await requests_answered(room)
        for _ in range(20):
            assert (await get(client, f"{base}/{uri}")).status_code == 200
        assert await requests_answered(room) - before <= 1 + 2
        # What is being written is on disk, but not allowed; a part of it may be had.
        text = (await room.hls("low-video.m3u8")).text
        (hint,) = re.findall(r'PRELOAD-HINT:TYPE=PART,URI="([^"]+)"', text)
        hinted = await get(client, f"{base}/{hint}")
        assert hinted.status_code == 200 and hinted.content
        growing = max((room.recording_folder()).glob("v*.m4s"), key=lambda p: int(p.stem[1:]))
        path = f"{base}/{growing.parent.name}/{growing.name}"
        answer = await get(client, path)
        listed = (await room.playlist()).segments
        assert answer.status_code == 404 or any(growing.name in s["uri"] for s in listed)
        # Tokens count; addresses of files do not get round them.
        await room.order(MediaMode.LIVE, access=MediaAccess.TOKEN)
        first = listed[0]["uri"]
        allowed = await get(client, f"{room.play_path()}/{first}")
        assert allowed.status_code == 200
        assert allowed.headers["cache-control"] == "private, no-store"
        assert (await get(client, f"{room.play_path(ttl=-9)}/{first}")).status_code == 404
        assert (await get(client, f"{base}/{listed[-1]['map']}")).status_code in (200, 404)
        await asyncio.sleep(3.1)  # what nginx may go on believing: two of its whole seconds
        assert (await get(client, f"{base}/{first}")).status_code == 404
        assert (await get(client, f"/allowed{base}/{first}")).status_code == 404
    await room.order(MediaMode.PURGED)
    assert (await get_through(front, f"{room.play_path()}/{first}")).status_code == 404


async def get_through(front: Front, path: str) -> httpx.Response:
    async with front.client() as client:
        return await get(client, path)


async def test_many_blocked_reloads_are_one(
    front: Front, room: Room, films: dict[str, FileSource]
) -> None:
    await room.order(MediaMode.LIVE)
    async with front.client() as client, WhipPublisher(room.whip_url, room.token(), films["film"]):
        listed = await room.segments(1)
        msn = int(listed.tags["#EXT-X-MEDIA-SEQUENCE"]) + len(listed.segments) + 1
        path = f"/hls/{room.id}/low-video.m3u8?_HLS_msn={msn}"
        before = await requests_answered(room)
        answers = await asyncio.gather(*(get(client, path) for _ in range(100)))
        assert {a.status_code for a in answers} == {200}
        assert len({a.content for a in answers}) == 1
        assert f"/v{msn}.m4s" in answers[0].text
        assert answers[0].headers["content-encoding"] == "gzip"
        # One for all, one or two to ask who holds the sitting, one to be counted.
        assert await requests_answered(room) - before <= 1 + 2 + 1
        unpacked = await get(client, path, **{"accept-encoding": "identity"})
        assert "content-encoding" not in unpacked.headers
        assert unpacked.text == answers[0].text


async def relayed(*servers: MediaServer) -> list[str]:
    """How many requests each has passed on to another one."""
    found = []
    async with httpx.AsyncClient(trust_env=False) as client:
        for server in servers:
            text = (await client.get(f"{server.url}/metrics")).text
            found += re.findall(r"palabre_media_relayed_total \S+", text)
    return found


async def test_one_address_leads_to_the_process_that_holds_the_sitting(
    front: Front,
    server: MediaServer,
    second: MediaServer,
    films: dict[str, FileSource],
) -> None:
    async with Room(second) as room, front.client() as client:
        await room.order(MediaMode.LIVE, claim=1)
        base = f"/hls/{room.id}"
        before = await relayed(server, second)
        offer = await client.post(
            f"/whip/{room.id}",
            headers={"authorization": f"Bearer {room.token()}", "content-type": "text/plain"},
            extensions={"sni_hostname": HOST},
        )
        assert (offer.status_code, offer.json()["code"]) == (415, "not-sdp")
        async with WhipPublisher(room.whip_url, room.token(), films["film"]):
            segment = (await room.segments(1)).segments[0]
            for name in ("index.m3u8", "low-video.m3u8", "audio.m3u8", segment["uri"]):
                assert (await get(client, f"{base}/{name}")).status_code == 200
            # Nobody had to ask another process.
            assert await relayed(server, second) == before
            second.kill()
            # It has died: what there is can be seen, and a publisher is told to come again.
            left = await get(client, f"{base}/video.m3u8?_=1")
            assert (left.status_code, segment["uri"] in left.text) == (200, True)
            refused = await client.post(
                f"/whip/{room.id}",
                headers={"authorization": f"Bearer {room.token()}"},
                extensions={"sni_hostname": HOST},
            )
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert (await get(client, f"/holder/{room.id}")).status_code == 404

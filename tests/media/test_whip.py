"""WHIP as RFC 9725 wants it, and refusals that say what is wrong."""

import asyncio

import httpx
import pytest

from live.media.file_source import FileSource
from live.media.whip_client import WhipError, WhipPublisher
from live.protocol.media import FactKind, MediaMode, PlayClaims
from live.protocol.signing import sign_token
from tests.support.waiting import eventually

from .harness import KEY, MediaServer, Room
from .offers import offer, video_codecs

SDP = {"content-type": "application/sdp"}


async def post(
    room: Room, body: str | bytes, token: str | None = None, **headers: str
) -> httpx.Response:
    given = {**SDP, "authorization": f"Bearer {token or room.token()}", **headers}
    return await room.http.post(f"/whip/{room.id}", content=body, headers=given)


def code(answer: httpx.Response) -> tuple[int, str]:
    """Status and stable code of a refusal, which must be a problem document with clear text."""
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert len(problem["detail"]) > 10
    assert answer.headers["access-control-allow-origin"] == "*"
    return answer.status_code, problem["code"]


async def test_publication_begins_and_ends(server: MediaServer, room: Room) -> None:
    await room.order(MediaMode.PREVIEW)
    answer = await post(room, await offer("audio", "video"))
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/sdp"
    assert answer.headers["etag"].startswith('"')
    assert answer.headers["access-control-allow-origin"] == "*"
    for name in ("Location", "Link", "ETag"):
        assert name in answer.headers["access-control-expose-headers"]
    location = answer.headers["location"]
    assert location.startswith(f"/whip/{room.id}/")
    assert len(location.rsplit("/", 1)[1]) >= 32
    assert "m=audio" in answer.text and "a=recvonly" in answer.text
    assert "a=candidate:" in answer.text

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH"):
        refused = await room.http.request(method, location, headers=SDP)
        assert refused.status_code == 405, method
        assert "DELETE" in refused.headers["allow"]
    assert (await room.http.delete(location)).status_code == 200
    assert (await room.http.delete(location)).status_code == 404
    assert (await room.status()).publisher is None


async def test_endpoint_answers_those_who_look(room: Room) -> None:
    await room.order(MediaMode.PREVIEW)
    for method in ("GET", "HEAD"):
        answer = await room.http.request(method, f"/whip/{room.id}")
        assert (answer.status_code, answer.content) == (204, b"")
    answer = await room.http.options(
        f"/whip/{room.id}",
        headers={
            "origin": "https://mairie.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type",
        },
    )
    assert answer.status_code in (200, 204)
    assert answer.headers["accept-post"] == "application/sdp"
    assert "POST" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert "authorization" in allowed and "content-type" in allowed
    answer = await room.http.put(f"/whip/{room.id}")
    assert answer.status_code == 405 and "POST" in answer.headers["allow"]


async def test_h264_is_answered_to_an_offer_led_by_vp8(room: Room) -> None:
    await room.order(MediaMode.PREVIEW)
    sent = await offer("video", "audio", video_first="video/VP8")
    assert video_codecs(sent)[0] == "VP8"
    answer = await post(room, sent)
    assert answer.status_code == 201
    assert set(video_codecs(answer.text)) == {"H264", "rtx"}
    assert video_codecs(answer.text)[0] == "H264"


@pytest.mark.parametrize("kinds", [("audio",), ("video",)])
async def test_one_track_alone_is_enough(room: Room, kinds: tuple[str]) -> None:
    await room.order(MediaMode.PREVIEW)
    assert (await post(room, await offer(*kinds))).status_code == 201


async def test_tokens(room: Room) -> None:
    await room.order(MediaMode.PREVIEW)
    body = await offer("audio")
    path = f"/whip/{room.id}"
    missing = await room.http.post(path, content=body, headers=SDP)
    assert code(missing) == (401, "no-token")
    assert missing.headers["www-authenticate"].startswith("Bearer")
    play = sign_token(PlayClaims(sitting=room.id, exp=2**31), KEY)
    for token, expected in [
        (room.token(ttl=-5), "expired-token"),
        (room.token()[:-2], "invalid-token"),
        ("nonsense", "invalid-token"),
        (play, "invalid-token"),
    ]:
        answer = await post(room, body, token)
        assert code(answer) == (401, expected)
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    other = room.token(sitting="222222222222")
    assert code(await post(room, body, other)) == (403, "other-sitting")
    assert code(await post(room, body, room.token(track="fon"))) == (403, "other-track")


async def test_unknown_sitting(server: MediaServer) -> None:
    async with Room(server) as room:
        assert code(await post(room, await offer("audio"))) == (404, "unknown-sitting")
        assert (await room.http.delete(f"/whip/{room.id}/nothing")).status_code == 404


@pytest.mark.parametrize("mode", [MediaMode.CLOSED_DOORS, MediaMode.ENDED, MediaMode.PURGED])
async def test_modes_that_take_no_publisher(room: Room, mode: MediaMode) -> None:
    await room.order(mode)
    assert code(await post(room, await offer("audio"))) == (403, "not-open")


async def test_offers_that_cannot_be_taken(room: Room) -> None:
    await room.order(MediaMode.PREVIEW)
    good = await offer("audio", "video")
    bodies: dict[str, tuple[int, str]] = {
        "": (400, "bad-sdp"),
        "hello": (400, "bad-sdp"),
        "v=0\r\n": (400, "bad-sdp"),
        good.replace("a=rtcp-mux\r\n", ""): (400, "bad-sdp"),
        good.replace("a=fingerprint", "a=x"): (400, "bad-sdp"),
        good.replace("a=sendonly", "a=recvonly"): (422, "nothing-sent"),
        await offer("video", video_only="video/VP8"): (422, "no-h264"),
        await offer("audio", "video", video_only="video/VP8"): (422, "no-h264"),
        good.replace("opus/48000/2", "speex/16000"): (422, "no-opus"),
        await offer("video", "video"): (422, "too-many-tracks"),
    }
    for body, expected in bodies.items():
        assert code(await post(room, body)) == expected, body[:40]
    assert code(await post(room, good, **{"content-type": "text/plain"})) == (415, "not-sdp")
    assert code(await post(room, good + "a=x:y\r\n" * 20_000)) == (413, "too-large")
    # Binary, and cut at every twentieth of its length: never a 500, never taken.
    assert code(await post(room, bytes(range(256)))) == (400, "bad-sdp")
    for twentieth in range(1, 20):
        status, reason = code(await post(room, good[: len(good) * twentieth // 20]))
        assert (status, reason) in {(400, "bad-sdp"), (422, "no-h264")}, twentieth
    assert (await room.status()).publisher is None


async def test_second_publisher(room: Room, films: dict[str, FileSource]) -> None:
    await room.order(MediaMode.PREVIEW)
    token = room.token()
    first = WhipPublisher(room.whip_url, token, films["film"])
    async with first:
        await room.fact(FactKind.PUBLISHER_CONNECTED)
        for other in (token, room.token(ttl=60)):
            answer = await post(room, await offer("audio"), other)
            assert code(answer) == (409, "occupied")
            assert int(answer.headers["retry-after"]) > 0
        # The same device comes back after its power was cut: it need not wait for a timeout.
        await first.vanish()
        await room.fact(FactKind.PUBLISHER_INTERRUPTED)
        assert (await room.status()).publisher is not None
        answer = await post(room, await offer("audio"), room.token(ttl=61))
        assert code(answer) == (409, "occupied")
        told = room.server.web.kinds(room.id).count(FactKind.PUBLISHER_CONNECTED)
        async with WhipPublisher(room.whip_url, token, films["film"]):
            await room.fact(FactKind.PUBLISHER_CONNECTED, told + 1)
    await room.fact(FactKind.PUBLISHER_LEFT)
    kinds = room.server.web.kinds(room.id)
    assert kinds.count(FactKind.PUBLISHER_LEFT) == 1


async def test_client_says_why_it_was_refused(room: Room, films: dict[str, FileSource]) -> None:
    await room.order(MediaMode.ENDED)
    with pytest.raises(WhipError) as refused:
        async with WhipPublisher(room.whip_url, room.token(), films["film"]):
            pass
    assert refused.value.status == 403


async def test_client_keeps_trying(room: Room, films: dict[str, FileSource]) -> None:
    await room.order(MediaMode.CLOSED_DOORS)
    async with WhipPublisher(room.whip_url, room.token, films["blind"], keep=True) as client:
        await asyncio.sleep(0)
        assert not client.connected.is_set()
        await room.order(MediaMode.PREVIEW)
        await asyncio.wait_for(client.connected.wait(), 30)
        status = await eventually("publisher seen", room.status)
        assert status.mode is MediaMode.PREVIEW
    await eventually("gone", lambda: _nobody(room))


async def _nobody(room: Room) -> bool:
    return (await room.status()).publisher is None

"""Our hold on aiortc's private parts: fails when they change, and opens no decoder."""

import asyncio
from itertools import pairwise
from typing import Any

import aiortc.rtcrtpreceiver
import av
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.jitterbuffer import JitterBuffer

from live.media import aiortc_hooks
from live.media.config import IceSettings
from live.media.file_source import FileSource
from live.media.publisher import Publisher
from live.media.sdp_check import check_offer
from tests.support.waiting import eventually


async def test_private_parts_are_where_they_were() -> None:
    assert aiortc_hooks.missing_parts() == []


@pytest.mark.parametrize("part", ["_send_rtcp_pli", "_handle_rtcp_packet"])
async def test_a_part_that_vanished_is_named(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    monkeypatch.delattr(aiortc.rtcrtpreceiver.RTCRtpReceiver, part)
    with pytest.raises((AttributeError, AssertionError), match=part):
        assert aiortc_hooks.missing_parts() == [], aiortc_hooks.missing_parts()


async def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiortc_hooks, "version", lambda _: "1.17.0")
    assert aiortc_hooks.missing_parts() == ["aiortc 1.16, found 1.17.0"]


async def test_a_changed_jitter_buffer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JitterBuffer, "add", lambda self, packet, extra: None)
    assert "JitterBuffer.add(packet)" in aiortc_hooks.missing_parts()


async def test_frames_reports_and_keyframe_requests_without_a_decoder(
    films: dict[str, FileSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole connection in this process, so that every codec that opens is seen."""
    opened: list[tuple[str, str]] = []
    create = av.CodecContext.create

    class Spy:
        @staticmethod
        def create(name: str, mode: Any = None, *rest: Any) -> Any:
            opened.append((name, mode or ""))
            return create(name, mode, *rest)

    def no_decoder(codec: Any) -> None:
        raise AssertionError(f"aiortc opens a decoder for {codec}")

    monkeypatch.setattr(aiortc.rtcrtpreceiver, "get_decoder", no_decoder)
    monkeypatch.setattr(av, "CodecContext", Spy)
    loopback = IceSettings(addresses=("127.0.0.1",))
    client = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    for track in films["film"].tracks():
        client.addTransceiver(track, "sendonly").setCodecPreferences(
            aiortc_hooks.preferred_codecs(track.kind)
        )
    asked: list[float] = []
    for sender in client.getSenders():
        if sender.kind == "video":
            monkeypatch.setattr(sender, "_send_keyframe", lambda: asked.append(1.0))
    aiortc_hooks.choose_ice(client, loopback)
    await client.setLocalDescription()
    publisher = Publisher(check_offer(client.localDescription.sdp.encode()), "token", loopback)
    pictures: list[tuple[int, bytes]] = []
    monkeypatch.setattr(
        publisher.ingest, "on_video", lambda ts, data, now: pictures.append((ts, data))
    )
    sounds: list[int] = []
    reported: set[str] = set()
    monkeypatch.setattr(publisher.ingest, "on_report", lambda kind, ntp, ts: reported.add(kind))
    monkeypatch.setattr(publisher.ingest, "on_audio", lambda ts, data, now: sounds.append(ts))
    try:
        answer = await publisher.answer()
        await client.setRemoteDescription(aiortc.RTCSessionDescription(answer, "answer"))
        await eventually("pictures", lambda: len(pictures) > 60 and len(sounds) > 100)
        publisher.ask_keyframe()
        await eventually("asked on the right SSRC", lambda: asked)
        await eventually("sender reports of both tracks", lambda: reported >= {"audio", "video"})
    finally:
        await publisher.close()
        await client.close()
    assert all(data.startswith(b"\x00\x00\x00\x01") for _, data in pictures)
    steps = {b[0] - a[0] for a, b in pairwise(pictures)}
    assert steps <= {3600, 3600 - (1 << 32)}
    assert [name for name, mode in opened if mode == "r" and name != "libopus"] == []


def test_sound_out_of_order_is_put_in_order() -> None:
    got: list[int] = []
    buffer = aiortc_hooks.ReorderBuffer(lambda timestamp, _: got.append(timestamp))
    for number in [65533, 65535, 65534, 0, 2, 3, 1, 1, 5, 6, 7, 4, 8]:
        buffer.push(number, number, b"x")
    # 4 came when three later ones had been waiting: too late.
    assert got == [65533, 65534, 65535, 0, 1, 2, 3, 5, 6, 7, 8]


async def test_ports_and_public_addresses() -> None:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver("audio", "recvonly")
    settings = IceSettings(
        addresses=("127.0.0.1",), public_ips=("198.51.100.7",), ports=(42_300, 42_340)
    )
    aiortc_hooks.choose_ice(connection, settings)
    await connection.setLocalDescription()
    lines = [x for x in connection.localDescription.sdp.splitlines() if "a=candidate" in x]
    await connection.close()
    hosts = {line.split()[4]: int(line.split()[5]) for line in lines}
    assert set(hosts) == {"127.0.0.1", "198.51.100.7"}
    assert len(set(hosts.values())) == 1
    assert all(42_300 <= port <= 42_340 for port in hosts.values())
    await asyncio.sleep(0)

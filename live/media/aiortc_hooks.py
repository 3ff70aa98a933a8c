"""Everything that touches private parts of aiortc and aioice, pinned to aiortc 1.16.

aiortc has no public way to receive encoded frames. Per connection we replace the receivers'
jitter buffers with ours, which hand frames to a sink and never to a decoder; listen to sender
reports; request keyframes on the right SSRC; and choose the addresses and ports of ICE. If a
version changes one of these parts, `missing_parts` names it and the process refuses to start.
"""

import asyncio
import inspect
import random
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, Protocol, cast

import aioice.ice
from aioice.candidate import Candidate, candidate_foundation, candidate_priority
from aiortc import RTCPeerConnection, RTCRtpCodecCapability, RTCRtpReceiver, RTCRtpTransceiver
from aiortc.codecs import CODECS
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtcrtpparameters import RTCRtcpFeedback, RTCRtpCodecParameters
from aiortc.rtp import AnyRtcpPacket, RtcpSrPacket, RtpPacket
from aiortc.utils import uint16_add

from .config import IceSettings
from .repair import CAPACITY, Repair
from .rtp_clock import Unwrapper

PINNED = "1.16"
#: Sound packets that may come this much out of order are put back in order.
_REORDER = 3
#: Main, constrained high and high: never decoded here, so as good as baseline.
_MORE_PROFILES = ("4d001f", "640c1f", "64001f")

_RECEIVER_PARTS = (
    "_RTCRtpReceiver__jitter_buffer",
    "_RTCRtpReceiver__nack_generator",
    "_handle_rtcp_packet",
    "_send_rtcp_pli",
    "_send_rtcp_nack",
)
#: Where something is missing and no picture was handed on for so long, a keyframe is asked for;
_WORRY_S = 0.8
#: after so long one that has come is gone on with, before the picture would be held (`take.py`).
_LEAP_S = 1.3
#: A sequence parameter set (ITU-T H.264, table 7-1).
_SPS = 7


class MediaSink(Protocol):
    """Who gets what a publisher sends; called on the event loop."""

    def on_packet(self, kind: str, size: int) -> None:
        """An RTP packet of `size` bytes came."""

    def on_video(self, timestamp: int, annex_b: bytes) -> None:
        """A whole picture."""

    def on_audio(self, timestamp: int, payload: bytes) -> None:
        """A packet of sound, in order."""

    def on_report(self, kind: str, ntp: int, timestamp: int) -> None:
        """A sender report."""

    def on_loss(self) -> None:
        """Part of a picture is lost for good."""

    def on_standstill(self) -> None:
        """Something is missing for so long that a keyframe would help."""


class _VideoBuffer(JitterBuffer):
    """The stock buffer, with `Repair` for what is lost; frames go to the sink."""

    def __init__(self, sink: MediaSink) -> None:
        super().__init__(capacity=CAPACITY, is_video=True)
        self._sink = sink
        #: The SSRC of the picture itself; packets of the RTX stream arrive here unwrapped.
        self.ssrc: int | None = None
        #: Called with the numbers of packets that are to be sent again.
        self.ask_again: Callable[[list[int]], None] = lambda _: None
        self._repair = Repair()
        #: When a picture was last handed on, and when a keyframe was asked for in its stead.
        self._handed = self._worried = 0.0

    def add(self, packet: RtpPacket) -> tuple[bool, None]:
        now = time.monotonic()
        number = packet.sequence_number
        self.ssrc = packet.ssrc
        self._sink.on_packet("video", len(packet.payload))
        self._handed = self._handed or now
        self._repair.arrived(number, now)
        lost, frame = super().add(packet)
        while True:
            while frame is not None:
                self._handed = now
                self._sink.on_video(frame.timestamp, frame.data)
                frame = self._remove_frame(number)
            assert self._origin is not None
            self._repair.forget(self._origin)
            skipped = self._given_up(now) if self._repair else None
            if skipped is None:
                break
            # Before the frames behind the gap are read: they can be shown from a keyframe on.
            self._sink.on_loss()
            self.smart_remove(skipped)
            frame = self._remove_frame(number)
        if self._repair:
            self._mend(now)
        if lost:
            # The sink requests a keyframe, as often as it sees fit.
            self._sink.on_loss()
        return False, None

    def _mend(self, now: float) -> None:
        if numbers := self._repair.due(now):
            self.ask_again(numbers)
        if now - max(self._handed, self._worried) > _WORRY_S:
            self._worried = now
            self._sink.on_standstill()

    def _given_up(self, now: float) -> int | None:
        """How many packets to go without; `None`: what is missing may still come."""
        assert self._origin is not None
        behind = uint16_add(self._repair.behind_gap(), -self._origin)
        if now - self._handed >= _LEAP_S and (keyframe := self._keyframe(behind)) is not None:
            return keyframe
        return behind + 1 if self._repair.hopeless(now) else None

    def _keyframe(self, step: int) -> int | None:
        """How far from the origin, from `step` on, a whole keyframe begins."""
        begins: int | None = None
        stamp = 0
        for place in range(step, CAPACITY):
            packet = self._packets[((self._origin or 0) + place) % CAPACITY]
            if packet is None:
                begins = None
            elif begins is not None and packet.timestamp != stamp:
                return begins
            elif begins is None and _opens_keyframe(packet):
                begins, stamp = place, packet.timestamp
        return None


def _opens_keyframe(packet: RtpPacket) -> bool:
    """Whether parameter sets are in it, which come first in a keyframe."""
    data = cast(bytes, cast(Any, packet)._data)
    return any(part[0] & 0x1F == _SPS for part in data[:256].split(b"\0\0\0\1") if part)


class ReorderBuffer:
    """Sound: packets in order, one by one; what is too late is left out.

    The stock buffer drops several frames for each one that is lost.
    """

    def __init__(self, deliver: Callable[[int, bytes], None]) -> None:
        self._deliver = deliver
        self._unwrap = Unwrapper(16)
        self._next: int | None = None
        self._held: dict[int, tuple[int, bytes]] = {}

    def push(self, number: int, timestamp: int, payload: bytes) -> None:
        """Add a packet by its 16-bit sequence number."""
        place = self._unwrap(number)
        if self._next is None:
            self._next = place
        if place < self._next:
            return
        self._held[place] = (timestamp, payload)
        while self._held:
            if self._next not in self._held:
                if len(self._held) < _REORDER:
                    return
                self._next = min(self._held)
            self._deliver(*self._held.pop(self._next))
            self._next += 1


class _AudioBuffer:
    """Stands where the stock audio buffer stood."""

    def __init__(self, sink: MediaSink) -> None:
        self._sink = sink
        self._order = ReorderBuffer(sink.on_audio)

    def add(self, packet: RtpPacket) -> tuple[bool, None]:
        self._sink.on_packet("audio", len(packet.payload))
        if packet.payload:
            self._order.push(packet.sequence_number, packet.timestamp, packet.payload)
        return False, None


class Tap:
    """Our hold on one receiver."""

    def __init__(self, receiver: RTCRtpReceiver, kind: str, sink: MediaSink) -> None:
        self._receiver = cast(Any, receiver)
        self._kind = kind
        self._sink = sink
        self._video = _VideoBuffer(sink) if kind == "video" else None
        self._receiver._RTCRtpReceiver__jitter_buffer = self._video or _AudioBuffer(sink)
        if self._video is not None:
            self._video.ask_again = self._ask_again
            # Nobody else asks.
            self._receiver._RTCRtpReceiver__nack_generator = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._stock_rtcp = self._receiver._handle_rtcp_packet
        self._receiver._handle_rtcp_packet = self._on_rtcp

    async def request_keyframe(self) -> None:
        """Send a picture loss indication (RFC 4585 section 6.3.1)."""
        if self._video is not None and self._video.ssrc is not None:
            await self._receiver._send_rtcp_pli(self._video.ssrc)

    def _ask_again(self, numbers: list[int]) -> None:
        """Send a negative acknowledgement (RFC 4585 section 6.2.1)."""
        assert self._video is not None
        asking = self._receiver._send_rtcp_nack(self._video.ssrc, numbers)
        task = asyncio.get_running_loop().create_task(asking)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _on_rtcp(self, packet: AnyRtcpPacket) -> None:
        if isinstance(packet, RtcpSrPacket):
            info = packet.sender_info
            self._sink.on_report(self._kind, info.ntp_timestamp, info.rtp_timestamp)
        await self._stock_rtcp(packet)


def add_h264_profiles() -> None:
    """Let aiortc negotiate H.264 beyond baseline; it would only lack a decoder setting."""
    known = {c.parameters.get("profile-level-id") for c in CODECS["video"]}
    number = max(c.payloadType or 0 for c in CODECS["video"]) + 1
    for profile in _MORE_PROFILES:
        if profile in known:
            continue
        feedback = [("nack", None), ("nack", "pli"), ("goog-remb", None)]
        CODECS["video"] += [
            RTCRtpCodecParameters(
                mimeType="video/H264",
                clockRate=90000,
                payloadType=number,
                rtcpFeedback=[RTCRtcpFeedback(type=t, parameter=p) for t, p in feedback],
                parameters={
                    "level-asymmetry-allowed": "1",
                    "packetization-mode": "1",
                    "profile-level-id": profile,
                },
            ),
            RTCRtpCodecParameters(
                mimeType="video/rtx",
                clockRate=90000,
                payloadType=number + 1,
                parameters={"apt": number},
            ),
        ]
        number += 2


def preferred_codecs(kind: str) -> list[RTCRtpCodecCapability]:
    """What we answer with: H.264 with retransmission, or Opus; nothing else."""
    capabilities = RTCRtpReceiver.getCapabilities(kind)
    assert capabilities is not None
    wanted = {"video/h264", "video/rtx"} if kind == "video" else {"audio/opus"}
    chosen = [c for c in capabilities.codecs if c.mimeType.lower() in wanted]
    # Constrained baseline first: what every browser and every phone can do.
    return sorted(chosen, key=lambda c: c.parameters.get("profile-level-id") != "42e01f")


def receive(connection: RTCPeerConnection, kind: str, sink: MediaSink) -> Tap:
    """Prepare to receive one track. Before `setRemoteDescription`: afterwards aiortc ignores
    codec preferences and would answer a VP8-first offer with VP8."""
    transceiver = connection.addTransceiver(kind, "recvonly")
    transceiver.setCodecPreferences(preferred_codecs(kind))
    return Tap(transceiver.receiver, kind, sink)


def _ice(transceiver: RTCRtpTransceiver) -> Any:
    gatherer: Any = transceiver.receiver.transport.transport.iceGatherer
    return gatherer._connection


def choose_ice(connection: RTCPeerConnection, settings: IceSettings) -> None:
    """Gather host candidates as `settings` say. Before `setLocalDescription`."""
    for transceiver in connection.getTransceivers():
        ice = _ice(transceiver)
        if isinstance(getattr(ice, "palabre_gather", None), _Gather):
            continue
        ice.palabre_gather = _Gather(ice, settings)
        ice.get_component_candidates = ice.palabre_gather


class _Gather:
    """Stands where aioice's `Connection.get_component_candidates` stood: no STUN, no TURN of our
    own, but chosen addresses, a port range, and public addresses of a one-to-one NAT."""

    def __init__(self, ice: Any, settings: IceSettings) -> None:
        self._ice = ice
        self._settings = settings

    async def __call__(
        self,
        component: int,
        addresses: list[str],
        timeout: int = 5,  # noqa: ASYNC109 - aioice's
    ) -> list[Candidate]:
        found: list[Candidate] = []
        for address in self._settings.addresses or addresses:
            protocol = await self._bind(address)
            if protocol is None:
                continue
            host, port = protocol.transport.get_extra_info("sockname")[:2]
            protocol.local_candidate = _host_candidate(component, host, port)
            self._ice._protocols.append(protocol)
            found.append(protocol.local_candidate)
            if ":" not in host:
                public = self._settings.public_ips
                found += [_host_candidate(component, ip, port) for ip in public]
        if not found:
            raise OSError("no UDP port free for WebRTC")
        return found

    async def _bind(self, address: str) -> Any:
        loop = asyncio.get_running_loop()
        ports = [0]
        if self._settings.ports is not None:
            low, high = self._settings.ports
            ports = random.sample(range(low, high + 1), high - low + 1)
        for port in ports:
            try:
                _, protocol = await loop.create_datagram_endpoint(
                    lambda: aioice.ice.StunProtocol(self._ice), local_addr=(address, port)
                )
            except OSError:
                continue
            return protocol
        return None


def _host_candidate(component: int, host: str, port: int) -> Candidate:
    return Candidate(
        foundation=candidate_foundation("host", "udp", host),
        component=component,
        transport="udp",
        priority=candidate_priority(component, "host"),
        host=host,
        port=port,
        type="host",
    )


def silence(connection: RTCPeerConnection) -> None:
    """Let nothing more out of a connection, not even a goodbye (to test power cuts)."""

    async def nothing(data: bytes) -> None:
        return None

    for transceiver in connection.getTransceivers():
        transport = cast(Any, transceiver.receiver.transport.transport)
        transport._send = nothing


def missing_parts() -> list[str]:
    """Private parts that we use and that are not there any more; call on the event loop."""
    missing: list[str] = []
    if not version("aiortc").startswith(PINNED + "."):
        missing.append(f"aiortc {PINNED}, found {version('aiortc')}")
    connection = RTCPeerConnection()
    transceiver = connection.addTransceiver("video", "recvonly")
    receiver = transceiver.receiver
    missing += [f"RTCRtpReceiver.{p}" for p in _RECEIVER_PARTS if not hasattr(receiver, p)]
    gatherer = transceiver.receiver.transport.transport.iceGatherer
    if not hasattr(gatherer, "_connection"):
        missing.append("RTCIceGatherer._connection")
        return missing
    ice = _ice(transceiver)
    missing += [
        f"aioice.Connection.{p}"
        for p in ("get_component_candidates", "_protocols")
        if not hasattr(ice, p)
    ]
    if not inspect.iscoroutinefunction(type(receiver)._send_rtcp_pli):
        missing.append("RTCRtpReceiver._send_rtcp_pli is a coroutine")
    if not hasattr(aioice.ice, "StunProtocol"):
        missing.append("aioice.ice.StunProtocol")
    if list(inspect.signature(JitterBuffer.add).parameters) != ["self", "packet"]:
        missing.append("JitterBuffer.add(packet)")
    return missing

"""One publisher's WebRTC connection."""

import asyncio
import contextlib
import hashlib
import secrets
import time
from collections import deque
from collections.abc import Callable

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from live.protocol.media import PublisherStatus

from . import aiortc_hooks
from .config import CONNECT_WITHIN_S, INTERRUPTED_AFTER_S, LEFT_AFTER_S, IceSettings
from .ingest import Ingest
from .sdp_check import Offer, OfferRefused

_RATE_WINDOW_S = 2.0
#: Keyframes are not requested more often: a publisher that ignores requests is not flooded.
_ASK_GAP_S = 0.2


def fingerprint(token: str) -> bytes:
    """Tells tokens apart without keeping them."""
    return hashlib.sha256(token.encode()).digest()


class Publisher:
    """Receives one publisher; `ingest` has its media. Implements `aiortc_hooks.MediaSink`."""

    def __init__(self, offer: Offer, token: str, ice: IceSettings) -> None:
        self.key = secrets.token_urlsafe(24)
        self.etag = f'"{secrets.token_hex(8)}"'
        self.token = fingerprint(token)
        self.began = self.connected_at = time.time()
        self.interrupted = False
        #: Set once the first packet has come and the sitting knows.
        self.announced = False
        #: The tracks that web was told of.
        self.told: frozenset[str] = frozenset()
        self.gone = False
        self.on_gone: Callable[[], None] = lambda: None
        self.on_first_packet: Callable[[], None] = lambda: None
        self._offer = offer
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._ice = ice
        self._taps: list[aiortc_hooks.Tap] = []
        self._asked = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._received: deque[tuple[float, int]] = deque()
        self._last_packet: float | None = None
        self._saw: set[str] = set()
        self.ingest = Ingest(
            has_video=offer.video,
            has_audio=offer.audio,
            ask_keyframe=self.ask_keyframe,
            now=self.began,
        )

    async def answer(self) -> str:
        """Our SDP answer. Raises `OfferRefused` where nothing in common was found."""
        if self._offer.video:
            self._taps.append(aiortc_hooks.receive(self._connection, "video", self))
        if self._offer.audio:
            self._taps.append(aiortc_hooks.receive(self._connection, "audio", self))
        self._connection.on("connectionstatechange", self._on_state)
        try:
            await self._connection.setRemoteDescription(
                RTCSessionDescription(self._offer.sdp, "offer")
            )
            aiortc_hooks.choose_ice(self._connection, self._ice)
            await self._connection.setLocalDescription()
        except OSError:
            await self._shut()
            raise
        except Exception as error:
            await self._shut()
            raise OfferRefused(
                422, "not-negotiable", "No codec or transport in common with the offer."
            ) from error
        return self._connection.localDescription.sdp

    def status(self, now: float) -> PublisherStatus:
        """What others may know of it."""
        video = "video" in self._saw
        return PublisherStatus(
            connected_at=self.connected_at,
            interrupted=self.interrupted,
            has_video=video,
            has_audio="audio" in self._saw,
            width=self.ingest.width if video else None,
            height=self.ingest.height if video else None,
            bitrate=self._bitrate(now),
        )

    @property
    def tracks(self) -> frozenset[str]:
        """Of which tracks something has arrived: `video`, `audio`."""
        return frozenset(self._saw)

    def idle(self, now: float) -> float:
        """Seconds since the last packet, or since it asked to connect."""
        return now - (self._last_packet or self.began)

    def expired(self, now: float) -> bool:
        """Whether it has been silent for so long that it has left."""
        return self.idle(now) > (LEFT_AFTER_S if self._last_packet else CONNECT_WITHIN_S)

    @property
    def sending(self) -> bool:
        return self._last_packet is not None

    def silent(self, now: float) -> bool:
        """Whether it counts as interrupted."""
        return self.idle(now) >= INTERRUPTED_AFTER_S

    def ask_keyframe(self) -> None:
        """Request a keyframe, unless one was requested just now."""
        now = time.monotonic()
        if now - self._asked < _ASK_GAP_S:
            return
        self._asked = now
        for tap in self._taps:
            self._spawn(tap)

    async def close(self) -> None:
        """End the connection; the sitting no longer hears of it."""
        self.gone = True
        self.on_gone = self.on_first_packet = lambda: None
        await self._shut()

    # From the hooks

    def on_packet(self, kind: str, size: int) -> None:
        first, self._last_packet = self._last_packet is None, time.time()
        now = self._last_packet
        self._saw.add(kind)
        self.ingest.on_packet(kind, now)
        if first and not self.gone:
            self.on_first_packet()
        self._received.append((now, size))
        while self._received[0][0] < now - _RATE_WINDOW_S:
            self._received.popleft()

    def on_video(self, timestamp: int, annex_b: bytes) -> None:
        if not self.gone:
            self.ingest.on_video(timestamp, annex_b, time.time())

    def on_audio(self, timestamp: int, payload: bytes) -> None:
        if not self.gone:
            self.ingest.on_audio(timestamp, payload, time.time())

    def on_report(self, kind: str, ntp: int, timestamp: int) -> None:
        self.ingest.on_report(kind, ntp, timestamp)

    def on_loss(self) -> None:
        self.ingest.on_loss()

    def on_standstill(self) -> None:
        self.ask_keyframe()

    # Inside

    def _bitrate(self, now: float) -> int:
        while self._received and self._received[0][0] < now - _RATE_WINDOW_S:
            self._received.popleft()
        return int(sum(size for _, size in self._received) * 8 / _RATE_WINDOW_S)

    def _spawn(self, tap: aiortc_hooks.Tap) -> None:
        task = asyncio.get_running_loop().create_task(tap.request_keyframe())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _on_state(self) -> None:
        if self._connection.connectionState in ("failed", "closed") and not self.gone:
            self.gone = True
            self.on_gone()

    async def _shut(self) -> None:
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._connection.close(), 5)

"""What the media process needs to be told; `config.asgi_media` fills it from the environment."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .away import Storage

#: EXT-X-TARGETDURATION, seconds: never changes, never exceeded (RFC 8216 section 4.3.3.1).
TARGET_S = 2
#: A segment longer than this would round above `TARGET_S`; it is cut wherever it stands.
LONGEST_SEGMENT_S = 2.45
#: EXT-X-PART-INF:PART-TARGET, seconds: never changes, never exceeded (RFC 8216bis 4.4.4.9). A
#: little more than half a second, so that it holds 13 pictures at 25 a second, five at ten whose
#: times are not quite even, and 24 frames of sound. At most so much of each rendition is still in
#: memory when the process is killed.
PART_TARGET_S = 0.52
#: A part may be shorter only as a segment's last, or where it is independent (same section).
PART_SHORTEST_S = 0.85 * PART_TARGET_S
#: No packet of any track for so long: the publisher is interrupted.
INTERRUPTED_AFTER_S = 2.0
#: Interrupted for so long: the publisher has left.
LEFT_AFTER_S = 30.0
#: A connection that never carried a packet is given up after this.
CONNECT_WITHIN_S = 15.0
#: Another device may take over from a publisher that has been silent for so long.
HANDOVER_AFTER_S = 10.0
#: The staff preview keeps so many seconds.
PREVIEW_WINDOW_S = 12.0

VIDEO_RATE = 90_000
AUDIO_RATE = 48_000
AAC_FRAME = 1024
AAC_BIT_RATE = 32_000


@dataclass(frozen=True)
class IceServer:
    """An ICE server announced to publishers (RFC 9725 section 4.6)."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "IceServer":
        """From the shape of a browser's `RTCIceServer`."""
        urls = value["urls"]
        return cls(
            urls=(urls,) if isinstance(urls, str) else tuple(urls),
            username=value.get("username"),
            credential=value.get("credential"),
        )


@dataclass(frozen=True)
class IceSettings:
    """Where our side of a WebRTC connection listens and how it is announced."""

    #: Bind to these addresses; empty: every address of the machine but loopback.
    addresses: tuple[str, ...] = ()
    #: Announced beside the local ones, for a NAT that forwards `ports` one to one.
    public_ips: tuple[str, ...] = ()
    #: UDP ports, both included; `None`: whatever the system gives.
    ports: tuple[int, int] | None = None


@dataclass(frozen=True)
class MediaConfig:
    """Settings of one media process."""

    media_dir: Path
    key: bytes
    #: Where facts are posted, without a final slash: `<web_url>/internal/media/facts`.
    web_url: str
    #: What this process is called among those that share `media_dir`, and where it takes orders.
    name: str = "media"
    url: str = "http://127.0.0.1:8001"
    ice_servers: tuple[IceServer, ...] = ()
    ice: IceSettings = field(default_factory=IceSettings)
    #: Below this many free bytes nothing more is written.
    min_free_bytes: int = 64 * 1024 * 1024
    #: What the line can send, bits per second; 0: no limit.
    uplink: float = 0.0
    #: Has recordings that are no longer on the disk.
    storage: Storage | None = None
    #: Publishers at once; one process uses one core, about ten publishers (findings in docs).
    max_publishers: int = 12


def parse_ports(text: str) -> tuple[int, int] | None:
    """`"40000-40100"` to its two ends; empty means any port. Raises `ValueError`."""
    if not text.strip():
        return None
    low, _, high = text.partition("-")
    ports = int(low), int(high or low)
    if not 1 <= ports[0] <= ports[1] <= 65535:
        raise ValueError(f"MEDIA_UDP_PORTS must be low-high, not {text!r}")
    return ports

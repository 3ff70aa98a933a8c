"""What web and media say to each other, and the tokens that media accepts.

Web gives orders (`PUT /control/sittings/<id>`), media tells facts (`POST /internal/media/facts`);
both are signed (`live.protocol.signing`). An order is the whole wanted state of one sitting, with
a version that only grows, so that repeating or reordering orders is harmless. Media keeps the
last order on disk and obeys it after a restart; a sitting it has no order for does not exist.
"""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from .base import Message
from .ids import ID_PATTERN
from .signing import Claims


class MediaMode(StrEnum):
    """What the media process does with what a publisher sends."""

    #: A publisher may connect; staff see a preview; nothing is kept or public.
    PREVIEW = "preview"
    #: Recorded, and playable by whoever `access` says.
    LIVE = "live"
    #: Recording suspended; what was recorded stays playable; staff see a preview.
    PAUSED = "paused"
    #: Huis clos: nothing recorded, no preview; what was public before stays playable.
    CLOSED_DOORS = "closed_doors"
    #: Finalised: the recording is complete, publishers are sent away.
    ENDED = "ended"
    #: Nothing may be published, everything recorded is deleted (rehearsal over, cancelled, no
    #: longer kept).
    PURGED = "purged"


class MediaAccess(StrEnum):
    """Who may fetch the recording: everyone, or bearers of a `PlayClaims` path token."""

    PUBLIC = "public"
    TOKEN = "token"  # noqa: S105 - the name of a rule, not a secret


class MediaOrder(Message):
    """The wanted state of one sitting's media. Body of `PUT /control/sittings/<id>`."""

    sitting: str = Field(pattern=ID_PATTERN)
    #: Grows with every change; an order older than the last one obeyed is ignored.
    version: int = Field(ge=0)
    mode: MediaMode
    access: MediaAccess
    #: Keep only the last so many seconds of the recording (demonstrations); `None` keeps all.
    window_s: int | None = Field(default=None, ge=60)
    #: The process that it is for, by its name; empty: whichever gets it.
    holder: str = Field(default="", max_length=40)
    #: Grows with every change of the process that holds the sitting; whoever has a lower one
    #: cannot write any more (`live.media.claim`).
    claim: int = Field(default=0, ge=0)


class PublisherStatus(Message):
    """A publisher that is connected now, or was until `interrupted`."""

    connected_at: float
    interrupted: bool
    has_video: bool
    has_audio: bool
    width: int | None = None
    height: int | None = None
    #: Received over the last two seconds, bits per second, both tracks together.
    bitrate: int = 0


class MediaStatus(Message):
    """What media knows of one sitting. Answer to `PUT` and `GET /control/sittings/<id>`."""

    sitting: str
    version: int
    mode: MediaMode
    publisher: PublisherStatus | None
    recorded_s: float
    recorded_bytes: int
    #: Free bytes where recordings are written.
    disk_free: int
    #: What smaller pictures write beside the source's, bits per second; 0: none are made here.
    smaller_bitrate: int = 0
    #: Smaller pictures that are dropped now, for want of processor or disk.
    shed: list[str] = Field(default_factory=list)
    #: What somebody who comes now may have, by the budget of the line.
    newcomers: Literal["full", "low", "sound"] = "full"


class MediaOverview(Message):
    """Answer to `GET /control/status`: every sitting that is not over and done with."""

    boot: str
    facts_waiting: int
    #: Free bytes where recordings are written.
    disk_free: int
    sittings: list[MediaStatus]


class ClockAnchor(Message):
    """At `media_time` seconds of the recording, it was `at` (Unix seconds, media's clock)."""

    media_time: float
    at: float


class FactKind(StrEnum):
    """What happened in the media process."""

    STARTED = "media.started"
    #: Also told again when another publisher takes over, and when its second track arrives.
    PUBLISHER_CONNECTED = "publisher.connected"
    PUBLISHER_INTERRUPTED = "publisher.interrupted"
    PUBLISHER_RESUMED = "publisher.resumed"
    PUBLISHER_LEFT = "publisher.left"
    #: The first playable segment of the recording is on disk.
    RECORDING_PLAYABLE = "recording.playable"
    #: The recording is complete; `recording` has its summary.
    RECORDING_FINALISED = "recording.finalised"
    #: Writing failed or is about to: the disk is (nearly) full.
    DISK_FULL = "disk.full"
    DISK_OK = "disk.ok"


class RecordingSummary(Message):
    """A finished recording."""

    duration_s: float
    size_bytes: int
    has_video: bool
    has_audio: bool
    anchors: list[ClockAnchor]


class MediaFact(Message):
    """One thing that happened, numbered per `boot` of the media process from 1."""

    n: int = Field(ge=1)
    at: float
    kind: FactKind
    sitting: str | None = None
    publisher: PublisherStatus | None = None
    recording: RecordingSummary | None = None


class MediaProcessAddress(Message):
    """A media process: what it is called and where it takes orders."""

    name: str = Field(min_length=1, max_length=40)
    #: Without a final slash.
    url: str = Field(max_length=200)


class MediaFacts(Message):
    """Body of `POST /internal/media/facts`. Sent again until answered 204; web keeps the highest
    `n` it has seen of each `boot`. Sent without facts now and then: the process is still there."""

    boot: str
    server: MediaProcessAddress | None = None
    facts: list[MediaFact] = Field(max_length=200)


class PublishClaims(Claims):
    """Bearer token of a WHIP publisher (RFC 9725 section 4.7)."""

    use: Literal["publish"] = "publish"
    sitting: str
    #: Which programme it feeds: `main`, later an interpreter's language.
    track: str = "main"


class PreviewClaims(Claims):
    """Path token that opens the staff preview: `/hls/<id>/~<token>/preview/index.m3u8`."""

    use: Literal["preview"] = "preview"
    sitting: str


class PlayClaims(Claims):
    """Path token that opens a recording that is not public: `/hls/<id>/~<token>/index.m3u8`."""

    use: Literal["play"] = "play"
    sitting: str

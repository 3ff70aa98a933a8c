"""What travels on a sitting's WebSocket. JSON text frames, one message each.

Server to client: `welcome` first; then `snapshot` or `entries` (catching up), then `entries` and
`latest` as things happen. `mine`, `ack` and `refused` concern this person alone.
Client to server: `CommandFrame`, nothing else.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from .base import Message
from .errors import ErrorCode

#: A state of a key: a JSON object, or null when the key is gone.
State = dict[str, Any] | None


class Stream(StrEnum):
    """Which counter the positions of a frame belong to."""

    #: Entries that anyone may see, numbered by `public_seq`.
    PUBLIC = "public"
    #: Every entry, numbered by `seq`.
    STAFF = "staff"


class EntryFrame(Message):
    """One fact. `at` is in milliseconds since 1970 (UTC), the server's clock."""

    seq: int
    at: int
    kind: str
    key: str
    state: State
    #: Role of who did it, never a name.
    actor: str


class Me(Message):
    """The person behind this connection."""

    id: str
    name: str
    roles: list[str]


class WelcomeFrame(Message):
    type: Literal["welcome"] = "welcome"
    timeline: str
    stream: Stream
    me: Me | None
    #: Server's clock, milliseconds since 1970.
    now: int
    #: Something is sent at least this often; silence for twice as long means a dead connection.
    heartbeat_s: int


class SnapshotFrame(Message):
    """The present state of every key, at position `seq`."""

    type: Literal["snapshot"] = "snapshot"
    timeline: str
    epoch: str
    stream: Stream
    seq: int
    at: int
    states: dict[str, State]


class EntriesFrame(Message):
    """Consecutive entries. The first follows the client's position, or the client asks again."""

    type: Literal["entries"] = "entries"
    timeline: str
    epoch: str
    stream: Stream
    entries: list[EntryFrame]


class LatestFrame(Message):
    """Values of high-rate keys (tallies, presence), without position: the last one counts."""

    type: Literal["latest"] = "latest"
    timeline: str
    values: dict[str, State]


class MineFrame(Message):
    """What concerns this person alone: pending questions, supports, votes. Read again on
    reconnect; `whole` says that keys not named are gone."""

    type: Literal["mine"] = "mine"
    timeline: str
    whole: bool
    values: dict[str, State]


class AckFrame(Message):
    """Command `id` is done and durable."""

    type: Literal["ack"] = "ack"
    id: str
    result: dict[str, Any]


class RefusedFrame(Message):
    """Command `id` (or what could not be read, `null`) was refused; nothing of it was kept."""

    type: Literal["refused"] = "refused"
    id: str | None
    code: ErrorCode
    #: In the person's language.
    message: str
    field: str | None = None
    retry_after: float | None = None
    #: What is so now, for programs: after a `conflict`, the state or who holds the claim.
    data: dict[str, Any] | None = None


ServerFrame = Annotated[
    WelcomeFrame | SnapshotFrame | EntriesFrame | LatestFrame | MineFrame | AckFrame | RefusedFrame,
    Field(discriminator="type"),
]

CLIENT_ID = Field(pattern=r"^[A-Za-z0-9_-]{8,40}$")


class CommandFrame(Message):
    """A command. `id` is chosen by the client and makes sending twice harmless."""

    id: Annotated[str, CLIENT_ID]
    command: Annotated[str, Field(max_length=60)]
    args: dict[str, Any] = Field(default_factory=dict)


#: Bytes of the largest client frame that is read.
MAX_COMMAND_BYTES = 8192

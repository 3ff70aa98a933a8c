"""States of the keys that every sitting has."""

from typing import Literal

from .base import Message
from .registry import registry

SittingStateName = Literal[
    "draft", "scheduled", "live", "paused", "closed_doors", "ended", "archived", "cancelled"
]


class SittingFacts(Message):
    """Key `sitting`. Times in milliseconds since 1970."""

    state: SittingStateName
    kind: Literal["council", "hearing"]
    title: str
    place: str
    scheduled_at: int
    started_at: int | None
    ended_at: int | None
    rehearsal: bool
    questions_open: bool


class AgendaItemState(Message):
    """Key `agenda/<id>`."""

    id: int
    position: int
    title: str
    presenter: str
    minutes: int | None
    state: Literal["pending", "open", "closed"]
    opened_at: int | None
    closed_at: int | None


class NoArguments(Message):
    """Arguments of a command that takes none."""


class AgendaRef(Message):
    item: int


class ScreenState(Message):
    """Key `screen`: the key that is shown big to the room, if any (`question/7`, `poll/3`)."""

    shows: str | None


class StreamState(Message):
    """Key `stream`: what viewers should know of the video.

    `off`: nothing to play yet; `on`; `interrupted`: the publisher vanished, playback goes on by
    itself when it is back; `full`: the disk is full, nothing is being recorded; `removed`: the
    recording was kept as long as it had to be, and is deleted.
    """

    status: Literal["off", "on", "interrupted", "full", "removed"]
    has_video: bool
    has_audio: bool


class PublisherState(Message):
    """Key `publisher` (staff): who feeds the sitting."""

    status: Literal["absent", "connected", "interrupted"]
    has_video: bool
    has_audio: bool
    width: int | None
    height: int | None


class PresenceState(Message):
    """Latest value `presence`: people connected now (people, not tabs)."""

    people: int


registry.add_key("sitting", SittingFacts, public=True, in_writing=True)
registry.add_key("agenda", AgendaItemState, public=True, in_writing=True)
registry.add_key("screen", ScreenState, public=True, in_writing=True)
registry.add_key("stream", StreamState, public=True)
registry.add_key("publisher", PublisherState, public=False)
registry.add_latest("presence", PresenceState)

registry.add_kinds(
    "sitting",
    "sitting.created",
    "sitting.edited",
    "sitting.scheduled",
    "sitting.unscheduled",
    "sitting.opened",
    "sitting.paused",
    "sitting.resumed",
    "sitting.doors_closed",
    "sitting.doors_reopened",
    "sitting.ended",
    "sitting.archived",
    "sitting.cancelled",
    "sitting.questions_closed",
    "sitting.questions_opened",
)
registry.add_kinds(
    "agenda", "agenda.added", "agenda.edited", "agenda.removed", "agenda.opened",
    "agenda.closed", "agenda.reopened", "agenda.reverted",
)  # fmt: skip
registry.add_kinds("screen", "screen.shown", "screen.cleared")
registry.add_kinds("stream", "stream.changed", "stream.removed")
registry.add_kinds("publisher", "publisher.changed")

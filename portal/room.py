"""A sitting as a page without JavaScript shows it: the fold of its public timeline, arranged."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from consultations.protocol import PollTally as Tally
from consultations.protocol import PublicPoll, PublicQuestion, QuestionTally
from live.models import KeyState, Sitting
from live.protocol.states import AgendaItemState, ScreenState, SittingFacts, StreamState


def moment(milliseconds: int) -> datetime:
    """An aware time from milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)


@dataclass(frozen=True)
class Point:
    """A point of the agenda."""

    state: AgendaItemState

    @property
    def taken_up(self) -> datetime | None:
        return None if self.state.opened_at is None else moment(self.state.opened_at)


@dataclass(frozen=True)
class Asked:
    """A published question, how many support it, and the point it is about."""

    question: PublicQuestion
    supports: int
    point: AgendaItemState | None

    @property
    def published(self) -> datetime:
        return moment(self.question.published_at)


@dataclass(frozen=True)
class Choice:
    """An option of a poll; `votes` is None while a secret ballot keeps quiet."""

    label: str
    votes: int | None
    total: int

    @property
    def percent(self) -> int:
        return round(100 * (self.votes or 0) / self.total) if self.total else 0


@dataclass(frozen=True)
class Put:
    """A poll that was opened, with what is known of its count."""

    poll: PublicPoll
    voters: int
    choices: list[Choice]
    final: bool


@dataclass
class Room:
    """Everything public of a sitting at its last entry."""

    sitting: SittingFacts | None = None
    stream: StreamState | None = None
    screen: str | None = None
    agenda: list[Point] = field(default_factory=list)
    questions: list[Asked] = field(default_factory=list)
    polls: list[Put] = field(default_factory=list)

    @cached_property
    def point(self) -> AgendaItemState | None:
        """What is being discussed."""
        return next((p.state for p in self.agenda if p.state.state == "open"), None)

    @cached_property
    def answered(self) -> int:
        return sum(asked.question.state == "answered" for asked in self.questions)


def read_room(sitting: Sitting) -> Room:
    """One query: the kept fold of the sitting's public keys."""
    rows = KeyState.objects.filter(
        timeline_id=sitting.timeline_id, public=True, state__isnull=False
    ).values_list("key", "state")
    families: dict[str, dict[str, object]] = {}
    for key, state in rows:
        family, _, name = key.partition("/")
        families.setdefault(family, {})[name] = state

    def alone(family: str) -> object | None:
        return families.get(family, {}).get("")

    room = Room()
    if (facts := alone("sitting")) is not None:
        room.sitting = SittingFacts.model_validate(facts)
    if (stream := alone("stream")) is not None:
        room.stream = StreamState.model_validate(stream)
    if (screen := alone("screen")) is not None:
        room.screen = ScreenState.model_validate(screen).shows
    points = [
        AgendaItemState.model_validate(state) for state in families.get("agenda", {}).values()
    ]
    room.agenda = [Point(point) for point in sorted(points, key=lambda p: (p.position, p.id))]
    room.questions = _questions(families, {point.id: point for point in points})
    room.polls = _polls(families)
    return room


def _questions(
    families: dict[str, dict[str, object]], points: dict[int, AgendaItemState]
) -> list[Asked]:
    """What is on screen first, then what most people support; answered ones last."""
    asked = []
    for name, state in families.get("question", {}).items():
        question = PublicQuestion.model_validate(state)
        tally = families.get("support", {}).get(name)
        asked.append(
            Asked(
                question,
                QuestionTally.model_validate(tally).supports if tally is not None else 0,
                points.get(question.agenda_item or 0),
            )
        )
    order = {"on_screen": 0, "approved": 1, "answered": 2}
    asked.sort(key=lambda a: (order[a.question.state], -a.supports, a.question.published_at))
    return asked


def _polls(families: dict[str, dict[str, object]]) -> list[Put]:
    """Open polls first, then the latest."""
    polls = []
    for name, state in families.get("poll", {}).items():
        poll = PublicPoll.model_validate(state)
        counted = families.get("tally", {}).get(name)
        tally = Tally.model_validate(counted) if counted is not None else None
        votes = tally.votes if tally else {}
        choices = [
            Choice(option.label, votes.get(str(option.id)), sum(votes.values()))
            for option in poll.options
        ]
        polls.append(Put(poll, tally.voters if tally else 0, choices, bool(tally and tally.final)))
    polls.sort(key=lambda put: (put.poll.state != "open", -put.poll.opened_at))
    return polls

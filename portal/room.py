"""A sitting as a page without JavaScript shows it: the fold of its public timeline, arranged.

What a timeline kept years ago stays as it was written, so states are read leniently here: a field
that was not known then is simply absent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from live.models import KeyState, Sitting

State = Mapping[str, Any]
#: Key family to name to state: `{"question": {"7": {…}}, "sitting": {"": {…}}}`.
Families = dict[str, dict[str, State]]

#: What is on screen first, then what waits for its turn, then what has had it.
ORDER = {"on_screen": 0, "highlighted": 1, "approved": 2, "answered": 3, "not_reached": 4}


def moment(milliseconds: int | None) -> datetime | None:
    """An aware time from milliseconds since 1970."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, tz=UTC)


@dataclass(frozen=True)
class Point:
    """A point of the agenda; `number` is its place among those left."""

    id: int
    number: int
    title: str
    presenter: str
    minutes: int | None
    state: str


@dataclass(frozen=True)
class Asked:
    """A published question, and the point it is about. `answer` is one given in writing."""

    id: int
    text: str
    signature: str
    state: str
    supports: int
    published: datetime | None
    point: Point | None
    answer: str
    official: str


@dataclass(frozen=True)
class Choice:
    """An option of a poll; `votes` is None while a secret ballot keeps quiet."""

    label: str
    votes: int | None
    percent: int


@dataclass(frozen=True)
class Put:
    """A poll that was opened, with what is known of its count. `most`: how many answers one may
    choose; `mean`: of a mark from 1 to 5; `results`: when its result is shown."""

    prompt: str
    kind: str
    open: bool
    secret: bool
    voters: int
    choices: list[Choice]
    most: int
    mean: float | None
    revealed: bool
    results: str


@dataclass(frozen=True)
class Promised:
    """A promise, made here or recalled at the opening."""

    wording: str
    owner: str
    due_on: date
    state: str
    page: str
    here: bool


@dataclass
class Room:
    """Everything public of a sitting at its last entry."""

    streaming: bool = False
    has_video: bool = True
    #: Its recording is no longer kept.
    removed: bool = False
    agenda: list[Point] = field(default_factory=list)
    questions: list[Asked] = field(default_factory=list)
    polls: list[Put] = field(default_factory=list)
    promises: list[Promised] = field(default_factory=list)

    @property
    def point(self) -> Point | None:
        """What is being discussed."""
        return next((point for point in self.agenda if point.state == "open"), None)


def read_room(sitting: Sitting) -> Room:
    """One query: the kept fold of the sitting's public keys."""
    rows = KeyState.objects.filter(
        timeline_id=sitting.timeline_id, public=True, state__isnull=False
    ).values_list("key", "state")
    families: Families = {}
    for key, state in rows:
        family, _, name = key.partition("/")
        if state is not None:
            families.setdefault(family, {})[name] = state
    stream = families.get("stream", {}).get("", {})
    agenda = _agenda(families)
    return Room(
        streaming=stream.get("status", "off") != "off",
        has_video=stream.get("has_video", True),
        removed=stream.get("status") == "removed",
        agenda=agenda,
        questions=_questions(families, {point.id: point for point in agenda}),
        polls=_polls(families),
        promises=_promises(families),
    )


def _agenda(families: Families) -> list[Point]:
    states = sorted(
        families.get("agenda", {}).values(), key=lambda s: (s.get("position", 0), s["id"])
    )
    return [
        Point(
            id=state["id"],
            number=number,
            title=state["title"],
            presenter=state.get("presenter", ""),
            minutes=state.get("minutes"),
            state=state.get("state", "pending"),
        )
        for number, state in enumerate(states, start=1)
    ]


def _questions(families: Families, points: Mapping[int, Point]) -> list[Asked]:
    """In `ORDER`, and in each state what most people support first."""
    asked = []
    for name, state in families.get("question", {}).items():
        answer = state.get("answer") or {}
        asked.append(
            Asked(
                id=state["id"],
                text=state["text"],
                signature=state.get("signature", ""),
                state=state.get("state", "approved"),
                supports=families.get("support", {}).get(name, {}).get("supports", 0),
                published=moment(state.get("published_at")),
                point=points.get(state.get("agenda_item") or 0),
                answer=answer.get("text", ""),
                official=answer.get("official", ""),
            )
        )
    asked.sort(key=lambda a: (ORDER.get(a.state, len(ORDER)), -a.supports, a.id))
    return asked


def _polls(families: Families) -> list[Put]:
    """Open polls first, then the latest."""
    polls = []
    states = sorted(
        families.get("poll", {}).items(),
        key=lambda item: (item[1]["state"] != "open", -item[1].get("opened_at", 0)),
    )
    for name, state in states:
        tally = families.get("tally", {}).get(name, {})
        votes: Mapping[str, int] = tally.get("votes", {})
        polls.append(
            Put(
                prompt=state["prompt"],
                kind=state.get("kind", "one"),
                open=state["state"] == "open",
                secret=state.get("secret", False),
                voters=tally.get("voters", 0),
                choices=[
                    _choice(option, votes, _total(state, tally)) for option in state["options"]
                ],
                most=state.get("max_choices", 1),
                mean=tally.get("mean"),
                revealed=state.get("revealed", True),
                results=state.get("results", "live"),
            )
        )
    return polls


def _total(poll: State, tally: State) -> int:
    """Of what the shares are: of people where each may choose several, else of choices."""
    if poll.get("kind") == "several":
        return int(tally.get("voters", 0))
    votes: Mapping[str, int] = tally.get("votes", {})
    return sum(votes.values())


def _promises(families: Families) -> list[Promised]:
    """Those of this sitting first, the latest on top; then what it opened with."""
    made = families.get("commitment", {})
    recalled = families.get("promises", {}).get("", {}).get("items", [])
    here = sorted(made.values(), key=lambda one: -int(one.get("made_at", 0)))
    before = [one for one in recalled if str(one["id"]) not in made]
    return [
        Promised(
            wording=one["wording"],
            owner=one["owner"],
            due_on=date.fromisoformat(one["due_on"]),
            state=one["state"],
            page=one["page"],
            here=str(one["id"]) in made,
        )
        for one in (*here, *before)
    ]


def _choice(option: State, votes: Mapping[str, int], total: int) -> Choice:
    count = votes.get(str(option["id"]))
    return Choice(option["label"], count, round(100 * (count or 0) / total) if total else 0)

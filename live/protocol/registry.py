"""Registries of commands, entry kinds and states. Features fill them at start-up.

`live` never imports a feature: a feature imports this, and says what it adds.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from .base import Message


@dataclass(frozen=True)
class KeySpec:
    """A family of keys: `prefix` alone, or `prefix/<id>`, its audience and its state.
    `in_writing`: part of what one follows in writing, at a few kilobytes a minute."""

    prefix: str
    public: bool
    state: type[Message]
    in_writing: bool = False


@dataclass(frozen=True)
class EntryKind:
    """A kind of entry and the family of keys it speaks of."""

    name: str
    prefix: str


@dataclass(frozen=True)
class Done:
    """What a command came to: `result` goes into the ack, `mine` to the person's connections."""

    result: dict[str, Any] = field(default_factory=dict)
    mine: dict[str, dict[str, Any] | None] = field(default_factory=dict)


A = TypeVar("A", bound=Message)


@dataclass(frozen=True)
class Command(Generic[A]):
    """A command: its name, its arguments, who may send it, and what it does.

    `roles` empty: anyone signed in. `handle(context, args)` runs inside the writer's transaction
    and returns what it came to. `batch`, where given, does many of them with set-based
    statements: it gets a list of (context, args) and returns for each a `Done` or a `Refused`.
    `receipt`: whether its result is kept for repeats (never for ballots). `holds(context, args)`:
    what else it locks than the subject on which it is sent, as (kind, id): all locks of a
    transaction are taken at once, in one order (`live.actions.subjects.hold_subjects`).
    """

    name: str
    args: type[A]
    handle: Callable[[Any, A], Done]
    roles: frozenset[str] = frozenset()
    batch: Callable[[list[tuple[Any, A]]], list[Done | Exception]] | None = None
    receipt: bool = True
    #: Allowed per person, in the notation of `limits`.
    rate: str = "30/minute"
    #: Allowed in one sitting, all people together: far above what a full hall does.
    sitting_rate: str | None = None
    #: Kinds of subject on whose timelines it may be sent.
    on: frozenset[str] = frozenset({"sitting"})
    holds: Callable[[Any, A], Collection[tuple[str, str]]] | None = None


@dataclass(frozen=True)
class Moving:
    """What moves on one timeline now: values of its `latest` keys, and what should go on it."""

    values: dict[str, Any] = field(default_factory=dict)
    due: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Counter:
    """A family of counters that move too fast for the timeline.

    Each function takes the id of the sitting, or of what else the timeline is about.
    `live(sitting)` gives the values of its `latest` keys; `due(sitting)` names what should go on
    the timeline now, as (what, id); `write(sitting, what, id)` appends it, in a transaction.
    `staff(sitting)`: values for the staff stream alone, read once a second while staff is there.
    `together(subjects)`: instead of `live` and `due`, for kinds of which many are looked at: of all
    of these at once, by one statement; those on which nothing moves are left out.
    """

    write: Callable[[str, str, int], None]
    live: Callable[[str], dict[str, Any]] = lambda subject: {}
    due: Callable[[str], list[tuple[str, int]]] = lambda subject: []
    together: Callable[[Collection[str]], dict[str, Moving]] | None = None
    staff: Callable[[str], dict[str, Any]] | None = None


@dataclass
class Features:
    """What features add to timelines of one kind of subject (`live.actions.subjects`).

    `belongings`: everything that concerns single people: (subject, people) -> their values; asked
    for many at once when a crowd comes back. `samplers`: told every ten seconds how many people
    are there, in a transaction: (subject, people); each process says it, who keeps it keeps it
    once.
    """

    belongings: list[Callable[[str, Collection[int]], dict[int, dict[str, Any]]]] = field(
        default_factory=list
    )
    counters: list[Counter] = field(default_factory=list)
    samplers: list[Callable[[str, int], None]] = field(default_factory=list)

    @property
    def together(self) -> bool:
        """Whether all its counters are asked for together."""
        return all(counter.together is not None for counter in self.counters)


@dataclass
class Registry:
    """Everything the protocol knows. One per process: `registry`."""

    keys: dict[str, KeySpec] = field(default_factory=dict)
    kinds: dict[str, EntryKind] = field(default_factory=dict)
    commands: dict[str, Command[Any]] = field(default_factory=dict)
    #: Key families that exist only in `latest` and `mine` frames.
    latest: dict[str, type[Message]] = field(default_factory=dict)
    mine: dict[str, type[Message]] = field(default_factory=dict)
    #: What a staff entry means to single people: family of its key -> (key) -> [(person, values)].
    personal: dict[str, Callable[[str], list[tuple[int, dict[str, Any]]]]] = field(
        default_factory=dict
    )
    #: By kind of subject.
    features: dict[str, Features] = field(default_factory=lambda: defaultdict(Features))

    @property
    def belongings(self) -> list[Callable[[str, Collection[int]], dict[int, dict[str, Any]]]]:
        """Those of sittings."""
        return self.features["sitting"].belongings

    @property
    def counters(self) -> list[Counter]:
        """Those of sittings."""
        return self.features["sitting"].counters

    @property
    def samplers(self) -> list[Callable[[str, int], None]]:
        """Those of sittings."""
        return self.features["sitting"].samplers

    def add_key(
        self, prefix: str, state: type[Message], *, public: bool, in_writing: bool = False
    ) -> None:
        self._new(self.keys, prefix)
        self.keys[prefix] = KeySpec(prefix, public, state, in_writing)

    def add_kinds(self, prefix: str, *names: str) -> None:
        if prefix not in self.keys:
            raise LookupError(f"no such key family: {prefix}")
        for name in names:
            self._new(self.kinds, name)
            self.kinds[name] = EntryKind(name, prefix)

    def add_latest(self, prefix: str, state: type[Message]) -> None:
        self._new(self.latest, prefix)
        self.latest[prefix] = state

    def add_mine(self, prefix: str, state: type[Message]) -> None:
        self._new(self.mine, prefix)
        self.mine[prefix] = state

    def add_command(self, command: Command[Any]) -> None:
        self._new(self.commands, command.name)
        self.commands[command.name] = command

    def key(self, key: str) -> KeySpec:
        """The family of `key`; raises `LookupError`."""
        prefix = key
        while True:
            if prefix in self.keys:
                return self.keys[prefix]
            prefix, slash, _ = prefix.rpartition("/")
            if not slash:
                raise LookupError(f"no such key family: {key}")

    def models(self) -> Iterator[type[Message]]:
        """Every registered model, for the export of schemas."""
        seen: set[type[Message]] = set()
        for model in (
            *(spec.state for spec in self.keys.values()),
            *self.latest.values(),
            *self.mine.values(),
            *(command.args for command in self.commands.values()),
        ):
            if model not in seen:
                seen.add(model)
                yield model

    @staticmethod
    def _new(where: dict[str, Any], name: str) -> None:
        if name in where:
            raise ValueError(f"registered twice: {name}")


registry = Registry()

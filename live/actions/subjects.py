"""What a timeline is about: a sitting, and whatever features add. Following a timeline and acting
on it need no more of it than this."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.db import connection, models

from communes.permissions import EVERY_ROLE, STAFF, Roles
from live.models import Timeline
from live.protocol.errors import ErrorCode, Refused

SITTING = "sitting"


@dataclass(frozen=True, slots=True)
class Subject:
    """One of them. `hidden`: at this moment it is for the staff of its commune alone."""

    kind: str
    id: str
    timeline_id: str
    commune_id: int
    hidden: bool = False

    @property
    def key(self) -> str:
        """Its name among those of all kinds. A sitting's is its id."""
        return self.id if self.kind == SITTING else f"{self.kind}/{self.id}"

    def seen_by(self, roles: Roles) -> bool:
        """Whether somebody with these roles in its commune may see it."""
        return not self.hidden or bool(roles & self.insiders)

    @property
    def insiders(self) -> Roles:
        """Who sees it while it is hidden. A rehearsal is an interpreter's too."""
        return EVERY_ROLE if self.kind == SITTING else STAFF


@dataclass(frozen=True)
class SubjectKind:
    """`path`: in addresses, `/ws/<path>/<id>/`. `model` has a field `timeline`. `facts`: the family
    of keys whose entries may say that it is for staff alone now. `find` takes whatever outsiders
    wrote in place of an id."""

    name: str
    path: str
    model: type[models.Model]
    facts: str
    find: Callable[[str], Subject | None]


_kinds: dict[str, SubjectKind] = {}


def add_subject_kind(kind: SubjectKind) -> None:
    _kinds[kind.name] = kind


def subject_kind(name: str) -> SubjectKind:
    return _kinds[name]


def subject_kinds() -> list[str]:
    return list(_kinds)


def kind_at(path: str) -> str:
    """The kind that has this place in addresses; raises `Refused`."""
    for kind in _kinds.values():
        if kind.path == path:
            return kind.name
    raise Refused(ErrorCode.NOT_FOUND, f"nothing is followed at {path}")


def find_subject(kind: str, subject_id: str) -> Subject:
    """The subject, whoever may see it; raises `Refused`."""
    found = _kinds[kind].find(subject_id)
    if found is None:
        raise Refused(ErrorCode.NOT_FOUND, f"no such {kind}")
    return found


def hold_timelines(timelines: Collection[str]) -> None:
    """Take the locks of timelines until the end of the transaction, in an order that is the same
    for everyone. On SQLite a write transaction holds everything already.

    The order helps only whoever takes all locks by one call: two calls of one transaction are two
    orders. So what needs several timelines says so before it begins (`Command.holds`).
    """
    if connection.features.has_select_for_update and timelines:
        rows = Timeline.objects.filter(pk__in=timelines).order_by("pk")
        list(rows.select_for_update(no_key=True).values_list("pk"))


def hold_subjects(subjects: Collection[tuple[str, str]]) -> None:
    """As `hold_timelines`, for subjects by kind and id."""
    if not connection.features.has_select_for_update:
        return
    by_kind: dict[str, set[str]] = defaultdict(set)
    for kind, subject_id in subjects:
        by_kind[kind].add(subject_id)
    timelines: set[str] = set()
    for kind, ids in by_kind.items():
        rows = _kinds[kind].model._default_manager.filter(pk__in=ids)
        timelines.update(rows.values_list("timeline", flat=True))
    hold_timelines(timelines)

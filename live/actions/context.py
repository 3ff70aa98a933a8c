"""Who asks for an action, and where."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from live.models import Sitting, Timeline
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused
from live.protocol.registry import Command
from live.timeline.append import By

from .subjects import SITTING

#: The role an entry names, when somebody has several.
PRECEDENCE = ("moderator", "clerk", "host", "admin", "interpreter")


def hold(*sitting_ids: str) -> None:
    """Take the locks of the sittings' timelines until the end of the transaction.

    Every action holds its timeline before it reads what it decides on, and takes other rows only
    after it, so that two of them neither decide on stale rows nor wait for each other in a circle.
    On SQLite a write transaction holds everything already.
    """
    if connection.features.has_select_for_update:
        rows = Timeline.objects.filter(sitting__in=sitting_ids).order_by("pk")
        list(rows.select_for_update(no_key=True).values_list("pk"))


def held(sitting_id: str) -> Sitting:
    """The sitting, its timeline held; raises `Refused`."""
    hold(sitting_id)
    try:
        return Sitting.objects.get(pk=sitting_id)
    except Sitting.DoesNotExist as error:
        raise Refused(ErrorCode.NOT_FOUND, "no such sitting") from error


@dataclass(frozen=True, slots=True)
class Context:
    """One person acting in one sitting, or on another subject, which `kind` then says. `roles` are
    already expanded (an admin has all)."""

    subject_id: str
    person_id: int | None
    name: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)
    kind: str = SITTING

    @property
    def sitting_id(self) -> str:
        """The sitting's id. Commands say on which kinds of subject they may be sent, so that
        nobody takes another's id for it."""
        return self.subject_id

    def sitting(self) -> Sitting:
        """The sitting, its timeline held; raises `Refused`."""
        return held(self.sitting_id)

    def by(self, *preferred: str) -> By:
        """Who the entry says did it: the first role they have of `preferred`, or of all."""
        for role in (*preferred, *PRECEDENCE):
            if role in self.roles:
                return By(role, self.person_id)
        return By("citizen", self.person_id)

    def held_for(self, command: Command[Any], args: Message) -> set[tuple[str, str]]:
        """What a command locks that is sent here: the subject itself, and what it names besides."""
        more = () if command.holds is None else command.holds(self, args)
        return {(self.kind, self.subject_id), *more}

    @property
    def person(self) -> int:
        """The person's primary key; raises `Refused` for visitors."""
        if self.person_id is None:
            raise Refused(ErrorCode.SIGN_IN)
        return self.person_id

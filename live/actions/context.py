"""Who asks for an action, and where."""

from dataclasses import dataclass, field

from live.models import Sitting
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By

#: The role an entry names, when somebody has several.
PRECEDENCE = ("moderator", "clerk", "host", "admin", "interpreter")


@dataclass(frozen=True, slots=True)
class Context:
    """One person acting in one sitting. `roles` are already expanded (an admin has all)."""

    sitting_id: str
    person_id: int | None
    name: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)

    def sitting(self) -> Sitting:
        """The sitting, read in this transaction; raises `Refused`."""
        try:
            return Sitting.objects.get(pk=self.sitting_id)
        except Sitting.DoesNotExist as error:
            raise Refused(ErrorCode.NOT_FOUND, "no such sitting") from error

    def by(self, *preferred: str) -> By:
        """Who the entry says did it: the first role they have of `preferred`, or of all."""
        for role in (*preferred, *PRECEDENCE):
            if role in self.roles:
                return By(role, self.person_id)
        return By("citizen", self.person_id)

    @property
    def person(self) -> int:
        """The person's primary key; raises `Refused` for visitors."""
        if self.person_id is None:
            raise Refused(ErrorCode.SIGN_IN)
        return self.person_id

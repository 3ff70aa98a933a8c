"""Links that end messages of one sort without signing in."""

from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.core import signing

from communes.models import Role
from consultations.models import CommitmentFollower, ConcernFollower, Reminder

SALT = "palabre.stop"
What = Literal["reminder", "commitment", "concern", "duty"]


@dataclass(frozen=True)
class Subscription:
    """Messages of one sort to one person: about a sitting's start, a promise or a concern, or about
    what is due in a commune of theirs (`duty`)."""

    what: What
    about: str
    person: int

    @property
    def url(self) -> str:
        token = signing.dumps([self.what, self.about, self.person], salt=SALT, compress=False)
        return f"{settings.PUBLIC_URL}/rappels/{token}/"

    @classmethod
    def of(cls, token: str) -> "Subscription":
        """Read a token; raises `ValueError` for one that we did not make."""
        try:
            what, about, person = signing.loads(token, salt=SALT)
        except (signing.BadSignature, ValueError, TypeError) as error:
            raise ValueError("not our token") from error
        return cls(what, about, person)

    def end(self) -> None:
        """Send this person no more of these. In a transaction."""
        if self.what == "reminder":
            Reminder.objects.filter(sitting_id=self.about, person_id=self.person).delete()
        elif self.what == "duty":
            Role.objects.filter(commune_id=int(self.about), person_id=self.person).update(
                told=False
            )
        elif self.what == "concern":
            ConcernFollower.objects.filter(
                concern_id=int(self.about), person_id=self.person
            ).delete()
        else:
            CommitmentFollower.objects.filter(
                commitment_id=int(self.about), person_id=self.person
            ).delete()

"""Has people told of something by e-mail and push: not now, but once this transaction is done."""

from datetime import timedelta
from typing import Literal

from django.utils import timezone

from consultations.models import Comment, Commitment, CommitmentUpdate, Concern, Reminder
from consultations.tasks.concerns import tell_concern_followers
from consultations.tasks.telling import remind, tell_followers
from live.models import Sitting


def followers(commitment: Commitment, news: CommitmentUpdate | None) -> None:
    """Tell those who follow a promise what became of it; `news` None: that it is late."""
    if not commitment.sitting.rehearsal and commitment.followers.exists():
        tell_followers.enqueue(commitment.pk, news.pk if news else None)


def of_start(sitting: Sitting) -> None:
    """Tell those who wanted to know that the sitting starts."""
    if not sitting.rehearsal and Reminder.objects.filter(sitting=sitting).exists():
        remind.enqueue(sitting.pk)


def concern_followers(
    concern: Concern,
    what: Literal["state", "answer", "published", "merged", "referred", "video"],
    said: Comment | None = None,
    after: timedelta | None = None,
) -> None:
    """Tell those who follow a concern what became of it; `said`: the commune's answer. `after`:
    not before that, for what can be taken back until then; and not at all when it was, even if it
    has been done again since."""
    if concern.followers.exists():
        at = None if after is None else timezone.now() + after
        told = tell_concern_followers.using(run_after=at)
        since = None if after is None else concern.changed_at.isoformat()
        told.enqueue(concern.pk, what, said.pk if said else None, since)

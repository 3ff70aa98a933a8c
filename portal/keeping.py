"""What staff is told of how long a recording is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.conf import settings

from live.actions.retention import kept_until
from live.models import KeyState, Recording, Sitting, SittingState


@dataclass(frozen=True)
class Keeping:
    """`months` 0: for ever. `until`: of the recording that there is."""

    months: int
    until: datetime | None
    removed: bool

    @classmethod
    def of(cls, sitting: Sitting) -> Self | None:
        """Nothing for rehearsals and cancelled sittings, of which nothing is kept at all."""
        if sitting.rehearsal or sitting.state == SittingState.CANCELLED:
            return None
        recording = Recording.objects.filter(sitting=sitting).first()
        removed = KeyState.objects.filter(
            timeline_id=sitting.timeline_id, key="stream", state__status="removed"
        )
        return cls(
            months=settings.RECORDINGS_KEEP_MONTHS,
            until=None if recording is None else kept_until(sitting, recording),
            removed=recording is None and removed.exists(),
        )

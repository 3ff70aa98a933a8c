"""How long recordings are kept, and what happens when that time is over."""

from calendar import monthrange
from datetime import datetime, timedelta

from django.conf import settings

from live.models import ArchivedCopy, Recording, Sitting, SittingState
from live.protocol.states import StreamState
from live.timeline.append import SYSTEM, append

from .context import held

#: No month is shorter: what is younger than so many days a month cannot be due.
_SHORTEST_MONTH = timedelta(days=28)


def kept_until(sitting: Sitting, recording: Recording) -> datetime | None:
    """When the recording goes; None: it is kept for ever."""
    months: int = settings.RECORDINGS_KEEP_MONTHS
    if months <= 0:
        return None
    return _later(sitting.ended_at or recording.finalised_at, months)


def _later(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or that month's last."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def due(now: datetime) -> list[str]:
    """The sittings whose recordings have been kept long enough."""
    months: int = settings.RECORDINGS_KEEP_MONTHS
    if months <= 0:
        return []
    old = Recording.objects.filter(
        sitting__state=SittingState.ARCHIVED, finalised_at__lte=now - _SHORTEST_MONTH * months
    ).select_related("sitting")
    ends = ((one.sitting_id, kept_until(one.sitting, one)) for one in old)
    return [sitting for sitting, end in ends if end is not None and end <= now]


def let_go(sitting_id: str) -> bool:
    """Have media delete the recording of an archived sitting, and say so on its timeline, which
    stays. False where there is none, so that doing it twice says it once."""
    sitting = held(sitting_id)
    recording = Recording.objects.filter(sitting=sitting).first()
    if sitting.state != SittingState.ARCHIVED or recording is None:
        return False
    recording.delete()
    # The copy is erased as soon as its storage can be reached (`live.archive.keeper`).
    ArchivedCopy.objects.filter(sitting=sitting.pk).update(erase=True)
    # Media obeys as soon as it can be reached (`live.delivery.orders`).
    sitting.media_purge = True
    sitting.media_version += 1
    sitting.save(update_fields=["media_purge", "media_version"])
    state = StreamState(status="removed", has_video=False, has_audio=False)
    append(sitting.timeline_id, "stream.removed", "stream", state, SYSTEM)
    return True

"""From the clock on the wall to the second of a recording."""

from collections.abc import Sequence
from datetime import datetime

from live.models import Recording, Sitting

#: Seconds before a moment at which one begins to watch, to hear what led to it.
LEAD_S = 10


def media_second(anchors: Sequence[Sequence[float]], moment: float) -> float | None:
    """The second of the recording at a Unix time; None when it lies before the first.

    Anchors are [media seconds, Unix seconds], ascending; after each both clocks run alike, so what
    happened while nothing was recorded is shown where the recording goes on.
    """
    second: float | None = None
    for index, (media, wall) in enumerate(anchors):
        if wall > moment:
            break
        second = media + moment - wall
        if index + 1 < len(anchors):
            second = min(second, anchors[index + 1][0])
    return second


def second_of(sitting: Sitting, moment: datetime) -> int | None:
    """Where to begin to watch the recording of a sitting for a moment; None without one."""
    recording = Recording.objects.filter(sitting=sitting).first()
    if recording is None:
        return None
    second = media_second(recording.anchors, moment.timestamp())
    return None if second is None else max(0, int(second) - LEAD_S)

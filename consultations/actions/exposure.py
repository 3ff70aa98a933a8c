"""How much attention a sitting has had: people present, summed up over time.

`ExposureState` tells what it is for. A sample every ten seconds keeps the sum of a four-hour
sitting in 1,440 rows; between two, the number of people counts as the earlier one said.
"""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone

from consultations.models import PresenceSample
from consultations.protocol import ExposureState
from live.actions.context import hold
from live.models import Sitting, SittingState
from live.timeline.read import milliseconds

SAMPLE_EVERY = timedelta(seconds=10)
#: After a sample so much time counts at most: nobody looked longer than the servers ran.
LONGEST = timedelta(seconds=30)
#: Where people are present and questions wait to be seen.
COUNTING = frozenset({SittingState.SCHEDULED, SittingState.LIVE, SittingState.PAUSED})


def take_sample(sitting_id: str, people: int) -> None:
    """Note how many are here, unless another process has just done so. In a transaction."""
    hold(sitting_id)
    if not Sitting.objects.filter(pk=sitting_id, state__in=COUNTING).exists():
        return
    now = timezone.now()
    last = PresenceSample.objects.filter(sitting_id=sitting_id).last()
    if last is not None and now - last.at < SAMPLE_EVERY * 0.9:
        return
    if last is None and not people:
        return
    PresenceSample.objects.create(
        sitting_id=sitting_id,
        at=now,
        people=people,
        person_minutes=_until(last, now) if last else 0.0,
    )


def _until(sample: PresenceSample, moment: datetime) -> float:
    """Person-minutes up to a moment that this sample is the last before."""
    passed = min(max(moment - sample.at, timedelta()), LONGEST)
    return sample.person_minutes + sample.people * passed.total_seconds() / 60


def exposure(sitting_id: str) -> ExposureState | None:
    """The latest value `exposure`; None before the first sample."""
    last = PresenceSample.objects.filter(sitting_id=sitting_id).last()
    if last is None:
        return None
    return ExposureState(
        at=milliseconds(last.at),
        people=last.people,
        person_minutes=round(last.person_minutes, 2),
    )


#: Sums that were asked for before. Samples are only ever added at the end, so the sum at a moment
#: that has passed stays what it is.
_known: dict[tuple[str, datetime], float] = {}
KNOWN_MOST = 20_000


def exposures_at(sitting_id: str, moments: Mapping[int, datetime | None]) -> dict[int, float]:
    """Person-minutes that there had been at each of these moments, by the same keys; nothing for
    those without a moment."""
    wanted = {key: moment for key, moment in moments.items() if moment is not None}
    unknown = {moment for moment in wanted.values() if (sitting_id, moment) not in _known}
    if unknown:
        if len(_known) + len(unknown) > KNOWN_MOST:
            _known.clear()
            unknown = set(wanted.values())
        _known.update(_sums(sitting_id, unknown))
    return {key: _known[sitting_id, moment] for key, moment in wanted.items()}


def _sums(sitting_id: str, moments: set[datetime]) -> dict[tuple[str, datetime], float]:
    before = PresenceSample.objects.filter(sitting_id=sitting_id, at__lte=max(moments))
    samples = list(before)
    times = [sample.at for sample in samples]
    sums = {}
    for moment in moments:
        index = bisect_right(times, moment)
        seen = _until(samples[index - 1], moment) if index else 0.0
        sums[sitting_id, moment] = round(seen, 2)
    return sums

"""The mayor's agenda by week and month: engagements, and sittings by themselves."""

import re
from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone

from communes.actions.revisions import changed_at
from communes.models import Commune, Engagement, RevisionOf
from live.models import SittingState
from portal.access import public_sittings
from portal.icalendar import USUAL_LENGTH
from portal.islands import page_url

FIRST, LAST = date(1990, 1, 1), date(2100, 12, 31)
MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


@dataclass(frozen=True)
class Appointment:
    """One line of the agenda: an engagement (`number`) or a sitting."""

    title: str
    starts_at: datetime
    ends_at: datetime | None
    place: str
    about: str
    url: str
    kind: str
    number: int | None = None
    cancelled: bool = False
    public: bool = True
    demo: bool = False
    #: When an engagement was last changed, of those that were.
    changed_at: datetime | None = None

    @property
    def day(self) -> date:
        return timezone.localdate(self.starts_at)


@dataclass(frozen=True)
class Day:
    day: date
    items: list[Appointment]
    inside: bool
    today: bool


@dataclass(frozen=True)
class Span:
    """A week or a month: its first and last day, and how its address and neighbours are called."""

    first: date
    last: date
    weekly: bool
    before: str
    after: str
    other: str


def month_of(day: date) -> str:
    return f"?mois={day:%Y-%m}"


def week_of(day: date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"?semaine={year}-W{week:02}"


def span_of(month: str, week: str, today: date) -> Span:
    """What the address asks for, else this month; what cannot be is this month too."""
    if found := WEEK.fullmatch(week):
        try:
            first = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        except ValueError:
            first = today - timedelta(days=today.weekday())
        if not FIRST <= first <= LAST:
            first = today - timedelta(days=today.weekday())
        near = first - timedelta(days=7), first + timedelta(days=7)
        last = first + timedelta(days=6)
        return Span(first, last, True, week_of(near[0]), week_of(near[1]), month_of(first))
    first = today.replace(day=1)
    if (found := MONTH.fullmatch(month)) and 1 <= int(found[2]) <= 12:
        wanted = date(max(int(found[1]), 1), int(found[2]), 1)
        first = wanted if FIRST <= wanted <= LAST else first
    following = (first + timedelta(days=32)).replace(day=1)
    before = first - timedelta(days=1)
    inside = today if first <= today < following else first
    last = following - timedelta(days=1)
    return Span(first, last, False, month_of(before), month_of(following), week_of(inside))


def bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """From the first midnight to that after the last day."""
    end = last + timedelta(days=1)
    midnight = time()
    return (
        timezone.make_aware(datetime.combine(first, midnight)),
        timezone.make_aware(datetime.combine(end, midnight)),
    )


def appointments(
    commune: Commune, start: datetime, end: datetime, *, everything: bool = False
) -> list[Appointment]:
    """What begins between two moments; `everything`: engagements that are not public as well."""
    engagements = Engagement.objects.filter(commune=commune, starts_at__lt=end, ends_at__gt=start)
    if not everything:
        engagements = engagements.filter(public=True)
    changed = changed_at(RevisionOf.ENGAGEMENT, [one.pk for one in engagements])
    found = [
        Appointment(
            title=one.title,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            place=one.place,
            about=one.about,
            url=reverse("agenda", args=[commune.slug])
            + month_of(timezone.localdate(one.starts_at)),
            kind="engagement",
            number=one.pk,
            public=one.public,
            demo=one.demo,
            changed_at=changed.get(one.pk),
        )
        for one in engagements
    ]
    sittings = public_sittings().filter(
        commune=commune, scheduled_at__lt=end, scheduled_at__gt=start - USUAL_LENGTH
    )
    found += [
        Appointment(
            title=one.title,
            starts_at=one.scheduled_at,
            ends_at=None,
            place=one.place,
            about=one.summary,
            url=page_url(one),
            kind=one.kind,
            cancelled=one.state == SittingState.CANCELLED,
            demo=one.demo,
        )
        for one in sittings
        if one.scheduled_at >= start
    ]
    return sorted(found, key=lambda one: (one.starts_at, one.title))


def weeks(span: Span, items: Sequence[Appointment], today: date) -> list[list[Day]]:
    """The days of a span in rows of seven, Monday first; what lasts is on its first day, or on the
    span's first when it began before."""
    days: dict[date, list[Appointment]] = {}
    for item in items:
        days.setdefault(max(item.day, span.first), []).append(item)
    if span.weekly:
        rows = [[span.first + timedelta(days=n) for n in range(7)]]
    else:
        rows = Calendar().monthdatescalendar(span.first.year, span.first.month)
    return [
        [Day(day, days.get(day, []), span.first <= day <= span.last, day == today) for day in row]
        for row in rows
    ]

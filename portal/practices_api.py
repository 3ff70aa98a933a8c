"""`/api/v1/practices`: good practices; and a commune's agenda. Drafts are not read here."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from communes.actions.revisions import changed_at
from communes.models import Commune, GoodPractice, RevisionOf
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused
from live.timeline.read import milliseconds
from portal.agenda import FIRST, LAST, appointments, bounds
from portal.islands import absolute
from portal.views.practices import public_practices

router = Router(tags=["practices"])
of_communes = Router(tags=["communes"])

MOST = 100
FURTHEST = 1_000_000
#: Days of an agenda that are read at once.
MOST_DAYS = 400

ThemeName = Literal[
    "water",
    "waste",
    "roads",
    "markets",
    "schools",
    "health",
    "civil",
    "land",
    "participation",
    "other",
]
SizeName = Literal["small", "medium", "large", "city"]


class PracticeSummary(Message):
    """`cost` in CFA francs, null where nobody counted; `size`: class of the commune's population,
    empty where it has not said. Times in milliseconds since 1970."""

    id: int
    commune: str
    size: str
    title: str
    theme: ThemeName
    cost: int | None
    duration: str
    tags: list[str]
    published_at: int
    #: Of the last change since; null when there was none.
    changed_at: int | None
    page: str


class TrialFacts(Message):
    """What another commune says of it."""

    commune: str
    state: Literal["trying", "adopted", "dropped"]
    report: str
    since: int


class PracticeReport(PracticeSummary):
    problem: str
    done: str
    results: str
    contact: str
    #: Ids of `/api/v1/documents`.
    documents: list[int]
    trials: list[TrialFacts]


class Practices(Message):
    items: list[PracticeSummary]
    total: int = Field(ge=0)


class AgendaLine(Message):
    """`kind`: `engagement`, or that of a sitting. `ends_at` is null where nobody knows."""

    kind: str
    title: str
    starts_at: int
    ends_at: int | None
    place: str
    about: str
    cancelled: bool
    #: Of the last change of an engagement; null when there was none.
    changed_at: int | None
    page: str


class Agenda(Message):
    items: list[AgendaLine]


def _summary(practice: GoodPractice, changed: datetime | None) -> PracticeSummary:
    if practice.published_at is None:
        raise ValueError("a draft")
    return PracticeSummary.model_validate(
        {
            "id": practice.pk,
            "commune": practice.commune.slug,
            "size": practice.commune.population,
            "title": practice.title,
            "theme": practice.theme,
            "cost": practice.cost,
            "duration": practice.duration,
            "tags": practice.words,
            "published_at": milliseconds(practice.published_at),
            "changed_at": milliseconds(changed) if changed else None,
            "page": absolute(reverse("practice", args=[practice.commune.slug, practice.pk])),
        }
    )


@router.get("", response=Practices)
def list_practices(
    request: HttpRequest,
    commune: str | None = None,
    theme: ThemeName | None = None,
    size: SizeName | None = None,
    most: Annotated[int | None, Query(ge=0, le=10**12)] = None,
    offset: int = 0,
    limit: int = 20,
) -> Practices:
    """Public practices, the latest first; `most`: the highest cost."""
    found = public_practices(theme or "", size or "", most)
    if commune is not None:
        found = found.filter(commune__slug=commune)
    offset, limit = min(max(offset, 0), FURTHEST), min(max(limit, 1), MOST)
    page = list(found[offset : offset + limit])
    changed = changed_at(RevisionOf.PRACTICE, [one.pk for one in page])
    items = [_summary(one, changed.get(one.pk)) for one in page]
    return Practices(items=items, total=found.count())


@router.get("/{practice_id}", response=PracticeReport)
def get_practice(request: HttpRequest, practice_id: int) -> PracticeReport:
    """One practice, with what other communes say of it."""
    found = public_practices().filter(pk=practice_id).first() if abs(practice_id) < 2**62 else None
    if found is None:
        raise Refused(ErrorCode.NOT_FOUND, f"practice {practice_id}")
    changed = changed_at(RevisionOf.PRACTICE, [found.pk])
    trials = found.trials.select_related("commune")
    return PracticeReport.model_validate(
        {
            **dict(_summary(found, changed.get(found.pk))),
            "problem": found.problem,
            "done": found.done,
            "results": found.results,
            "contact": found.contact,
            "documents": [document.pk for document in found.documents.public().order_by("pk")],
            "trials": [
                {
                    "commune": trial.commune.slug,
                    "state": trial.state,
                    "report": trial.report,
                    "since": milliseconds(trial.since),
                }
                for trial in trials
            ],
        }
    )


@of_communes.get("/{commune}/agenda", response=Agenda)
def get_agenda(
    request: HttpRequest,
    commune: str,
    first: date | None = None,
    last: date | None = None,
) -> Agenda:
    """Public engagements of the mayor, and sittings, from a day to another (this month's)."""
    found = Commune.objects.filter(slug=commune).first()
    if found is None:
        raise Refused(ErrorCode.NOT_FOUND, f"commune {commune}")
    start = min(max(first or timezone.localdate().replace(day=1), FIRST), LAST)
    end = min(max(last or start + timedelta(days=31), start), start + timedelta(days=MOST_DAYS))
    return Agenda(
        items=[
            AgendaLine(
                kind=one.kind,
                title=one.title,
                starts_at=milliseconds(one.starts_at),
                ends_at=milliseconds(one.ends_at) if one.ends_at else None,
                place=one.place,
                about=one.about,
                cancelled=one.cancelled,
                changed_at=milliseconds(one.changed_at) if one.changed_at else None,
                page=absolute(one.url),
            )
            for one in appointments(found, *bounds(start, end))
        ]
    )

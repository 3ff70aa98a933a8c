"""The file of a hearing as its page shows it, and a commune's rhythm of hearings."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from communes.models import Commune, Document
from consultations.models import Commitment, Question, QuestionState
from live.models import (
    FiguresTable,
    HearingFile,
    HearingPicture,
    Sitting,
    SittingKind,
    SittingState,
)
from portal.access import OVER, RUNNING, public_sittings
from portal.figures import Chart, chart
from portal.views.documents import public_documents

#: Questions asked beforehand that the page lists; the room above has them all.
BEFOREHAND_SHOWN = 5
PUBLISHED = (
    QuestionState.APPROVED,
    QuestionState.HIGHLIGHTED,
    QuestionState.ON_SCREEN,
    QuestionState.ANSWERED,
    QuestionState.NOT_REACHED,
)


@dataclass(frozen=True)
class Owed:
    """An answer promised in writing. `late`: its day has passed."""

    question: Question
    late: bool


@dataclass
class Papers:
    """What a sitting has on paper; only a hearing has more than documents."""

    documents: list[Document]
    file: HearingFile | None = None
    figures: list[tuple[FiguresTable, Chart]] = field(default_factory=list)
    pictures: list[HearingPicture] = field(default_factory=list)
    last: Sitting | None = None
    last_promised: list[Commitment] = field(default_factory=list)
    beforehand: list[Question] = field(default_factory=list)
    asked_beforehand: int = 0
    owed: list[Owed] = field(default_factory=list)

    @property
    def presenters(self) -> list[str]:
        return self.file.presenters.splitlines() if self.file else []

    def __bool__(self) -> bool:
        told = (self.documents, self.file, self.figures, self.last, self.beforehand, self.owed)
        return any(told) or bool(self.pictures)


def documents_at_hand(sitting: Sitting) -> QuerySet[Document]:
    """Those of the sitting that anyone may see, in its order."""
    return public_documents().filter(sittings__sitting=sitting).order_by("sittings__position", "pk")


def papers_of(sitting: Sitting) -> Papers:
    papers = Papers(list(documents_at_hand(sitting)))
    if sitting.kind != SittingKind.HEARING:
        return papers
    papers.file = HearingFile.objects.filter(sitting=sitting).first()
    papers.figures = [
        (table, chart(table.rows)) for table in FiguresTable.objects.filter(sitting=sitting)
    ]
    papers.pictures = list(HearingPicture.objects.filter(sitting=sitting))
    papers.last = hearing_before(sitting)
    if papers.last is not None:
        promised = Commitment.objects.filter(sitting=papers.last).select_related("commune")
        papers.last_promised = list(promised.order_by("due_on", "pk"))
    published = Question.objects.filter(sitting=sitting, state__in=PUBLISHED)
    before = published
    if sitting.started_at is not None:
        before = published.filter(submitted_at__lt=sitting.started_at)
    papers.asked_beforehand = before.count()
    papers.beforehand = list(before.order_by("-supports", "pk")[:BEFOREHAND_SHOWN])
    now = timezone.now()
    for question in published.filter(answer_due__isnull=False).order_by("answer_due", "pk"):
        late = not question.answer and question.answer_due is not None and question.answer_due < now
        papers.owed.append(Owed(question, late))
    return papers


def _held(commune: Commune) -> QuerySet[Sitting]:
    """The hearings that took place or are going on, the latest first."""
    return (
        public_sittings()
        .filter(commune=commune, kind=SittingKind.HEARING, state__in=(*OVER, *RUNNING))
        .filter(started_at__isnull=False)
        .order_by("-started_at")
    )


def hearing_before(sitting: Sitting) -> Sitting | None:
    """The commune's hearing before this one."""
    earlier = _held(sitting.commune).exclude(pk=sitting.pk)
    return earlier.filter(started_at__lt=sitting.started_at or sitting.scheduled_at).first()


@dataclass(frozen=True)
class Rhythm:
    """`due_by`: the last day of the half-year that still lacks its hearing."""

    last: Sitting | None
    next: Sitting | None
    due_by: date

    @property
    def announced_in_time(self) -> bool:
        return self.next is not None and timezone.localdate(self.next.scheduled_at) <= self.due_by


def rhythm(commune: Commune, today: date | None = None) -> Rhythm:
    """When the last hearing was and when the next is due: two a year, one in each half."""
    now = today or timezone.localdate()
    last = _held(commune).first()
    coming = (
        public_sittings()
        .filter(commune=commune, kind=SittingKind.HEARING, state=SittingState.SCHEDULED)
        .order_by("scheduled_at")
        .first()
    )
    year, half = _half(now)
    begun = last.started_at if last is not None else None
    if begun is not None and _half(timezone.localdate(begun)) == (year, half):
        year, half = (year, 1) if half == 0 else (year + 1, 0)
    return Rhythm(last, coming, date(year, 6, 30) if half == 0 else date(year, 12, 31))


def half_before(today: date) -> date:
    """The last day of the half-year before this one."""
    return date(today.year - 1, 12, 31) if today.month <= 6 else date(today.year, 6, 30)


def held_in(commune: Commune, ended: date) -> bool:
    """Whether a hearing took place in the half-year that ended on this day."""
    begun = _held(commune).values_list("started_at", flat=True)
    return any(_half(timezone.localdate(at)) == _half(ended) for at in begun if at is not None)


def _half(day: date) -> tuple[int, int]:
    return day.year, 0 if day.month <= 6 else 1

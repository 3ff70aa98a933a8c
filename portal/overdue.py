"""What staff owe and have let pass: looked at every morning, told once to those it concerns.

Three things: a commune's next hearing (two a year), answers promised in writing, and good practices
of others that a commune tries without ever saying how it goes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from communes.models import Commune, Person, PracticeTrial, Role, RoleName, TrialState
from consultations.models import Question
from consultations.sending.notice import Notice
from consultations.sending.stopping import Subscription
from consultations.tasks.telling import tell
from live.delivery.writer import perform
from portal.hearing import half_before, held_in, rhythm
from portal.models import StaffNotice
from portal.views.answers import OWED

#: A hall, invitations and papers take two months.
BEFORE_HEARING = timedelta(days=60)
#: A trial of which nothing was said for so long is asked after.
SILENT_TRIAL = timedelta(days=90)
PREPARE = (RoleName.CLERK, RoleName.ADMIN)
ANSWER = (RoleName.HOST, RoleName.CLERK, RoleName.ADMIN)
HOUR = 7

Make = Callable[[Sequence[str], Person], Notice]


@dataclass(frozen=True)
class Due:
    """`keys` name what is due; `make` is given those that nobody was told of before."""

    people: Sequence[Person]
    keys: Sequence[str]
    make: Make


def _staff(commune: Commune, roles: Sequence[str]) -> list[Person]:
    held = Role.objects.filter(commune=commune, name__in=roles, told=True, person__is_active=True)
    return list(Person.objects.filter(pk__in=held.values("person")).order_by("pk"))


def _notice(commune: Commune, person: Person, title: str, body: str, path: str) -> Notice:
    return Notice(
        title=f"{commune.name} · {title}",
        body=body,
        url=f"{settings.PUBLIC_URL}{path}",
        stop_url=Subscription("duty", str(commune.pk), person.pk).url,
        tag=f"duty-{commune.pk}",
    )


def hearings(today: date) -> Iterator[Due]:
    """Hearings to announce within two months, and those that a half-year went without."""
    for commune in Commune.objects.all():
        people = _staff(commune, PREPARE)
        coming = rhythm(commune, today)
        if not coming.announced_in_time and coming.due_by - today <= BEFORE_HEARING:
            key = f"hearing/{commune.pk}/{coming.due_by}"
            yield Due(people, [key], _hearing(commune, coming.due_by, missed=False))
        ended = half_before(today)
        told = f"hearing/{commune.pk}/{ended}"
        # Only of those who were told that it was due: a commune that joined since owed nothing.
        if StaffNotice.objects.filter(key=told).exists() and not held_in(commune, ended):
            yield Due(people, [f"{told}/missed"], _hearing(commune, ended, missed=True))


def _hearing(commune: Commune, end: date, *, missed: bool) -> Make:
    def make(_keys: Sequence[str], person: Person) -> Notice:
        day = date_format(end, "DATE_FORMAT")
        if missed:
            title = _("A hearing did not take place")
            said = _("The half-year that ended on {day} went by without a hearing.")
        else:
            title = _("A hearing is due")
            said = _(
                "The commune gives account twice a year. No hearing is announced for this"
                " half-year, which ends on {day}."
            )
        path = reverse("sitting_new", args=[commune.slug])
        return _notice(commune, person, title, said.format(day=day), path)

    return make


def answers(now: datetime) -> Iterator[Due]:
    """Answers promised in writing whose day has passed: whoever was asked to give them is told, or
    else whoever answers there; one message for all of them."""
    late = (
        Question.objects.filter(answer_due__lt=now, state__in=OWED, sitting__rehearsal=False)
        .filter(published_at__isnull=False)
        .select_related("sitting__commune", "forwarded_person")
        .order_by("answer_due", "pk")
    )
    owed: dict[tuple[int, int | None], list[Question]] = defaultdict(list)
    for question in late:
        owed[question.sitting.commune_id, question.forwarded_person_id].append(question)
    for questions in owed.values():
        commune, asked = questions[0].sitting.commune, questions[0].forwarded_person
        people = _staff(commune, ANSWER)
        if asked is not None:
            mute = Role.objects.filter(commune=commune, person=asked, told=False)
            people = [] if mute.exists() else [asked]
        texts = {f"answer/{one.pk}": one.text for one in questions}
        yield Due(people, list(texts), _answers(commune, texts))


def _answers(commune: Commune, texts: dict[str, str]) -> Make:
    def make(keys: Sequence[str], person: Person) -> Notice:
        title = ngettext(
            "{n} answer promised in writing is overdue",
            "{n} answers promised in writing are overdue",
            len(keys),
        ).format(n=len(keys))
        body = "\n".join(f"– {' '.join(texts[key].split())[:200]}" for key in keys[:10])
        return _notice(commune, person, title, body, reverse("answers"))

    return make


def silent_trials(now: datetime) -> QuerySet[PracticeTrial]:
    """Trials of others' practices of which nothing was said for three months."""
    return (
        PracticeTrial.objects.filter(state=TrialState.TRYING, report="")
        .filter(changed_at__lt=now - SILENT_TRIAL, practice__published_at__lte=now)
        .select_related("practice__commune", "commune")
        .order_by("pk")
    )


def trials(now: datetime) -> Iterator[Due]:
    for trial in silent_trials(now):
        yield Due(_staff(trial.commune, PREPARE), [f"trial/{trial.pk}"], _trial(trial))


def _trial(trial: PracticeTrial) -> Make:
    practice = trial.practice

    def make(_keys: Sequence[str], person: Person) -> Notice:
        said = _(
            "Your commune said on {day} that it tries “{title}”. Other communes read what you"
            " saw: say how it goes, even if it did not work."
        ).format(day=date_format(trial.since, "DATE_FORMAT"), title=practice.title)
        path = reverse("practice", args=[practice.commune.slug, practice.pk])
        return _notice(trial.commune, person, _("How does the good practice go?"), said, path)

    return make


@task()
def tell_overdue() -> int:
    """Tell staff what is due and overdue, then plan the next morning. Returns how many were
    told."""
    now = timezone.now()
    told = 0
    for due in [*hearings(timezone.localdate(now)), *answers(now), *trials(now)]:
        told += _tell(due) if due.people else 0
    plan_overdue(_next_morning())
    return told


def _tell(due: Due) -> int:
    # Noted first: however often the task is begun again, nobody is told twice.
    new = perform(lambda: _note(due.keys))
    if not new:
        return 0
    return sum(tell(person, lambda one: due.make(new, one)) for person in due.people)


def _note(keys: Sequence[str]) -> list[str]:
    known = set(StaffNotice.objects.filter(key__in=keys).values_list("key", flat=True))
    new = [key for key in keys if key not in known]
    StaffNotice.objects.bulk_create([StaffNotice(key=key) for key in new])
    return new


def _next_morning() -> datetime:
    tomorrow = timezone.localtime() + timedelta(days=1)
    return tomorrow.replace(hour=HOUR, minute=0, second=0, microsecond=0)


def plan_overdue(at: datetime | None = None) -> None:
    """Have it done (at a time, or as soon as can be), unless it is planned already."""
    planned = DBTaskResult.objects.filter(
        task_path=tell_overdue.module_path, status=TaskResultStatus.READY
    )
    if not planned.exists():
        tell_overdue.using(run_after=at or timezone.now()).enqueue()

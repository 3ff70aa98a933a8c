"""Figures of a sitting, or of several; and of what a commune's board decided."""

from collections.abc import Iterable
from datetime import timedelta
from statistics import median, quantiles

from django.db.models import Count, QuerySet

from communes.models import Commune
from consultations.actions.rules import rules_of
from consultations.models import Comment, Concern, Question, QuestionState
from consultations.protocol import RulesState
from live.models import Sitting
from live.protocol.base import Message
from moderation.models import Appeal, Decision, Report, Sanction, Verdict

Q = QuestionState
FIRST_DECISIONS = (Verdict.APPROVE, Verdict.REJECT, Verdict.MERGE, Verdict.SECOND)


class AppealFigures(Message):
    submitted: int
    accepted: int
    dismissed: int
    pending: int


class SecondOpinionFigures(Message):
    """Refusals that took two: `expired` were published since nobody confirmed in time."""

    asked: int
    confirmed: int
    overruled: int
    expired: int


class ReportFigures(Message):
    """What became of the questions. Every question received is counted in exactly one of
    `published`, `merged`, `refused`, `withdrawn`, `unpublished` (the sitting ended before anybody
    decided) and `pending`. Delays: seconds from submission to the first decision."""

    received: int
    published: int
    answered: int
    answered_in_writing: int
    not_reached: int
    merged: int
    refused: int
    refused_by: dict[str, int]
    withdrawn: int
    unpublished: int
    pending: int
    median_delay_s: int | None
    p95_delay_s: int | None
    taken_back: int
    appeals: AppealFigures
    second_opinions: SecondOpinionFigures
    reports: int
    sanctions: dict[str, int]


class MatterFigures(Message):
    """What became of concerns, or of comments. Every one received is counted in exactly one of
    `published`, `merged`, `refused`, `withdrawn` and `pending`; what the commune itself answered in
    none. Delays: seconds from submission to the first decision."""

    received: int
    published: int
    merged: int
    refused: int
    refused_by: dict[str, int]
    withdrawn: int
    pending: int
    median_delay_s: int | None
    p95_delay_s: int | None
    taken_back: int
    second_opinions: SecondOpinionFigures
    reports: int


class BoardFigures(Message):
    concerns: MatterFigures
    comments: MatterFigures
    sanctions: dict[str, int]


def figures(sittings: Iterable[Sitting]) -> ReportFigures:
    """The figures of these sittings together."""
    ids = [sitting.pk for sitting in sittings]
    questions = Question.objects.filter(sitting__in=ids)
    states = _counted(questions, "state")
    not_reached = questions.filter(state=Q.NOT_REACHED)
    reached_public = not_reached.exclude(published_at=None).count()
    open_now = states.get(Q.APPROVED, 0) + states.get(Q.HIGHLIGHTED, 0) + states.get(Q.ON_SCREEN, 0)
    decisions = Decision.objects.filter(question__sitting__in=ids)
    verdicts = _counted(decisions.filter(undone=False), "verdict")
    appeals = _counted(Appeal.objects.filter(sitting__in=ids), "state")
    middle, late = _delays(decisions, "question")
    return ReportFigures(
        received=sum(states.values()),
        published=open_now + states.get(Q.ANSWERED, 0) + reached_public,
        answered=states.get(Q.ANSWERED, 0),
        answered_in_writing=questions.filter(state=Q.ANSWERED).exclude(answer="").count(),
        not_reached=reached_public,
        merged=states.get(Q.MERGED, 0),
        refused=states.get(Q.REJECTED, 0),
        refused_by=_counted(questions.filter(state=Q.REJECTED), "code"),
        withdrawn=states.get(Q.WITHDRAWN, 0),
        unpublished=states.get(Q.NOT_REACHED, 0) - reached_public,
        pending=states.get(Q.PENDING, 0),
        median_delay_s=middle,
        p95_delay_s=late,
        taken_back=decisions.filter(verdict=Verdict.UNDO).count(),
        appeals=AppealFigures(
            submitted=sum(appeals.values()),
            accepted=appeals.get("accepted", 0),
            dismissed=appeals.get("dismissed", 0),
            pending=appeals.get("pending", 0),
        ),
        second_opinions=_second_opinions(decisions, verdicts),
        reports=Report.objects.filter(question__sitting__in=ids).count(),
        sanctions=_counted(Sanction.objects.filter(sitting__in=ids), "kind"),
    )


def board_figures(commune: Commune) -> BoardFigures:
    """The figures of a commune's concerns and of what is said about them."""
    comments = Comment.objects.filter(concern__commune=commune, office="")
    given = Sanction.objects.filter(commune=commune, sitting=None)
    return BoardFigures(
        concerns=_matters(Concern.objects.filter(commune=commune), "concern"),
        comments=_matters(comments, "comment"),
        sanctions=_counted(given, "kind"),
    )


def _matters(rows: QuerySet[Concern] | QuerySet[Comment], about: str) -> MatterFigures:
    states = _counted(rows, "state")
    decisions = Decision.objects.filter(**{f"{about}__in": rows})
    verdicts = _counted(decisions.filter(undone=False), "verdict")
    middle, late = _delays(decisions, about)
    hidden = {name: states.pop(name, 0) for name in ("pending", "rejected", "merged", "withdrawn")}
    return MatterFigures(
        received=sum(states.values()) + sum(hidden.values()),
        published=sum(states.values()),
        merged=hidden["merged"],
        refused=hidden["rejected"],
        refused_by=_counted(rows.filter(state="rejected"), "code"),
        withdrawn=hidden["withdrawn"],
        pending=hidden["pending"],
        median_delay_s=middle,
        p95_delay_s=late,
        taken_back=decisions.filter(verdict=Verdict.UNDO).count(),
        second_opinions=_second_opinions(decisions, verdicts),
        reports=Report.objects.filter(**{f"{about}__in": rows}).count(),
    )


def rules(sitting: Sitting) -> RulesState:
    """The rules under which a sitting's questions were moderated, as they are now."""
    return rules_of(sitting)


def _counted(rows: QuerySet[object], field: str) -> dict[str, int]:  # type: ignore[type-var]
    pairs = rows.order_by(field).values_list(field).annotate(n=Count("pk"))
    return {str(value): n for value, n in pairs}


def _second_opinions(
    decisions: QuerySet[Decision], verdicts: dict[str, int]
) -> SecondOpinionFigures:
    asked = decisions.filter(verdict=Verdict.SECOND, undone=False)
    confirmed = decisions.filter(
        verdict=Verdict.REJECT, undone=False, before__has_key="refusal"
    ).count()
    return SecondOpinionFigures(
        asked=asked.count(),
        confirmed=confirmed,
        overruled=verdicts.get(Verdict.OVERRULE, 0),
        expired=verdicts.get(Verdict.EXPIRE, 0),
    )


def _delays(decisions: QuerySet[Decision], about: str) -> tuple[int | None, int | None]:
    first: dict[int, timedelta] = {}
    rows = decisions.filter(verdict__in=FIRST_DECISIONS, from_state=Q.PENDING).order_by("pk")
    for key, at, submitted in rows.values_list(
        f"{about}_id", "at", f"{about}__submitted_at"
    ).iterator():
        first.setdefault(key, at - submitted)
    waits = [wait.total_seconds() for wait in first.values()]
    if not waits:
        return None, None
    late = quantiles(waits, n=20, method="inclusive")[18] if len(waits) > 1 else waits[0]
    return round(median(waits)), round(late)

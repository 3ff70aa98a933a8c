"""What there is to find: of each subject, the rows that the index should have."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from communes.models import Document, GoodPractice
from consultations.actions.concern_states import is_public as concern_is_public
from consultations.models import CommentState, Commitment, Concern, Question, QuestionState
from live.models import Sitting
from portal.access import is_public
from portal.islands import page_url
from portal.models import SearchKind

#: Characters of a text that are kept; a budget of 300 pages has about 600,000.
MOST_TEXT = 400_000
SHOWN = (
    QuestionState.APPROVED,
    QuestionState.HIGHLIGHTED,
    QuestionState.ON_SCREEN,
    QuestionState.ANSWERED,
    QuestionState.NOT_REACHED,
)


@dataclass(frozen=True)
class Found:
    """A row of the index, to be."""

    key: str
    kind: SearchKind
    commune_id: int
    at: datetime
    heading: str
    body: str
    path: str
    year: int
    public_from: datetime
    sitting_id: str | None = None
    document_id: int | None = None
    concern_id: int | None = None
    practice_id: int | None = None

    @property
    def mark(self) -> str:
        return hashlib.sha256(repr(self).encode()).hexdigest()


def of_document(document: Document) -> list[Found]:
    """A document that is public, or will be on a day."""
    if document.published_at is None:
        return []
    version = document.latest
    said = (document.summary, document.department, str(document.get_kind_display()), version.text)
    return [
        Found(
            key=f"document/{document.pk}",
            kind=SearchKind.DOCUMENT,
            commune_id=document.commune_id,
            at=document.published_at,
            heading=document.title,
            body="\n".join(part for part in said if part)[:MOST_TEXT],
            path=reverse("document", args=[document.commune.slug, document.pk]),
            year=document.year,
            public_from=document.published_at,
            document_id=document.pk,
        )
    ]


def of_practice(practice: GoodPractice) -> list[Found]:
    """A good practice that is public, with what other communes say of it."""
    if practice.published_at is None:
        return []
    theme = str(practice.get_theme_display())
    reports = practice.trials.values_list("report", flat=True)
    said = (practice.problem, practice.done, practice.results, practice.tags, theme, *reports)
    return [
        Found(
            key=f"practice/{practice.pk}",
            kind=SearchKind.PRACTICE,
            commune_id=practice.commune_id,
            at=practice.published_at,
            heading=practice.title,
            body="\n".join(part for part in said if part),
            path=reverse("practice", args=[practice.commune.slug, practice.pk]),
            year=timezone.localtime(practice.published_at).year,
            public_from=practice.published_at,
            practice_id=practice.pk,
        )
    ]


def of_sitting(sitting: Sitting) -> list[Found]:
    """A sitting with its agenda, and what was asked and answered in it."""
    if not is_public(sitting):
        return []
    points = list(sitting.agenda.values_list("title", "presenter"))
    agenda = "\n".join(f"{title} {presenter}".strip() for title, presenter in points)
    when = sitting.started_at or sitting.scheduled_at
    return [
        _in_sitting(
            sitting,
            f"sitting/{sitting.pk}",
            SearchKind.SITTING,
            when,
            sitting.title,
            f"{sitting.summary}\n{sitting.place}\n{agenda}",
        ),
        *_questions(sitting),
    ]


def _in_sitting(
    sitting: Sitting, key: str, kind: SearchKind, at: datetime, heading: str, body: str
) -> Found:
    return Found(
        key=key,
        kind=kind,
        commune_id=sitting.commune_id,
        at=at,
        heading=heading[:300],
        body=body,
        path=page_url(sitting),
        year=timezone.localtime(at).year,
        public_from=min(at, sitting.created_at),
        sitting_id=sitting.pk,
    )


def _questions(sitting: Sitting) -> Iterator[Found]:
    """One row each: whoever looks for a word of the question and one of its answer finds both."""
    for question in Question.objects.filter(sitting=sitting, state__in=SHOWN):
        said = (question.answer, question.answer_official)
        yield _in_sitting(
            sitting,
            f"question/{question.pk}",
            SearchKind.ANSWER if question.answer else SearchKind.QUESTION,
            question.answered_at or question.published_at or question.submitted_at,
            question.text,
            "\n".join(part for part in said if part),
        )


def of_commitment(commitment: Commitment) -> list[Found]:
    """A promise, and the news of it."""
    sitting = commitment.sitting
    if not is_public(sitting):
        return []
    news = commitment.updates.filter(~Q(note="")).values_list("note", flat=True)
    path = reverse("commitment", args=[commitment.commune.slug, commitment.pk])
    said = (commitment.owner, commitment.budget_line, *news)
    return [
        Found(
            key=f"commitment/{commitment.pk}",
            kind=SearchKind.COMMITMENT,
            commune_id=commitment.commune_id,
            at=commitment.made_at,
            heading=commitment.wording[:300],
            body="\n".join(part for part in said if part),
            path=path,
            year=timezone.localtime(commitment.made_at).year,
            public_from=commitment.made_at,
            sitting_id=sitting.pk,
        )
    ]


def of_concern(concern: Concern) -> list[Found]:
    """A concern, what the commune says of it, and its discussion."""
    if not concern_is_public(concern) or concern.published_at is None:
        return []
    said = concern.discussion.filter(state=CommentState.PUBLISHED).values_list("text", flat=True)
    place = concern.arrondissement.name if concern.arrondissement else ""
    told = (str(concern.category), place, concern.quarter, concern.note, *said)
    return [
        Found(
            key=f"concern/{concern.pk}",
            kind=SearchKind.CONCERN,
            commune_id=concern.commune_id,
            at=concern.published_at,
            heading=concern.text[:300],
            body="\n".join(part for part in (concern.text[300:], *told) if part),
            path=reverse("concern", args=[concern.commune.slug, concern.pk]),
            year=timezone.localtime(concern.published_at).year,
            public_from=concern.published_at,
            concern_id=concern.pk,
        )
    ]

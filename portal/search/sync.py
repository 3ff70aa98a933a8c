"""Brings the index up to date: what a timeline or a document has changed since it was last seen.

Reading is done outside of the writer's transactions; each subject is written in one of its own, so
that a large one delays nobody for long.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from django.db import models
from django.db.models import F, Q, QuerySet
from modelsearch.backends import get_search_backend

from communes.models import Document, GoodPractice
from consultations.models import Commitment, Concern
from live.delivery.writer import perform
from live.models import Sitting, Timeline
from portal.models import SearchCursor, SearchEntry

from .sources import Found, of_commitment, of_concern, of_document, of_practice, of_sitting

#: Rows in one write transaction.
BATCH = 50

#: What has a timeline.
Subject = TypeVar("Subject", bound=models.Model)

_NEWS = Q(timeline__search_cursor=None) | ~Q(timeline__search_cursor__seq=F("timeline__seq"))


def sync() -> int:
    """Returns how many rows were written or removed."""
    changed = sync_documents() + sync_practices()
    changed += _of_timelines("sitting", _with_news(Sitting).select_related("commune"), of_sitting)
    commitments = _with_news(Commitment).select_related("commune", "sitting__commune")
    changed += _of_timelines("commitment", commitments, of_commitment)
    concerns = _with_news(Concern).select_related("commune", "category", "arrondissement")
    return changed + _of_timelines("concern", concerns, of_concern)


def _with_news(model: type[Subject]) -> QuerySet[Subject]:
    return model._default_manager.filter(_NEWS).select_related("timeline")


def _of_timelines(
    name: str, subjects: Iterable[Subject], describe: Callable[[Subject], list[Found]]
) -> int:
    changed = 0
    for subject in subjects:
        timeline: Timeline = subject.timeline  # type: ignore[attr-defined]
        changed += write(f"{name}/{subject.pk}", describe(subject))
        # The position from before it was read: what came meanwhile is seen the next time.
        seen = (timeline.pk, timeline.seq)
        perform(
            lambda seen=seen: SearchCursor.objects.update_or_create(  # type: ignore[misc]
                timeline_id=seen[0], defaults={"seq": seen[1]}
            )
        )
    return changed


def sync_documents() -> int:
    """Documents have no timeline; what is indexed of them is compared with what they say."""
    known = dict(SearchEntry.objects.filter(kind="document").values_list("key", "mark"))
    changed = 0
    public = Document.objects.exclude(published_at=None).select_related("commune")
    wanted: set[str] = set()
    for document in public.prefetch_related("versions").iterator(chunk_size=BATCH):
        found = of_document(document)
        wanted.update(one.key for one in found)
        if any(known.get(one.key) != one.mark for one in found):
            changed += write(f"document/{document.pk}", found)
    for key in known.keys() - wanted:
        changed += write(key, [])
    return changed


def sync_practices() -> int:
    """As documents: there are few, and each is small."""
    known = dict(SearchEntry.objects.filter(kind="practice").values_list("key", "mark"))
    changed = 0
    wanted: set[str] = set()
    public = GoodPractice.objects.exclude(published_at=None).select_related("commune")
    for practice in public.iterator(chunk_size=BATCH):
        found = of_practice(practice)
        wanted.update(one.key for one in found)
        if any(known.get(one.key) != one.mark for one in found):
            changed += write(f"practice/{practice.pk}", found)
    for key in known.keys() - wanted:
        changed += write(key, [])
    return changed


def write(subject: str, found: Sequence[Found]) -> int:
    """Have the index say this of a subject, and nothing else; returns how many rows that took."""
    present = dict(SearchEntry.objects.filter(subject=subject).values_list("key", "mark"))
    news = [one for one in found if present.get(one.key) != one.mark]
    gone = present.keys() - {one.key for one in found}
    for start in range(0, len(news), BATCH):
        batch = news[start : start + BATCH]
        perform(lambda batch=batch: _put(subject, batch))  # type: ignore[misc]
    if gone:
        perform(lambda: SearchEntry.objects.filter(key__in=gone).delete())
    return len(news) + len(gone)


def _put(subject: str, batch: Sequence[Found]) -> None:
    rows = [
        SearchEntry.objects.update_or_create(
            key=one.key,
            defaults={**vars(one), "subject": subject, "mark": one.mark},
        )[0]
        for one in batch
    ]
    index = get_search_backend().get_index_for_model(SearchEntry)
    index.add_items(SearchEntry, rows)

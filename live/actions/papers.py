"""What a sitting has on paper. Called in a write transaction; raises `Refused`. Who changed what is
kept (`communes.actions.revisions`).

None of it is on the timeline: it is prepared before and completed after, and moves nobody's screen.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from communes.actions import revisions
from communes.models import Document, Person, RevisionOf
from communes.pictures import Shelf
from live.models import (
    FiguresTable,
    HearingFile,
    HearingPicture,
    Sitting,
    SittingDocument,
    SittingKind,
    SittingState,
)
from live.protocol.errors import ErrorCode, Refused

from .context import held

MOST_DOCUMENTS = 60
MOST_TABLES = 12
MOST_PICTURES = 30
#: Where the pictures of hearings are kept.
shelf = Shelf("hearings")


@dataclass(frozen=True)
class FileDraft:
    """What a clerk says of a hearing. Days may be missing; presenters are one per line."""

    theme: str = ""
    period_from: date | None = None
    period_to: date | None = None
    presenters: str = ""


@dataclass(frozen=True)
class TableDraft:
    """A table that was read: a row has a number for each name in `head` after the first."""

    title: str
    unit: str
    source: str
    head: Sequence[str]
    rows: Sequence[tuple[str, Sequence[float | None]]]


def write_file(sitting_id: str, draft: FileDraft, by: Person | None) -> HearingFile:
    """Say what a hearing is about."""
    with _changing(sitting_id, by) as sitting:
        start, end = draft.period_from, draft.period_to
        if start is not None and end is not None and end < start:
            raise Refused(ErrorCode.INVALID, "the period ends before it begins", field="period_to")
        return HearingFile.objects.update_or_create(sitting=sitting, defaults=vars(draft))[0]


def set_documents(sitting_id: str, documents: Sequence[int], by: Person | None) -> None:
    """Have exactly these documents at hand, in this order; all of the sitting's own commune."""
    with _changing(sitting_id, by) as sitting:
        wanted = list(dict.fromkeys(documents))[:MOST_DOCUMENTS]
        commune = sitting.commune_id
        if Document.objects.filter(commune=commune, pk__in=wanted).count() != len(wanted):
            raise Refused(ErrorCode.INVALID, "documents are the commune's own", field="documents")
        SittingDocument.objects.filter(sitting=sitting).exclude(document__in=wanted).delete()
        for position, document in enumerate(wanted):
            SittingDocument.objects.update_or_create(
                sitting=sitting, document_id=document, defaults={"position": position}
            )


def add_figures(sitting_id: str, draft: TableDraft, by: Person | None) -> FiguresTable:
    """Add a table of figures."""
    with _changing(sitting_id, by) as sitting:
        if FiguresTable.objects.filter(sitting=sitting).count() >= MOST_TABLES:
            raise Refused(ErrorCode.INVALID, f"at most {MOST_TABLES} tables")
        rows = [[label, list(numbers)] for label, numbers in draft.rows]
        return FiguresTable.objects.create(
            sitting=sitting,
            title=draft.title,
            unit=draft.unit,
            source=draft.source,
            head=list(draft.head),
            rows=rows,
        )


def remove_figures(sitting_id: str, table: int, by: Person | None) -> None:
    """Take a table away."""
    with _changing(sitting_id, by) as sitting:
        FiguresTable.objects.filter(sitting=sitting, pk=table).delete()


def add_picture(
    sitting_id: str, name: str, width: int, height: int, alt: str, by: Person | None
) -> HearingPicture:
    """Put a picture that is in the storage already (`shelf`) at the end of a hearing's."""
    with _changing(sitting_id, by, hearing=True) as sitting:
        there = HearingPicture.objects.filter(sitting=sitting)
        if there.count() >= MOST_PICTURES:
            raise Refused(ErrorCode.INVALID, f"at most {MOST_PICTURES} pictures", field="picture")
        last = there.aggregate(last=Max("position"))["last"]
        return HearingPicture.objects.create(
            sitting=sitting,
            name=name,
            width=width,
            height=height,
            alt=_said(alt),
            position=0 if last is None else last + 1,
        )


def describe_picture(sitting_id: str, picture: int, alt: str, by: Person | None) -> None:
    """Say what one sees on it."""
    with _changing(sitting_id, by, hearing=True) as sitting:
        HearingPicture.objects.filter(sitting=sitting, pk=picture).update(alt=_said(alt))


def move_picture(sitting_id: str, picture: int, steps: int, by: Person | None) -> None:
    """Move it up (below 0) or down in the order of the hearing's pictures, as far as there are."""
    with _changing(sitting_id, by, hearing=True) as sitting:
        rows = list(HearingPicture.objects.filter(sitting=sitting))
        place = next((n for n, row in enumerate(rows) if row.pk == picture), None)
        if place is None:
            return
        moved = rows.pop(place)
        rows.insert(min(max(place + steps, 0), len(rows)), moved)
        for position, row in enumerate(rows):
            row.position = position
        HearingPicture.objects.bulk_update(rows, ["position"])


def remove_picture(sitting_id: str, picture: int, by: Person | None) -> list[str]:
    """Take it away; returns the name whose files go once this is committed."""
    with _changing(sitting_id, by, hearing=True) as sitting:
        found = HearingPicture.objects.filter(sitting=sitting, pk=picture)
        names = list(found.values_list("name", flat=True))
        found.delete()
        return names


def _said(alt: str) -> str:
    words = " ".join(alt.split())[:200]
    if not words:
        raise Refused(ErrorCode.INVALID, "a picture needs words", field="alt")
    return words


def place_of(sitting_id: str) -> revisions.Place:
    """Where its changes are kept."""
    return RevisionOf.FILE, sitting_id


def facts(sitting_id: str) -> revisions.Facts:
    """What is on paper: documents by title, tables by title, pictures by their words."""
    said = HearingFile.objects.filter(sitting=sitting_id).first() or HearingFile()
    documents = SittingDocument.objects.filter(sitting=sitting_id)
    figures = FiguresTable.objects.filter(sitting=sitting_id)
    pictures = HearingPicture.objects.filter(sitting=sitting_id)
    return {
        "theme": said.theme,
        "period_from": said.period_from.isoformat() if said.period_from else None,
        "period_to": said.period_to.isoformat() if said.period_to else None,
        "presenters": said.presenters,
        "documents": list(documents.values_list("document__title", flat=True)),
        "figures": list(figures.values_list("title", flat=True)),
        "pictures": list(pictures.values_list("alt", flat=True)),
    }


@contextmanager
def _changing(sitting_id: str, by: Person | None, *, hearing: bool = False) -> Iterator[Sitting]:
    """A file is completed after the hearing; only of what is cancelled there is none."""
    sitting = held(sitting_id)
    if hearing and sitting.kind != SittingKind.HEARING:
        raise Refused(ErrorCode.INVALID, "only a hearing has pictures")
    if sitting.state == SittingState.CANCELLED:
        raise Refused(ErrorCode.WRONG_STATE, "the sitting is cancelled")
    was = facts(sitting_id)
    yield sitting
    place, title = place_of(sitting_id), sitting.title
    revisions.note(sitting.commune_id, place, title, was, facts(sitting_id), by)

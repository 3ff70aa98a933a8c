"""Making and changing documents. Called in a write transaction; raises `Unfit`."""

from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import File
from django.db.models import Max
from django.utils import timezone

from communes.actions import revisions
from communes.models import Commune, Document, DocumentVersion, Person, RevisionKind

from .examine import Examined
from .problems import Problem, Unfit


@dataclass(frozen=True)
class Fields:
    """What a person says of a document."""

    kind: str
    title: str
    year: int
    summary: str = ""
    department: str = ""
    language: str = "fr"
    licence: str = "cc-by-4.0"


def make(
    commune: Commune, fields: Fields, file: Examined, by: Person | None, demo: bool = False
) -> Document:
    """A draft with its first version."""
    known = (
        Document.objects.filter(commune=commune, versions__checksum=file.checksum)
        .order_by("pk")
        .first()
    )
    if known is not None:
        raise Unfit(Problem.SAME_FILE, known.pk, title=known.title)
    document = Document.objects.create(commune=commune, demo=demo, **vars(fields))
    _add(document, file, by, "")
    revisions.keep(document, None, by)
    return document


def add_version(
    document: Document, file: Examined, by: Person | None, changes: str
) -> DocumentVersion:
    """A newer version; the older ones stay."""
    held = Document.objects.select_for_update().get(pk=document.pk)
    same = held.versions.filter(checksum=file.checksum).first()
    if same is not None:
        raise Unfit(Problem.SAME_FILE, held.pk, title=f"{held.title} (v{same.number})")
    was = revisions.facts(held)
    version = _add(held, file, by, changes)
    _touch(held)
    held.save(update_fields=["revision", "changed_at"])
    revisions.keep(held, was, by, RevisionKind.CHANGED)
    return version


def _add(document: Document, file: Examined, by: Person | None, changes: str) -> DocumentVersion:
    last = document.versions.aggregate(last=Max("number"))["last"] or 0
    version = DocumentVersion(
        document=document,
        number=last + 1,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        checksum=file.checksum,
        changes=changes,
        by=by,
        pages=file.pages,
        width=file.width,
        height=file.height,
    )
    with file.path.open("rb") as content:
        version.file.save(file.name, File(content), save=False)
    version.save()
    return version


def change(
    document: Document, seen_revision: int, fields: Fields, by: Person | None = None
) -> Document:
    """Say something else of it. `seen_revision` is the one that was edited."""
    held = _held(document, seen_revision)
    was = revisions.facts(held)
    for name, value in vars(fields).items():
        setattr(held, name, value)
    _touch(held)
    held.save()
    revisions.keep(held, was, by)
    return held


def publish(document: Document, at: datetime | None = None, by: Person | None = None) -> Document:
    """Make it public, now or at a later time."""
    held = Document.objects.select_for_update().get(pk=document.pk)
    was = revisions.facts(held)
    held.published_at = at or timezone.now()
    _touch(held)
    held.save(update_fields=["published_at", "revision", "changed_at"])
    revisions.keep(held, was, by, RevisionKind.PUBLISHED)
    return held


def withdraw(document: Document, by: Person | None = None) -> Document:
    """Make it a draft again: its address then answers as if it had never been."""
    held = Document.objects.select_for_update().get(pk=document.pk)
    was = revisions.facts(held)
    held.published_at = None
    _touch(held)
    held.save(update_fields=["published_at", "revision", "changed_at"])
    revisions.keep(held, was, by, RevisionKind.WITHDRAWN)
    return held


def delete(document: Document, by: Person | None = None) -> list[DocumentVersion]:
    """Delete a draft; returns its versions, whose files go once this is committed."""
    held = Document.objects.select_for_update().get(pk=document.pk)
    if held.published_at is not None:
        raise Unfit(Problem.NOT_A_DRAFT)
    versions = list(held.versions.all())
    revisions.keep(held, revisions.facts(held), by, RevisionKind.REMOVED)
    held.delete()
    return versions


def _held(document: Document, seen_revision: int) -> Document:
    held = Document.objects.select_for_update().get(pk=document.pk)
    if held.revision != seen_revision:
        raise Unfit(Problem.CHANGED)
    return held


def _touch(document: Document) -> None:
    document.revision += 1
    document.changed_at = timezone.now()

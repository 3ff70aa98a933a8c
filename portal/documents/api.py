"""`/api/v1/documents`: what communes published. Drafts are not read here."""

from typing import Annotated, Literal

from django.http import HttpRequest
from django.urls import reverse
from ninja import Query, Router
from pydantic import Field

from communes.documents.reading import shows_pages
from communes.models import Document, DocumentVersion
from consultations.api.asking import seen_sitting
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused
from live.timeline.read import milliseconds
from portal.hearing import documents_at_hand
from portal.islands import absolute
from portal.views.documents import file_url, public_documents

router = Router(tags=["documents"])
of_sittings = Router(tags=["documents"])

MOST = 100
FURTHEST = 1_000_000

DocumentKindName = Literal[
    "account",
    "budget",
    "work_plan",
    "contract",
    "deliberation",
    "minutes",
    "report",
    "picture",
    "other",
]


class DocumentFile(Message):
    """One version. `size` in bytes, `sha256` hexadecimal, `preview` a WebP of its first page."""

    number: int
    name: str
    media_type: str
    size: int
    sha256: str
    changes: str
    created_at: int
    pages: int | None
    url: str
    preview: str | None


class DocumentSummary(Message):
    """A document that anyone may read. Times in milliseconds since 1970."""

    id: int
    commune: str
    kind: DocumentKindName
    title: str
    summary: str
    year: int
    department: str
    language: str
    licence: str
    published_at: int
    page: str
    #: The newest.
    file: DocumentFile


class DocumentReport(DocumentSummary):
    """With all its versions, the newest first, and the words of the newest."""

    versions: list[DocumentFile]
    text: str


class Documents(Message):
    items: list[DocumentSummary]
    total: int = Field(ge=0)


def _file(version: DocumentVersion, document: Document) -> DocumentFile:
    preview = None
    if shows_pages(version):
        address = [document.commune.slug, document.pk, version.number, 1, 720]
        preview = absolute(reverse("document_page", args=address))
    return DocumentFile(
        number=version.number,
        name=version.name,
        media_type=version.media_type,
        size=version.size,
        sha256=version.checksum,
        changes=version.changes,
        created_at=milliseconds(version.created_at),
        pages=version.pages,
        url=absolute(file_url(version, document)),
        preview=preview,
    )


def _summary(document: Document) -> DocumentSummary:
    published = document.published_at
    if published is None:
        raise ValueError("a draft")
    return DocumentSummary.model_validate(
        {
            "id": document.pk,
            "commune": document.commune.slug,
            "kind": document.kind,
            "title": document.title,
            "summary": document.summary,
            "year": document.year,
            "department": document.department,
            "language": document.language,
            "licence": document.licence,
            "published_at": milliseconds(published),
            "page": absolute(reverse("document", args=[document.commune.slug, document.pk])),
            "file": _file(document.latest, document),
        }
    )


@router.get("", response=Documents)
def list_documents(
    request: HttpRequest,
    commune: str | None = None,
    kind: DocumentKindName | None = None,
    year: Annotated[int | None, Query(ge=1900, le=2100)] = None,
    offset: int = 0,
    limit: int = 20,
) -> Documents:
    """Public documents, the latest published first."""
    documents = public_documents().order_by("-published_at", "-pk")
    if commune is not None:
        documents = documents.filter(commune__slug=commune)
    if kind is not None:
        documents = documents.filter(kind=kind)
    if year is not None:
        documents = documents.filter(year=year)
    offset, limit = min(max(offset, 0), FURTHEST), min(max(limit, 1), MOST)
    return Documents(
        items=[_summary(document) for document in documents[offset : offset + limit]],
        total=documents.count(),
    )


@of_sittings.get("/{sitting_id}/documents", response=Documents)
def list_documents_at_hand(request: HttpRequest, sitting_id: str) -> Documents:
    """The public documents at hand in a sitting, in its order."""
    found = documents_at_hand(seen_sitting(request, sitting_id))
    items = [_summary(document) for document in found]
    return Documents(items=items, total=len(items))


@router.get("/{document_id}", response=DocumentReport)
def get_document(request: HttpRequest, document_id: int) -> DocumentReport:
    """One document with all its versions."""
    # Larger numbers than any database counts are nobody's.
    found = public_documents().filter(pk=document_id).first() if document_id < 2**62 else None
    if found is None:
        raise Refused(ErrorCode.NOT_FOUND, f"document {document_id}")
    text = DocumentVersion.objects.values_list("text", flat=True).get(pk=found.latest.pk)
    return DocumentReport(
        **dict(_summary(found)),
        versions=[_file(version, found) for version in found.versions.all()],
        text=text,
    )

"""The demonstration's documents, published as a clerk would."""

import secrets
from datetime import timedelta

from django.utils import timezone

from communes.documents import keep, uploads
from communes.documents.examine import examine
from communes.documents.keep import Fields
from communes.models import Commune, Document
from live.delivery.writer import perform
from portal.documents.intake import read_later

from .papers import PICTURE, Paper, papers_of, write
from .places import PLACES
from .snapshots import draw_snapshot

#: The picture is older than the papers.
OLDEST = 8


def ensure_documents() -> None:
    """Write what is not there yet."""
    for scale, place in zip((310, 190, 24), PLACES, strict=True):
        commune = Commune.objects.get(slug=place.slug)
        known = set(Document.objects.filter(commune=commune).values_list("title", flat=True))
        for age, paper in enumerate(papers_of(place.name, scale)):
            if paper.title not in known:
                _publish(commune, _fields(paper), write(paper, commune.name), "pdf", age)
        title, scene, summary = PICTURE
        if title not in known:
            fields = Fields(kind="picture", title=title, year=2026, summary=summary)
            _publish(commune, fields, draw_snapshot(scene, scale), "jpg", OLDEST)


def _fields(paper: Paper) -> Fields:
    return Fields(
        kind=paper.kind,
        title=paper.title,
        year=paper.year,
        summary=paper.summary,
        department=paper.department,
    )


def _publish(commune: Commune, fields: Fields, content: bytes, suffix: str, age: int) -> None:
    """`age`: which it is, the latest first; three weeks lie between two."""
    path = uploads.folder() / f"seed-{secrets.token_hex(8)}"
    path.write_bytes(content)
    try:
        file = examine(path, f"{fields.title}.{suffix}")

        def make() -> Document:
            document = keep.make(commune, fields, file, None, demo=True)
            return keep.publish(document, timezone.now() - timedelta(days=21 * (age + 1)))

        document = perform(make)
    finally:
        path.unlink()
    read_later(document.versions.get())

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

from .papers import Paper, papers_of, write
from .places import PLACES


def ensure_documents() -> None:
    """Write what is not there yet."""
    for scale, place in zip((310, 190, 24), PLACES, strict=True):
        commune = Commune.objects.get(slug=place.slug)
        known = set(Document.objects.filter(commune=commune).values_list("title", flat=True))
        for age, paper in enumerate(papers_of(place.name, scale)):
            if paper.title not in known:
                _publish(commune, paper, timedelta(days=21 * (age + 1)))


def _publish(commune: Commune, paper: Paper, age: timedelta) -> None:
    path = uploads.folder() / f"seed-{secrets.token_hex(8)}"
    path.write_bytes(write(paper, commune.name))
    try:
        file = examine(path, f"{paper.title}.pdf")
        fields = Fields(
            kind=paper.kind,
            title=paper.title,
            year=paper.year,
            summary=paper.summary,
            department=paper.department,
        )

        def make() -> Document:
            document = keep.make(commune, fields, file, None, demo=True)
            return keep.publish(document, timezone.now() - age)

        document = perform(make)
    finally:
        path.unlink()
    read_later(document.versions.get())

"""`/api/v1/sittings/<id>/file`: what the page of a hearing shows of its file."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from consultations.api.asking import seen_sitting
from live.delivery.documents import cacheable
from live.models import HearingPicture
from live.protocol.base import Message
from portal.access import is_public
from portal.hearing import papers_of

router = Router(tags=["sittings"])
AGE_S = 60


class Row(Message):
    """`numbers`: one for each column after the first; null where there is none."""

    label: str
    numbers: list[float | None]


class Figures(Message):
    """`columns`: their names; the first is that of the labels."""

    title: str
    unit: str
    source: str
    columns: list[str]
    rows: list[Row]


class Picture(Message):
    """`<address>-320.webp`, `-640.webp` and `-1280.webp` are the picture; `width` and `height` are
    those of the largest."""

    address: str
    alt: str
    width: int
    height: int


class HearingFileFacts(Message):
    """Empty where nothing was said of it. `last`: the commune's hearing before this one."""

    theme: str
    period_from: date | None
    period_to: date | None
    presenters: list[str]
    figures: list[Figures]
    pictures: list[Picture]
    documents: list[int] = Field(description="Ids, as at `/api/v1/documents/<id>`, in order.")
    last: str | None


@router.get("/{sitting_id}/file", response=HearingFileFacts)
def hearing_file(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """A hearing's file: what it is about, its figures and its pictures."""
    sitting = seen_sitting(request, sitting_id)
    papers = papers_of(sitting)
    base = f"/{sitting.commune.slug}/seances/{sitting.slug}/photos"

    def picture(one: HearingPicture) -> Picture:
        return Picture(
            address=f"{base}/{one.name}", alt=one.alt, width=one.width, height=one.height
        )

    told = HearingFileFacts(
        theme=papers.file.theme if papers.file else "",
        period_from=papers.file.period_from if papers.file else None,
        period_to=papers.file.period_to if papers.file else None,
        presenters=papers.presenters,
        figures=[
            Figures(
                title=table.title,
                unit=table.unit,
                source=table.source,
                columns=table.head,
                rows=[Row(label=label, numbers=numbers) for label, numbers in table.rows],
            )
            for table, _chart in papers.figures
        ],
        pictures=[picture(one) for one in papers.pictures],
        documents=[one.pk for one in papers.documents],
        last=papers.last.pk if papers.last else None,
    )
    return cacheable(request, told, age_s=AGE_S, private=not is_public(sitting))

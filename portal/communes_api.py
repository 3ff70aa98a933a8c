"""`/api/v1/communes`: the communes, and who holds which office."""

from datetime import date

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from ninja import Router
from pydantic import Field

from communes.models import Commune, Office
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused
from portal.islands import absolute

router = Router(tags=["communes"])


class OfficeFacts(Message):
    """An office and who holds or held it; `ends_on` is null while nobody knows."""

    kind: str
    holder: str
    remit: str
    starts_on: date
    ends_on: date | None


class CommuneSummary(Message):
    slug: str
    name: str
    department: str
    motto: str
    colour: str
    #: Codes of BCP 47, that of its papers first.
    languages: list[str]
    demo: bool
    page: str


class CommuneReport(CommuneSummary):
    """With every office, past ones too, the latest first."""

    offices: list[OfficeFacts]


class Communes(Message):
    items: list[CommuneSummary]
    total: int = Field(ge=0)


def _summary(commune: Commune) -> dict[str, object]:
    return {
        "slug": commune.slug,
        "name": commune.name,
        "department": commune.department,
        "motto": commune.motto,
        "colour": commune.colour,
        "languages": commune.languages,
        "demo": commune.demo,
        "page": absolute(reverse("commune", args=[commune.slug])),
    }


def _offices(commune: Commune) -> QuerySet[Office]:
    return commune.offices.order_by("-starts_on", "kind", "pk")


@router.get("", response=Communes)
def list_communes(request: HttpRequest, offset: int = 0, limit: int = 100) -> Communes:
    """All communes, by name."""
    communes = Commune.objects.all()
    offset, limit = min(max(offset, 0), 1_000_000), min(max(limit, 1), 100)
    items = [
        CommuneSummary.model_validate(_summary(commune))
        for commune in communes[offset : offset + limit]
    ]
    return Communes(items=items, total=communes.count())


@router.get("/{commune}", response=CommuneReport)
def get_commune(request: HttpRequest, commune: str) -> CommuneReport:
    """One commune with its offices."""
    found = Commune.objects.filter(slug=commune).first()
    if found is None:
        raise Refused(ErrorCode.NOT_FOUND, f"commune {commune}")
    offices = [
        OfficeFacts(
            kind=office.kind,
            holder=office.holder,
            remit=office.remit,
            starts_on=office.starts_on,
            ends_on=office.ends_on,
        )
        for office in _offices(found)
    ]
    return CommuneReport.model_validate({**_summary(found), "offices": offices})

"""The HTTP API of a sitting (mounted at `/api/v1/sittings/`)."""

import time
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from communes.models import Person
from communes.permissions import STAFF, roles_in
from live.actions.access import sitting_seen_by, sitting_subject
from live.models import Sitting
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import EntriesFrame, SnapshotFrame

from .addresses import (
    PUBLISH_TOKEN_LIFE_S,
    media_address,
    page_address,
    preview_address,
    publish_token,
    socket_address,
    whip_address,
)
from .following import Ticket, ticket_for, timeline_document, written_document
from .media_status import MediaReport, media_report
from .signed_in import signed_in

router = Router(tags=["sittings"])

#: Further than any list goes, and than no database counts.
MAX_OFFSET = 1_000_000
FEEDING = frozenset({"clerk", "host", "admin"})


class SittingSummary(Message):
    """A sitting as anyone may see it. Times in milliseconds since 1970."""

    id: str
    commune: str
    kind: Literal["council", "hearing"]
    state: str
    title: str
    summary: str
    place: str
    scheduled_at: int
    page: str
    ws: str
    hls: str


class PublishToken(Message):
    """What a WHIP publisher needs (RFC 9725)."""

    whip_url: str
    token: str
    #: When the token opens nothing any more, in milliseconds since 1970. Ask for another then: one
    #: that publishes already goes on.
    expires_at: int
    ice_servers: list[dict[str, Any]]


class PreviewAddress(Message):
    hls_url: str


class Sittings(Message):
    items: list[SittingSummary]
    total: int = Field(ge=0)


def summary(sitting: Sitting) -> SittingSummary:
    return SittingSummary.model_validate(
        {
            "id": sitting.pk,
            "commune": sitting.commune.slug,
            "kind": sitting.kind,
            "state": sitting.state,
            "title": sitting.title,
            "summary": sitting.summary,
            "place": sitting.place,
            "scheduled_at": int(sitting.scheduled_at.timestamp() * 1000),
            "page": page_address(sitting),
            "ws": socket_address(sitting),
            "hls": media_address(sitting),
        }
    )


def _person(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise Refused(ErrorCode.SIGN_IN)
    return request.user


def _need(request: HttpRequest, sitting_id: str, roles: frozenset[str]) -> Sitting:
    person, sitting = _person(request), sitting_seen_by(request.user, sitting_id)
    if not roles_in(person, sitting.commune) & roles:
        raise Refused(ErrorCode.FORBIDDEN, f"needs one of {sorted(roles)}")
    return sitting


@router.get("", response=Sittings)
def list_sittings(
    request: HttpRequest,
    commune: str | None = None,
    state: str | None = None,
    offset: int = 0,
    limit: int = 20,
) -> Sittings:
    """Public sittings, newest first."""
    sittings = Sitting.objects.select_related("commune").exclude(state="draft")
    sittings = sittings.filter(rehearsal=False)
    if commune:
        sittings = sittings.filter(commune__slug=commune)
    if state:
        sittings = sittings.filter(state=state)
    offset, limit = min(max(offset, 0), MAX_OFFSET), min(max(limit, 1), 100)
    page = sittings[offset : offset + limit]
    return Sittings(items=[summary(sitting) for sitting in page], total=sittings.count())


@router.get("/{sitting_id}", response=SittingSummary)
def get_sitting(request: HttpRequest, sitting_id: str) -> SittingSummary:
    return summary(sitting_seen_by(request.user, sitting_id))


@router.get("/{sitting_id}/timeline", response=SnapshotFrame | EntriesFrame)
def get_timeline(
    request: HttpRequest,
    sitting_id: str,
    since: int | None = None,
    epoch: str | None = None,
    in_writing: bool = False,
) -> Any:
    """Public entries after `since`, or a snapshot: what the WebSocket would say, by asking.
    With `in_writing` only the sitting, its agenda, what is on screen and its votes, whole."""
    sitting = sitting_seen_by(request.user, sitting_id)
    if in_writing:
        return written_document(request, sitting_subject(sitting))
    return timeline_document(request, sitting_subject(sitting), since, epoch)


@router.post("/{sitting_id}/ticket", response=Ticket, auth=signed_in)
def post_ticket(request: HttpRequest, sitting_id: str) -> Ticket:
    """A ticket for the sitting's WebSocket, for whoever is signed in."""
    person, sitting = _person(request), sitting_seen_by(request.user, sitting_id)
    return ticket_for(person, sitting_subject(sitting))


@router.post("/{sitting_id}/publish-token", response=PublishToken, auth=signed_in)
def post_publish_token(request: HttpRequest, sitting_id: str) -> PublishToken:
    """What the studio needs to publish."""
    sitting = _need(request, sitting_id, FEEDING)
    return PublishToken(
        whip_url=whip_address(sitting),
        token=publish_token(sitting),
        expires_at=int((time.time() + PUBLISH_TOKEN_LIFE_S) * 1000),
        ice_servers=settings.ICE_SERVERS,
    )


@router.get("/{sitting_id}/preview", response=PreviewAddress)
def get_preview(request: HttpRequest, sitting_id: str) -> PreviewAddress:
    """Where staff see what the publisher sends."""
    return PreviewAddress(hls_url=preview_address(_need(request, sitting_id, FEEDING)))


@router.get("/{sitting_id}/media", response=MediaReport)
def get_media(request: HttpRequest, sitting_id: str) -> MediaReport:
    """What media knows of the sitting, and how long its disk will do."""
    return media_report(_need(request, sitting_id, STAFF))

"""The HTTP API of a sitting (mounted at `/api/v1/sittings/`)."""

import hashlib
import time
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from communes.models import Person
from communes.permissions import roles_in
from live.actions.access import visible_sitting
from live.archive.manifest import Manifest, manifest
from live.delivery.room import now_ms
from live.models import Sitting
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import EntriesFrame, SnapshotFrame, Stream
from live.protocol.media import PlayClaims, PreviewClaims, PublishClaims
from live.protocol.signing import sign_token
from live.protocol.tickets import TICKET_LIFE_S
from live.timeline.read import catch_up

from .media_status import MediaReport, media_report
from .tickets import make_ticket

router = Router(tags=["sittings"])

FEEDING = frozenset({"clerk", "host", "admin"})
PUBLISH_TOKEN_LIFE_S = 12 * 3600
PREVIEW_TOKEN_LIFE_S = 4 * 3600


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


class Ticket(Message):
    ticket: str
    expires_in: int


class PublishToken(Message):
    """What a WHIP publisher needs (RFC 9725)."""

    whip_url: str
    token: str
    ice_servers: list[dict[str, Any]]


class PreviewAddress(Message):
    hls_url: str


class Sittings(Message):
    items: list[SittingSummary]
    total: int = Field(ge=0)


def media_address(sitting: Sitting, name: str = "index.m3u8", token: str | None = None) -> str:
    """Where a rendition of a sitting is played."""
    middle = f"~{token}/" if token else ""
    return f"{settings.MEDIA_SERVER_URL}/hls/{sitting.pk}/{middle}{name}"


def socket_address(sitting: Sitting) -> str:
    base = settings.PUBLIC_URL.replace("http", "ws", 1)
    return f"{base}/ws/sittings/{sitting.pk}/"


def page_address(sitting: Sitting) -> str:
    return f"{settings.PUBLIC_URL}/{sitting.commune.slug}/seances/{sitting.slug}/"


def whip_address(sitting: Sitting) -> str:
    return f"{settings.MEDIA_SERVER_URL}/whip/{sitting.pk}"


def publish_token(sitting: Sitting, life_s: int = PUBLISH_TOKEN_LIFE_S) -> str:
    claims = PublishClaims(exp=int(time.time()) + life_s, sitting=sitting.pk)
    return sign_token(claims, settings.MEDIA_KEY)


def preview_address(sitting: Sitting) -> str:
    """Where staff see what the publisher sends before it is live."""
    claims = PreviewClaims(exp=int(time.time()) + PREVIEW_TOKEN_LIFE_S, sitting=sitting.pk)
    return media_address(sitting, "preview/index.m3u8", sign_token(claims, settings.MEDIA_KEY))


def play_token(sitting: Sitting) -> str | None:
    """The path token of a recording that is not public (rehearsals); None for public ones."""
    if not sitting.rehearsal:
        return None
    claims = PlayClaims(exp=int(time.time()) + PREVIEW_TOKEN_LIFE_S, sitting=sitting.pk)
    return sign_token(claims, settings.MEDIA_KEY)


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
            "hls": media_address(sitting, token=play_token(sitting)),
        }
    )


def _person(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise Refused(ErrorCode.SIGN_IN)
    return request.user


def _seen(request: HttpRequest, sitting_id: str) -> Sitting:
    """The sitting, when whoever asks may see it; raises `Refused`."""
    sitting = visible_sitting(sitting_id, frozenset({"clerk"}))
    return visible_sitting(sitting_id, roles_in(request.user, sitting.commune))


def _need(request: HttpRequest, sitting_id: str, roles: frozenset[str]) -> Sitting:
    person, sitting = _person(request), _seen(request, sitting_id)
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
    offset, limit = max(offset, 0), min(max(limit, 1), 100)
    page = sittings[offset : offset + limit]
    return Sittings(items=[summary(sitting) for sitting in page], total=sittings.count())


@router.get("/{sitting_id}", response=SittingSummary)
def get_sitting(request: HttpRequest, sitting_id: str) -> SittingSummary:
    return summary(_seen(request, sitting_id))


@router.get("/{sitting_id}/timeline", response=SnapshotFrame | EntriesFrame)
def get_timeline(
    request: HttpRequest,
    response: HttpResponse,
    sitting_id: str,
    since: int | None = None,
    epoch: str | None = None,
) -> Any:
    """Public entries after `since`, or a snapshot: what the WebSocket would say, by asking."""
    sitting = _seen(request, sitting_id)
    frame = catch_up(sitting.timeline_id, Stream.PUBLIC, since, epoch, now_ms())
    # The same position gives the same bytes, but for the moment of a snapshot.
    return _cacheable(request, response, frame, frame.model_dump_json(exclude={"at"}), 1, sitting)


@router.get("/{sitting_id}/manifest", response=Manifest)
def get_manifest(request: HttpRequest, response: HttpResponse, sitting_id: str) -> Any:
    """What a replay needs: public entries, and anchors between the media's clock and theirs."""
    sitting = _seen(request, sitting_id)
    document = manifest(sitting)
    age = 60 if sitting.state == "archived" else 1
    return _cacheable(request, response, document, document.model_dump_json(), age, sitting)


def _cacheable(
    request: HttpRequest,
    response: HttpResponse,
    document: Message,
    identity: str,
    age_s: int,
    sitting: Sitting,
) -> Any:
    """Give the document an ETag and a lifetime; 304 when the client has it (RFC 9110 § 13)."""
    tag = f'"{hashlib.sha256(identity.encode()).hexdigest()[:32]}"'
    audience = "private" if sitting.rehearsal or sitting.state == "draft" else "public"
    headers = {"ETag": tag, "Cache-Control": f"{audience}, max-age={age_s}"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(
        document.model_dump_json(), content_type="application/json", headers=headers
    )


@router.post("/{sitting_id}/ticket", response=Ticket)
def post_ticket(request: HttpRequest, sitting_id: str) -> Ticket:
    """A ticket for the sitting's WebSocket, for whoever is signed in."""
    person, sitting = _person(request), _seen(request, sitting_id)
    return Ticket(ticket=make_ticket(person, sitting), expires_in=TICKET_LIFE_S)


@router.post("/{sitting_id}/publish-token", response=PublishToken)
def post_publish_token(request: HttpRequest, sitting_id: str) -> PublishToken:
    """What the studio needs to publish."""
    sitting = _need(request, sitting_id, FEEDING)
    return PublishToken(
        whip_url=whip_address(sitting),
        token=publish_token(sitting),
        ice_servers=settings.ICE_SERVERS,
    )


@router.get("/{sitting_id}/preview", response=PreviewAddress)
def get_preview(request: HttpRequest, sitting_id: str) -> PreviewAddress:
    """Where staff see what the publisher sends."""
    return PreviewAddress(hls_url=preview_address(_need(request, sitting_id, FEEDING)))


@router.get("/{sitting_id}/media", response=MediaReport)
def get_media(request: HttpRequest, sitting_id: str) -> MediaReport:
    """What media knows of the sitting, and how long its disk will do."""
    return media_report(_need(request, sitting_id, frozenset({"clerk", "admin"})))

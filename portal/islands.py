"""What a page hands to its island. `frontend/src/lib/props.ts` is the same shape in TypeScript."""

from typing import TypedDict
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import get_language

from communes.models import RoleName
from communes.permissions import STAFF, Roles
from consultations.models import Question
from live.models import Sitting, SittingDocument
from live.protocol.frames import Stream
from live.timeline.read import milliseconds
from live.transport.addresses import media_address
from moderation.actions.sanctions import belongings_of as sanctions_of

from .access import OVER, Viewer
from .stills import still_urls

#: The latest documents that the host has at hand.
DOCUMENTS_AT_HAND = 100

#: Who may open which page of a sitting; `portal.views.work` and the links between them read it.
WORKPLACES: dict[str, Roles] = {
    "desk": frozenset({RoleName.MODERATOR}),
    "host": frozenset({RoleName.HOST, RoleName.CLERK}),
    "control": frozenset({RoleName.CLERK}),
    "studio": frozenset({RoleName.HOST, RoleName.CLERK}),
    "sitting_prepare": frozenset({RoleName.CLERK}),
}


class SittingProps(TypedDict):
    id: str
    title: str
    kind: str
    state: str
    commune: str
    scheduled_at: int
    rehearsal: bool


class Me(TypedDict):
    id: str
    name: str
    roles: list[str]


class Props(TypedDict):
    sitting: SittingProps
    me: Me | None
    stream: str
    urls: dict[str, str]
    concerned: bool
    gigabyte_price: int
    gigabyte_source: str
    language: str


def page_url(sitting: Sitting, name: str = "sitting") -> str:
    """The path of one of the sitting's pages."""
    return reverse(name, args=(sitting.commune.slug, sitting.slug))


def absolute(path: str) -> str:
    """An address that works outside of the site: in a message, a feed, a QR code."""
    return f"{settings.PUBLIC_URL}{path}"


def _urls(request: HttpRequest, sitting: Sitting, roles: Roles) -> dict[str, str]:
    """Only what this person may use."""
    api = f"/api/v1/sittings/{sitting.pk}"
    scheme = "wss" if request.is_secure() else "ws"
    urls = {
        "page": page_url(sitting),
        "projector": page_url(sitting, "projector"),
        "ws": f"{scheme}://{request.get_host()}/ws/sittings/{sitting.pk}/",
        "timeline": f"{api}/timeline",
        "manifest": f"{api}/manifest",
        "similar": f"{api}/similar",
        "polls_csv": f"{api}/polls.csv",
        "commitments": reverse("commitments", args=(sitting.commune.slug,)),
        "hls": media_address(sitting),
        "audio": media_address(sitting, "audio.m3u8"),
    }
    if request.user.is_authenticated:
        # What the island posts carries this token; asking for it has the cookie sent.
        get_token(request)
        urls["ticket"] = f"{api}/ticket"
        urls["push"] = "/api/v1/me/push"
    else:
        urls["signin"] = f"{reverse('signin')}?{urlencode({'next': request.get_full_path()})}"
    urls |= still_urls(sitting)
    for name, wanted in WORKPLACES.items():
        if roles & wanted:
            urls[name.removeprefix("sitting_")] = page_url(sitting, name)
    if roles & STAFF:
        documents = urlencode({"commune": sitting.commune.slug, "limit": DOCUMENTS_AT_HAND})
        urls |= {
            "hall_code": f"{api}/hall-code",
            "staff": f"{api}/staff",
            "media": f"{api}/media",
            "documents": f"{api}/documents"
            if SittingDocument.objects.filter(sitting=sitting).exists()
            else f"/api/v1/documents?{documents}",
        }
    if roles & WORKPLACES["studio"]:
        urls |= {"publish_token": f"{api}/publish-token", "preview": f"{api}/preview"}
    return urls


def _me(viewer: Viewer, roles: Roles) -> Me | None:
    if viewer.is_anonymous:
        return None
    return {"id": viewer.public_id, "name": viewer.display_name, "roles": sorted(roles)}


def _concerned(viewer: Viewer, sitting: Sitting) -> bool:
    """Whether somebody who comes when all is over finds something of their own: a question, or a
    sanction that still holds. Before, the live page follows it anyway."""
    if viewer.is_anonymous or sitting.state not in OVER:
        return False
    asked = Question.objects.filter(sitting=sitting, author_id=viewer.pk)
    return asked.exists() or bool(sanctions_of(sitting.pk, [viewer.pk]))


def island_props(
    request: HttpRequest, sitting: Sitting, roles: Roles, stream: Stream = Stream.PUBLIC
) -> Props:
    """The props of every island of a sitting. `stream` is what it follows; only staff may follow
    the staff stream."""
    if stream is Stream.STAFF and not roles & STAFF:
        raise PermissionError("the staff stream is for staff")
    return {
        "sitting": {
            "id": sitting.pk,
            "title": sitting.title,
            "kind": sitting.kind,
            "state": sitting.state,
            "commune": sitting.commune.name,
            "scheduled_at": milliseconds(sitting.scheduled_at),
            "rehearsal": sitting.rehearsal,
        },
        "me": _me(request.user, roles),
        "stream": stream.value,
        "urls": _urls(request, sitting, roles),
        "concerned": _concerned(request.user, sitting),
        "gigabyte_price": sitting.commune.gigabyte_price,
        "gigabyte_source": sitting.commune.gigabyte_source,
        "language": (get_language() or settings.LANGUAGE_CODE)[:2],
    }

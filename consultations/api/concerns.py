"""`/api/v1/concerns`: read by everyone, written by whoever is signed in."""

from collections.abc import Mapping
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile
from pydantic import Field, StringConstraints

from communes.models import Commune, Person
from communes.permissions import STAFF, roles_in
from consultations.actions.concern_boards import board_subject
from consultations.actions.concern_states import (
    comment_facts,
    facts,
    relatives_of,
    subject_of,
)
from consultations.concern_listing import Order, narrowed, ordered, public_concerns
from consultations.models import (
    Comment,
    CommentState,
    Concern,
    ConcernBoard,
    ConcernCategory,
    ConcernState,
)
from consultations.protocol import (
    AnswerConcern,
    CommentFacts,
    ConcernFacts,
    ConcernRef,
    MoveConcern,
    ProgressName,
    RaiseConcern,
    ReferConcern,
    SubmitComment,
)
from consultations.protocol.concerns import CommentText, Office, Quarter, Said
from live.actions.subjects import Subject
from live.delivery.documents import cacheable
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import EntriesFrame, SnapshotFrame
from live.protocol.registry import Done
from live.timeline.read import milliseconds
from live.transport.following import Ticket, ticket_for, timeline_document
from live.transport.signed_in import signed_in

from .asking import address_of, person_of
from .concern_doing import act, board_to_act_on, raise_with_photos, seen

router = Router(tags=["concerns"])
boards = Router(tags=["concerns"])

MOST = 100
#: Further than any list goes, and than no database counts.
FURTHEST = 1_000_000
AGE_S = 5

Slug = Annotated[str, StringConstraints(max_length=60)]
Key = Annotated[int, Field(ge=1, le=2**53 - 1)]


class ConcernLine(Message):
    """A concern in a list."""

    concern: ConcernFacts
    commune: str
    supports: int
    comments: int


class Concerns(Message):
    items: list[ConcernLine]
    total: int = Field(ge=0)


class ConcernWhole(ConcernLine):
    """With its discussion, oldest first, and where it is followed."""

    discussion: list[CommentFacts]
    timeline: str


class Category(Message):
    slug: str
    name: str
    retired: bool


class Place(Message):
    id: int
    name: str


class Vocabulary(Message):
    """What a commune's concerns are about, and where."""

    categories: list[Category]
    arrondissements: list[Place]


class Raised(Message):
    """`state` is `pending` while it waits for a moderator."""

    id: int
    state: str
    page: str
    submitted_at: int


class Outcome(Message):
    """What a command came to, as its `ack` would say."""

    result: dict[str, Any]


class Words(Message):
    text: CommentText
    parent: int | None = None
    signed: bool = False


class Answer(Message):
    text: CommentText
    office: Office
    parent: int | None = None


class Progress(Message):
    state: ProgressName
    office: Office
    note: Said = ""
    due_on: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")


class Referral(Message):
    sitting: Annotated[str, StringConstraints(max_length=12)]
    target: Annotated[str, StringConstraints(pattern="^(agenda|question)$")]


def _line(concern: Concern, relatives: Mapping[int, int] | None = None) -> dict[str, Any]:
    return {
        "concern": _facts(concern, relatives),
        "commune": concern.commune.slug,
        "supports": concern.supports,
        "comments": concern.comments,
    }


def _facts(concern: Concern, relatives: Mapping[int, int] | None) -> ConcernFacts:
    found = facts(concern, relatives)
    if found is None:
        raise Refused(ErrorCode.NOT_FOUND, f"concern {concern.pk}")
    return found


def _public(concern_id: int) -> Concern:
    """One that everyone may read, or that says which other carries on for it."""
    concern = _any(concern_id)
    if subject_of(concern).hidden:
        raise Refused(ErrorCode.NOT_FOUND, f"concern {concern_id}")
    return concern


def _any(concern_id: int) -> Concern:
    concern = (
        Concern.objects.select_related("commune", "category", "arrondissement", "merged_into")
        .filter(pk=concern_id)
        .first()
    )
    if concern is None:
        raise Refused(ErrorCode.NOT_FOUND, f"concern {concern_id}")
    return concern


def _seen(request: HttpRequest, concern_id: int) -> tuple[Person, Subject]:
    """Who asks, and the concern that they may see; raises `Refused`."""
    person, concern = person_of(request), _any(concern_id)
    if not seen(concern, person):
        raise Refused(ErrorCode.NOT_FOUND, f"concern {concern_id}")
    return person, subject_of(concern)


def _act(request: HttpRequest, concern_id: int, name: str, args: Message) -> Outcome:
    person, subject = _seen(request, concern_id)
    done: Done = act(person, subject, name, args, address_of(request))
    return Outcome(result=done.result)


@router.get("", response=Concerns)
def list_concerns(
    request: HttpRequest,
    commune: Annotated[Slug | None, Query()] = None,
    category: Annotated[Slug | None, Query()] = None,
    state: ProgressName | None = None,
    arrondissement: Annotated[Key | None, Query()] = None,
    order: Order = "new",
    offset: int = 0,
    limit: int = 20,
) -> HttpResponse:
    """Public concerns."""
    found = public_concerns()
    if commune:
        found = found.filter(commune__slug=commune)
    found = narrowed(
        found, category=category or "", state=state or "", arrondissement=arrondissement
    )
    offset, limit = min(max(offset, 0), FURTHEST), min(max(limit, 1), MOST)
    rows = list(ordered(found, order)[offset : offset + limit])
    relatives = relatives_of([one.pk for one in rows])
    lines = [_line(one, relatives) for one in rows]
    page = Concerns.model_validate({"items": lines, "total": found.count()})
    return cacheable(request, page, age_s=AGE_S)


@router.get("/vocabulary", response=Vocabulary)
def vocabulary(request: HttpRequest, commune: Annotated[Slug, Query()]) -> HttpResponse:
    """The categories and arrondissements of a commune."""
    place = _commune(commune)
    rows = ConcernCategory.objects.filter(commune=place)
    found = Vocabulary(
        categories=[Category(slug=row.slug, name=str(row), retired=row.retired) for row in rows],
        arrondissements=[Place(id=row.pk, name=row.name) for row in place.arrondissements.all()],
    )
    return cacheable(request, found, age_s=AGE_S)


def _commune(slug: str) -> Commune:
    place = Commune.objects.filter(slug=slug).first()
    if place is None:
        raise Refused(ErrorCode.NOT_FOUND, "no such commune")
    return place


class NewConcern(Message):
    """The fields of the form; pictures come beside it, as `photos`."""

    commune: Slug
    category: Annotated[str, StringConstraints(max_length=40)]
    text: Annotated[str, StringConstraints(max_length=8000)]
    arrondissement: int | None = None
    quarter: Quarter = ""
    signed: bool = False
    client_id: Annotated[str, StringConstraints(max_length=40, pattern=r"^[A-Za-z0-9_-]*$")] = ""


@router.post("", response={201: Raised}, auth=signed_in)
def raise_concern(
    request: HttpRequest,
    wanted: Annotated[NewConcern, Form()],
    photos: Annotated[list[UploadedFile] | None, File()] = None,
) -> Status[Raised]:
    """Raise a concern, with at most four pictures (JPEG, PNG, WebP)."""
    args = RaiseConcern.model_validate(wanted.model_dump(exclude={"commune"}))
    concern = raise_with_photos(
        person_of(request), _commune(wanted.commune), args, photos or [], address_of(request)
    )
    return Status(
        201,
        Raised(
            id=concern.pk,
            state=concern.state,
            page=f"/{concern.commune.slug}/preoccupations/{concern.pk}/",
            submitted_at=milliseconds(concern.submitted_at),
        ),
    )


@router.get("/{concern_id}", response=ConcernWhole)
def get_concern(request: HttpRequest, concern_id: int) -> HttpResponse:
    """A public concern with its discussion."""
    concern = _public(concern_id)
    merged = concern.state == ConcernState.MERGED
    said = Comment.objects.none() if merged else concern.discussion.order_by("published_at", "pk")
    whole = ConcernWhole.model_validate(
        {
            **_line(concern),
            "discussion": [comment_facts(one) for one in said.filter(state=CommentState.PUBLISHED)],
            "timeline": f"/api/v1/concerns/{concern.pk}/timeline",
        }
    )
    return cacheable(request, whole, age_s=1)


@router.get(
    "/{concern_id}/timeline",
    response=SnapshotFrame | EntriesFrame,
    operation_id="concern_timeline",
)
def get_timeline(
    request: HttpRequest, concern_id: int, since: int | None = None, epoch: str | None = None
) -> HttpResponse:
    """Public entries after `since`, or a snapshot: what the WebSocket would say, by asking."""
    return timeline_document(request, subject_of(_public(concern_id)), since, epoch)


@router.post("/{concern_id}/ticket", response=Ticket, auth=signed_in, operation_id="concern_ticket")
def post_ticket(request: HttpRequest, concern_id: int) -> Ticket:
    """A ticket for the concern's WebSocket."""
    return ticket_for(person_of(request), subject_of(_public(concern_id)))


@router.put("/{concern_id}/support", response=Outcome, auth=signed_in)
def support(request: HttpRequest, concern_id: int) -> Outcome:
    return _act(request, concern_id, "concern.support", ConcernRef(concern=concern_id))


@router.delete("/{concern_id}/support", response=Outcome, auth=signed_in)
def unsupport(request: HttpRequest, concern_id: int) -> Outcome:
    return _act(request, concern_id, "concern.unsupport", ConcernRef(concern=concern_id))


@router.put("/{concern_id}/follow", response=Outcome, auth=signed_in)
def follow(request: HttpRequest, concern_id: int) -> Outcome:
    return _act(request, concern_id, "concern.follow", ConcernRef(concern=concern_id))


@router.delete("/{concern_id}/follow", response=Outcome, auth=signed_in)
def unfollow(request: HttpRequest, concern_id: int) -> Outcome:
    return _act(request, concern_id, "concern.unfollow", ConcernRef(concern=concern_id))


@router.post("/{concern_id}/comments", response={201: Outcome}, auth=signed_in)
def comment(request: HttpRequest, concern_id: int, words: Words) -> Status[Outcome]:
    args = SubmitComment(concern=concern_id, **words.model_dump())
    return Status(201, _act(request, concern_id, "comment.submit", args))


@router.post("/{concern_id}/answers", response={201: Outcome}, auth=signed_in)
def answer(request: HttpRequest, concern_id: int, words: Answer) -> Status[Outcome]:
    """The commune's answer; for hosts and clerks."""
    args = AnswerConcern(concern=concern_id, **words.model_dump())
    return Status(201, _act(request, concern_id, "concern.answer", args))


@router.post("/{concern_id}/state", response=Outcome, auth=signed_in)
def progress(request: HttpRequest, concern_id: int, step: Progress) -> Outcome:
    """What becomes of it; for hosts and clerks."""
    try:
        args = MoveConcern.model_validate({"concern": concern_id, **step.model_dump()})
    except ValueError as error:
        raise Refused(ErrorCode.INVALID, "no such day", field="due_on") from error
    return _act(request, concern_id, "concern.move", args)


@router.post("/{concern_id}/sittings", response={201: Outcome}, auth=signed_in)
def refer(request: HttpRequest, concern_id: int, where: Referral) -> Status[Outcome]:
    """Put it before a sitting of its commune; for hosts and clerks."""
    args = ReferConcern.model_validate({"concern": concern_id, **where.model_dump()})
    return Status(201, _act(request, concern_id, "concern.refer", args))


@boards.post(
    "/{commune}/concern-board/ticket",
    response=Ticket,
    auth=signed_in,
    operation_id="concern_board_ticket",
)
def post_board_ticket(request: HttpRequest, commune: str) -> Ticket:
    """A ticket for the WebSocket on which a commune's staff follows its concerns."""
    person, place = person_of(request), _commune(commune)
    subject = board_to_act_on(place)
    if not roles_in(person, place) & STAFF:
        raise Refused(ErrorCode.FORBIDDEN, "for staff")
    return ticket_for(person, subject)


@boards.get(
    "/{commune}/concern-board/timeline",
    response=SnapshotFrame | EntriesFrame,
    operation_id="concern_board_timeline",
)
def get_board_timeline(
    request: HttpRequest, commune: str, since: int | None = None, epoch: str | None = None
) -> HttpResponse:
    """What moved in the public list of a commune's concerns after `since`, or what moved last."""
    board = ConcernBoard.objects.filter(commune=_commune(commune)).first()
    if board is None:
        raise Refused(ErrorCode.NOT_FOUND, "nobody has raised a concern there")
    return timeline_document(request, board_subject(board), since, epoch)

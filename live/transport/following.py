"""Following a timeline over HTTP: what the WebSocket would say, by asking; and its ticket."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from pydantic import Field

from communes.models import Person
from live.actions.subjects import Subject
from live.delivery.documents import cacheable
from live.delivery.room import now_ms
from live.protocol.base import Message
from live.protocol.frames import Stream
from live.protocol.tickets import TICKET_LIFE_S
from live.timeline.read import catch_up, in_writing

from .tickets import ticket_to


class Ticket(Message):
    ticket: str
    expires_in: Annotated[int, Field(ge=0)]


def timeline_document(
    request: HttpRequest, subject: Subject, since: int | None, epoch: str | None
) -> HttpResponse:
    """Public entries after `since`, or a snapshot."""
    frame = catch_up(subject.timeline_id, Stream.PUBLIC, since, epoch, now_ms())
    # The same position gives the same bytes, but for the moment of a snapshot.
    identity = frame.model_dump_json(exclude={"at"})
    return cacheable(request, frame, age_s=1, private=subject.hidden, identity=identity)


def written_document(request: HttpRequest, subject: Subject) -> HttpResponse:
    """What one follows in writing; the same for everyone, and as long as nothing of it moves."""
    frame = in_writing(subject.timeline_id, now_ms())
    identity = frame.model_dump_json(exclude={"at", "seq"})
    return cacheable(request, frame, age_s=1, private=subject.hidden, identity=identity)


def ticket_for(person: Person, subject: Subject) -> Ticket:
    """A ticket for the subject's WebSocket."""
    return Ticket(ticket=ticket_to(subject, person), expires_in=TICKET_LIFE_S)

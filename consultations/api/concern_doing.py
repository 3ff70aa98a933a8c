"""Doing over HTTP what concern pages do on their WebSocket: the same commands, the same limits."""

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile

from communes.models import Commune, Person
from communes.permissions import roles_in
from consultations import photos
from consultations.actions.concern_boards import board_of, board_subject
from consultations.actions.concern_states import subject_of
from consultations.actions.concerns import StoredPhoto, raise_concern
from consultations.models import Concern, ConcernBoard, ConcernState
from consultations.protocol import RaiseConcern
from consultations.protocol.concerns import MOST_PHOTOS
from live.actions.context import Context
from live.actions.subjects import Subject, hold_subjects
from live.delivery.writer import perform
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused
from live.protocol.registry import Done, registry
from live.transport.limits import PER_ADDRESS, spend

#: Pictures cost a moment each; nobody raises so many.
RAISING = "10/hour"


def seen(concern: Concern, person: Person | None) -> bool:
    """Whether somebody may read a concern: everyone what is public; its author and the staff of
    its commune also what is not."""
    subject = subject_of(concern)
    if not subject.hidden:
        return True
    if person is None:
        return False
    mine = concern.author_id == person.pk and concern.state != ConcernState.WITHDRAWN
    return mine or subject.seen_by(roles_in(person, concern.commune))


def act(person: Person | None, subject: Subject, name: str, args: Message, address: str) -> Done:
    """Do a command on a subject for somebody, as its WebSocket would; raises `Refused`."""
    if person is None:
        raise Refused(ErrorCode.SIGN_IN)
    command = registry.commands[name]
    roles = roles_in(person, Commune(pk=subject.commune_id))
    if command.roles and not command.roles & roles:
        raise Refused(ErrorCode.FORBIDDEN, f"needs one of {sorted(command.roles)}")
    spend(command.rate, name, str(person.pk))
    spend(PER_ADDRESS, "address", address)
    context = Context(subject.id, person.pk, person.display_name, roles, subject.kind)

    def do() -> Done:
        hold_subjects(context.held_for(command, args))
        return command.handle(context, args)

    return perform(do)


def board_to_act_on(commune: Commune) -> Subject:
    """A commune's board as a subject."""
    board = ConcernBoard.objects.filter(commune=commune).first()
    return board_subject(board or perform(lambda: board_of(commune)))


def raise_with_photos(
    person: Person | None,
    commune: Commune,
    wanted: RaiseConcern,
    uploads: Sequence[UploadedFile[bytes]],
    address: str,
) -> Concern:
    """A new concern with its pictures; raises `Refused`, and then keeps none of them."""
    if person is None:
        raise Refused(ErrorCode.SIGN_IN)
    if len(uploads) > MOST_PHOTOS:
        raise Refused(ErrorCode.INVALID, f"at most {MOST_PHOTOS} pictures", field="photos")
    spend(RAISING, "concern.raise", str(person.pk))
    spend(PER_ADDRESS, "address", address)
    subject = board_to_act_on(commune)
    prepared = [photos.prepare(upload, upload.size or 0) for upload in uploads]
    stored = [StoredPhoto(photos.shelf.store(one), one.width, one.height) for one in prepared]
    roles = roles_in(person, commune)
    context = Context(subject.id, person.pk, person.display_name, roles, subject.kind)
    names = {one.name for one in stored}
    try:
        concern = perform(lambda: raise_concern(context, wanted, stored))
    except BaseException:
        photos.shelf.discard(names)
        raise
    kept = set(concern.photos.values_list("name", flat=True))
    photos.shelf.discard(names - kept)
    return concern

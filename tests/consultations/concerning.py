"""Helpers of tests about concerns: raise one, act on it, read what its timelines say."""

import io
from typing import Any

from django.db import transaction
from PIL import Image

from communes.models import Commune, Person
from communes.permissions import roles_in
from consultations.actions.concern_boards import board_of, board_subject
from consultations.actions.concern_states import subject_of
from consultations.actions.concerns import raise_concern
from consultations.models import Comment, Concern
from consultations.protocol import RaiseConcern
from live.actions.context import Context
from live.actions.subjects import Subject
from live.protocol.frames import Stream
from live.protocol.registry import Done, registry
from live.timeline.read import entries_since, snapshot

ROAD = "La rue qui mène au marché de Godomey est pleine de trous depuis les pluies."


def there(subject: Subject, person: Person | None, commune: Commune) -> Context:
    """Somebody on a subject's timeline, with their roles in its commune."""
    roles = roles_in(person, commune)
    name = person.display_name if person else ""
    return Context(subject.id, person.pk if person else None, name, roles, subject.kind)


def board_context(commune: Commune, person: Person) -> Context:
    with transaction.atomic():
        board = board_of(commune)
    return there(board_subject(board), person, commune)


def a_concern(
    commune: Commune, author: Person, text: str = ROAD, *, published: bool = True, **fields: Any
) -> Concern:
    """A concern; published by a moderator, as commands would."""
    wanted = RaiseConcern.model_validate({"category": "roads", "text": text, **fields})
    context = board_context(commune, author)
    with transaction.atomic():
        concern = raise_concern(context, wanted)
    if published and concern.state == "pending":
        moderator = Person.objects.create_user(display_name="Modératrice")
        moderator.roles.create(commune=commune, name="moderator")
        act(concern, moderator, "concern.approve")
    return Concern.objects.select_related("commune", "author").get(pk=concern.pk)


def act(concern: Concern, person: Person | None, name: str, /, **args: Any) -> Done:
    """Send a command from the concern's page; roles are asked as dispatch does."""
    command = registry.commands[name]
    context = there(subject_of(concern), person, concern.commune)
    if "concern" in command.args.model_fields and "comment" not in args:
        args.setdefault("concern", concern.pk)
    if "concern" not in command.on:
        context = board_context(concern.commune, person) if person else context
    assert not command.roles or command.roles & context.roles, f"{name} is for {command.roles}"
    with transaction.atomic():
        return command.handle(context, command.args.model_validate(args))


def said_by(concern: Concern, person: Person, text: str = "Oui, chez nous aussi.") -> Comment:
    done = act(concern, person, "comment.submit", text=text)
    return Comment.objects.get(pk=done.result["comment"])


def states(concern: Concern) -> dict[str, Any]:
    """What everyone may know of it."""
    return snapshot(concern.timeline_id, Stream.PUBLIC, 0).states


def board_states(commune: Commune) -> dict[str, Any]:
    board = commune.concern_board
    return snapshot(board.timeline_id, Stream.STAFF, 0).states


def kinds(concern: Concern) -> list[str]:
    return [entry.kind for entry in entries_since(concern.timeline_id, 0, Stream.PUBLIC)]


def picture(
    size: tuple[int, int] = (80, 60), kind: str = "JPEG", *, orientation: int | None = None
) -> bytes:
    """A picture with what a telephone notes in it: its make, and where it was."""
    image = Image.new("RGB", size, "darkgreen")
    image.paste("orange", (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    exif[0x010F] = "Téléphone de Dossou"
    exif.get_ifd(0x8825)[1] = "N"
    if orientation is not None:
        exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()

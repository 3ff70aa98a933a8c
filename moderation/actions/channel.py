"""Labels, private notes and the staff's own channel."""

from django.utils import timezone

from communes.models import Person
from consultations.actions.questions import find
from consultations.actions.transitions import tell_staff
from consultations.text import readable, tidy
from live.actions.context import Context
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import append
from live.timeline.read import milliseconds
from moderation.models import Note, StaffMessage
from moderation.protocol import (
    LabelConcern,
    LabelQuestion,
    NoteQuestion,
    NotesState,
    StaffMessageState,
    StaffSay,
)
from moderation.protocol import Note as NoteShown

from .matters import M, kind_of

STAFF = ("moderator", "clerk", "host")
MAX_LABELS = 10
#: Notes on one question that its key carries; a longer talk belongs in the channel.
MAX_NOTES = 30
TEXT_MAX = 500


def label(context: Context, matter: M, args: LabelQuestion | LabelConcern) -> M:
    """Add and remove labels; what is so already changes nothing."""
    removed = {tidy(label) for label in args.remove}
    labels = [label for label in matter.labels if label not in removed]
    for wanted in map(tidy, args.add):
        if wanted and wanted not in labels:
            labels.append(wanted)
    if len(labels) > MAX_LABELS:
        raise Refused(ErrorCode.INVALID, f"at most {MAX_LABELS} labels", field="add")
    if labels != matter.labels:
        matter.labels = labels
        matter.save(update_fields=["labels"])
        kind_of(matter).tell(matter, "labelled", context.by("moderator"))
    return matter


def note(context: Context, args: NoteQuestion) -> Note:
    """Note something about a question, for staff alone."""
    question = find(context, args.question)
    if question.notes >= MAX_NOTES:
        raise Refused(ErrorCode.TOO_LARGE, f"at most {MAX_NOTES} notes")
    by = context.by(*STAFF)
    added = Note.objects.create(
        question=question,
        author_id=context.person,
        role=by.role,
        text=readable(args.text, 1, TEXT_MAX),
        at=timezone.now(),
    )
    question.notes += 1
    question.save(update_fields=["notes"])
    append(
        question.sitting.timeline_id, "note.added", f"note/{question.pk}", notes_of(question.pk), by
    )
    tell_staff(question, "review.changed", by)
    return added


def notes_of(question_id: int) -> NotesState:
    """The state of key `note/<question>`."""
    notes = Note.objects.select_related("author").filter(question=question_id)
    return NotesState(
        question=question_id,
        notes=[
            NoteShown(
                by=note.author.display_name if note.author else "",
                role=note.role,
                text=note.text,
                at=milliseconds(note.at),
            )
            for note in notes
        ],
    )


def say(context: Context, args: StaffSay) -> StaffMessage:
    """Say something on the staff's channel."""
    sitting = context.sitting()
    by = context.by(*STAFF)
    message = StaffMessage.objects.create(
        sitting=sitting,
        author=Person.objects.get(pk=context.person),
        role=by.role,
        text=readable(args.text, 1, TEXT_MAX),
        at=timezone.now(),
    )
    append(sitting.timeline_id, "staff.said", f"staffchat/{message.pk}", message_state(message), by)
    return message


def message_state(message: StaffMessage) -> StaffMessageState:
    """The state of key `staffchat/<n>`."""
    return StaffMessageState(
        id=message.pk,
        by=message.author.public_id if message.author else "",
        by_name=message.author.display_name if message.author else "",
        role=message.role,
        text=message.text,
        at=milliseconds(message.at),
    )

"""What becomes of moderation when an account is deleted. Decisions stay, without the name."""

from django.db.models import Q as Where
from django.utils import timezone

from communes.models import Person
from consultations.models import PendingRefusal, Question
from live.actions.context import hold
from live.actions.subjects import hold_timelines
from live.models import Sitting
from live.timeline.append import By, blank_kind, redact
from moderation.contacts import contacts_of
from moderation.models import (
    Appeal,
    Decision,
    Note,
    Report,
    Sanction,
    StaffMessage,
    Verdict,
)

from . import appeals, channel, claims, sanctions
from .matters import KINDS, QUESTIONS

BY = By("citizen")


def forget_person(person: Person) -> None:
    """Before an account is deleted: names go from sanctions, appeals, notes and messages. A
    sanction that still holds keeps a keyed hash of what the account was confirmed with until it
    ends: deleting the account does not lift a ban."""
    _forget_sanctioned(person)
    _forget_appealing(person)
    _forget_colleague(person)
    # Their reports go with the account; what they were about has been looked at, or will be.
    Report.objects.filter(person=person).delete()


def _forget_sanctioned(person: Person) -> None:
    given = Where(person=person) | Where(moderator=person)
    for sanction in Sanction.objects.filter(given).select_related("person", "moderator"):
        if sanction.person_id == person.pk:
            now = timezone.now()
            over = sanction.lifted_at is not None or (sanction.until and sanction.until <= now)
            sanction.contacts = [] if over else contacts_of(person)
            sanction.person = None
        if sanction.moderator_id == person.pk:
            sanction.moderator = None
        sanction.save()
        state = sanctions.state(sanction)
        timeline = sanctions.timeline_of(sanction)
        hold_timelines([timeline])
        redact(timeline, "sanction.redacted", f"sanction/{sanction.pk}", state, BY)


def _forget_appealing(person: Person) -> None:
    theirs = Where(question__author=person) | Where(sanction__person=person)
    for appeal in Appeal.objects.select_related("question", "sanction").filter(theirs):
        appeal.text = ""
        appeal.save(update_fields=["text"])
        state = appeals.state(appeal)
        _redact(appeal.sitting_id, "appeal.redacted", f"appeal/{appeal.pk}", state)


def _forget_colleague(person: Person) -> None:
    claims.forget(person, BY)
    for kind in KINDS:
        blank_kind(f"{kind.claim}.taken", person.pk)
    noted = list(Note.objects.filter(author=person).values_list("question_id", flat=True))
    Note.objects.filter(author=person).update(author=None)
    for question in Question.objects.filter(pk__in=noted):
        state = channel.notes_of(question.pk)
        _redact(question.sitting_id, "note.redacted", f"note/{question.pk}", state)
    messages = list(StaffMessage.objects.filter(author=person))
    for message in messages:
        message.author = None
        message.save(update_fields=["author"])
        key, state_now = f"staffchat/{message.pk}", channel.message_state(message)
        _redact(message.sitting_id, "staff.redacted", key, state_now)
    asked = PendingRefusal.objects.filter(moderator=person)
    first = Decision.objects.filter(moderator=person, verdict=Verdict.SECOND)
    named = {
        kind: {key for rows in (asked, first) for key in rows.values_list(kind.about, flat=True)}
        for kind in KINDS
    }
    named[QUESTIONS] |= set(
        Question.objects.filter(forwarded_person=person).values_list("pk", flat=True)
    )
    asked.update(moderator=None)
    Question.objects.filter(forwarded_person=person).update(forwarded_person=None)
    for kind, keys in named.items():
        for key in sorted(keys - {None}):
            matter = kind.again(key)
            if matter is not None:
                name = f"{kind.review}/{key}"
                seen = kind.seen(matter)
                redact(kind.timeline(matter), f"{kind.review}.redacted", name, seen, BY)


def _redact(sitting_id: str, kind: str, key: str, state: object) -> None:
    hold(sitting_id)
    timeline = Sitting.objects.values_list("timeline_id", flat=True).get(pk=sitting_id)
    redact(timeline, kind, key, state, BY)  # type: ignore[arg-type]

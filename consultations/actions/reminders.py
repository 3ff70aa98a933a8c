"""Reminders: who wants to be told when a sitting starts, and by which ways they can be."""

from communes.models import Person
from consultations.models import PushDevice, Reminder
from consultations.protocol import MyReminder
from live.actions.context import Context
from live.models import SittingState
from live.protocol.errors import ErrorCode, Refused

#: Before a sitting starts.
REMINDING = frozenset({SittingState.SCHEDULED})


def remind(context: Context) -> MyReminder:
    """Be told when the sitting starts. Doing it twice changes nothing."""
    sitting = context.sitting()
    if sitting.state not in REMINDING:
        raise Refused(ErrorCode.WRONG_STATE, f"the sitting is {sitting.state}")
    Reminder.objects.bulk_create(
        [Reminder(sitting=sitting, person_id=context.person)], ignore_conflicts=True
    )
    return ways([context.person])[context.person]


def forget_reminder(context: Context) -> None:
    """No longer be told."""
    sitting = context.sitting()
    Reminder.objects.filter(sitting=sitting, person_id=context.person).delete()


def ways(people: list[int]) -> dict[int, MyReminder]:
    """By which ways each of these people can be told something."""
    mail = dict(Person.objects.filter(pk__in=people).values_list("pk", "email"))
    push = set(PushDevice.objects.filter(person_id__in=people).values_list("person_id", flat=True))
    return {
        person: MyReminder(email=bool(mail.get(person)), push=person in push) for person in people
    }

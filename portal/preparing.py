"""From the form to the actions: one transaction by the writer, refused when somebody else changed
the sitting since the form was read."""

from collections.abc import Sequence

from django.db.models import Max, Q

from communes.models import Commune
from live.actions import lifecycle
from live.actions.agenda import AgendaDraft
from live.actions.sittings import SittingDraft, create_sitting, edit_sitting
from live.delivery.writer import perform
from live.models import KeyState, Sitting
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By

#: What a button of the form does beyond saving.
TRANSITIONS = {"publish": "schedule", "unpublish": "unschedule"}


def version_of(sitting: Sitting) -> int:
    """Position of the last entry about what the form shows."""
    shown = Q(key="sitting") | Q(key__startswith="agenda/")
    rows = KeyState.objects.filter(shown, timeline_id=sitting.timeline_id)
    return rows.aggregate(last=Max("seq"))["last"] or 0


def make(
    commune: Commune, draft: SittingDraft, agenda: Sequence[AgendaDraft], by: By, button: str
) -> Sitting:
    """A new sitting; announced at once when `button` says so. Raises `Refused`."""

    def write() -> Sitting:
        sitting = create_sitting(commune, draft, by, agenda)
        return _go_on(sitting, by, button)

    return perform(write)


def rewrite(
    sitting: Sitting,
    seen: int,
    draft: SittingDraft,
    agenda: Sequence[AgendaDraft],
    by: By,
    button: str,
) -> Sitting:
    """Change a sitting that was at version `seen` when the form was read. Raises `Refused`, with
    `CONFLICT` when it has changed since."""

    def write() -> Sitting:
        if version_of(sitting) != seen:
            raise Refused(ErrorCode.CONFLICT, "the sitting has changed since the form was read")
        return _go_on(edit_sitting(sitting.pk, draft, by, agenda), by, button)

    return perform(write)


def cancel(sitting: Sitting, by: By) -> Sitting:
    """Cancel a sitting that has not begun. Raises `Refused`."""
    return perform(lambda: lifecycle.change(sitting.pk, "cancel", by))


def _go_on(sitting: Sitting, by: By, button: str) -> Sitting:
    name = TRANSITIONS.get(button)
    return lifecycle.change(sitting.pk, name, by) if name else sitting

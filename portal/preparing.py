"""From the form to the actions: one transaction by the writer, refused when somebody else changed
the sitting since the form was read."""

from collections.abc import Sequence

from django.db.models import Max, Q

from communes.models import Commune, RoleName
from live.actions import lifecycle
from live.actions.agenda import AgendaDraft
from live.actions.context import Context
from live.actions.sittings import SittingDraft, create_sitting, edit_sitting
from live.delivery.writer import perform
from live.models import KeyState, Sitting
from live.protocol.errors import ErrorCode, Refused

CLERK = RoleName.CLERK.value

#: What a button of the form does beyond saving.
TRANSITIONS = {"publish": "schedule", "unpublish": "unschedule"}


def version_of(sitting: Sitting) -> int:
    """Position of the last entry about what the form shows."""
    shown = Q(key="sitting") | Q(key__startswith="agenda/")
    rows = KeyState.objects.filter(shown, timeline_id=sitting.timeline_id)
    return rows.aggregate(last=Max("seq"))["last"] or 0


def make(
    commune: Commune, draft: SittingDraft, agenda: Sequence[AgendaDraft], who: Context, button: str
) -> Sitting:
    """A new sitting; announced at once when `button` says so. Raises `Refused`."""

    def write() -> Sitting:
        sitting = create_sitting(commune, draft, who.by(CLERK), agenda)
        return _go_on(sitting, who, button)

    return perform(write)


def rewrite(
    sitting: Sitting,
    seen: int,
    draft: SittingDraft,
    agenda: Sequence[AgendaDraft],
    who: Context,
    button: str,
) -> Sitting:
    """Change a sitting that was at version `seen` when the form was read. Raises `Refused`, with
    `CONFLICT` when it has changed since."""

    def write() -> Sitting:
        if version_of(sitting) != seen:
            raise Refused(ErrorCode.CONFLICT, "the sitting has changed since the form was read")
        edited = edit_sitting(sitting.pk, draft, who.by(CLERK), agenda)
        return _go_on(edited, who, button)

    return perform(write)


def cancel(sitting: Sitting, who: Context) -> Sitting:
    """Cancel a sitting that has not begun. Raises `Refused`."""
    return perform(lambda: lifecycle.change(sitting.pk, "cancel", who.by(CLERK)))


def _go_on(sitting: Sitting, who: Context, button: str) -> Sitting:
    name = TRANSITIONS.get(button)
    return lifecycle.change(sitting.pk, name, who.by(CLERK)) if name else sitting

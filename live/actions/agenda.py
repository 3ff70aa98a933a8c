"""The agenda: written beforehand, opened and closed point by point during the sitting."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from live.models import AgendaItem, AgendaState, Sitting, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By, append

from .context import held, hold
from .doors import in_public
from .facts import agenda_facts

RUNNING = frozenset({SittingState.LIVE, SittingState.PAUSED})


@dataclass(frozen=True)
class AgendaDraft:
    """One point as the clerk writes it; `id` names a point that exists already."""

    title: str
    presenter: str = ""
    minutes: int | None = None
    id: int | None = None


def set_agenda(sitting_id: str, drafts: Sequence[AgendaDraft], by: By) -> None:
    """Make the agenda what `drafts` say, in their order. Points that have been opened cannot be
    removed; raises `Refused`."""
    sitting = held(sitting_id)
    present = {item.pk: item for item in sitting.agenda.all()}
    kept = {draft.id for draft in drafts if draft.id is not None}
    if unknown := kept - set(present):
        raise Refused(ErrorCode.NOT_FOUND, f"agenda items {sorted(unknown)}")
    for item in [item for key, item in present.items() if key not in kept]:
        if item.state != AgendaState.PENDING:
            raise Refused(ErrorCode.WRONG_STATE, f"agenda item {item.pk} was already opened")
        append(sitting.timeline_id, "agenda.removed", f"agenda/{item.pk}", None, by)
        item.delete()
    for position, draft in enumerate(drafts, start=1):
        _place(sitting, present, position, draft, by)


def _place(
    sitting: Sitting,
    present: dict[int, AgendaItem],
    position: int,
    draft: AgendaDraft,
    by: By,
) -> None:
    wanted = {
        "position": position,
        "title": draft.title,
        "presenter": draft.presenter,
        "minutes": draft.minutes,
    }
    if draft.id is None:
        item = AgendaItem.objects.create(sitting=sitting, **wanted)
        kind = "agenda.added"
    else:
        item = present[draft.id]
        if all(getattr(item, name) == value for name, value in wanted.items()):
            return
        for name, value in wanted.items():
            setattr(item, name, value)
        item.save()
        kind = "agenda.edited"
    append(sitting.timeline_id, kind, f"agenda/{item.pk}", agenda_facts(item), by)


def open_item(sitting_id: str, item_id: int, by: By) -> None:
    """Take up a point; the one under discussion, if any, is closed by it."""
    _need(sitting_id, item_id, AgendaState.PENDING, by)
    _discuss(sitting_id, item_id, "agenda.opened", by)


def reopen_item(sitting_id: str, item_id: int, by: By) -> None:
    """Take up a closed point again."""
    _need(sitting_id, item_id, AgendaState.CLOSED, by)
    _discuss(sitting_id, item_id, "agenda.reopened", by)


def close_item(sitting_id: str, item_id: int, by: By) -> None:
    """End the discussion of a point."""
    item = _need(sitting_id, item_id, AgendaState.OPEN, by)
    item.state, item.closed_at = AgendaState.CLOSED, timezone.now()
    _save(item, "agenda.closed", by)


def revert_item(sitting_id: str, item_id: int, by: By) -> None:
    """Undo a wrong click: the point was not taken up after all."""
    item = _need(sitting_id, item_id, AgendaState.OPEN, by)
    item.state, item.opened_at, item.closed_at = AgendaState.PENDING, None, None
    _save(item, "agenda.reverted", by)


def _discuss(sitting_id: str, item_id: int, kind: str, by: By) -> None:
    now = timezone.now()
    for other in AgendaItem.objects.filter(sitting_id=sitting_id, state=AgendaState.OPEN):
        other.state, other.closed_at = AgendaState.CLOSED, now
        _save(other, "agenda.closed", by)
    item = AgendaItem.objects.get(pk=item_id)
    item.state, item.closed_at = AgendaState.OPEN, None
    item.opened_at = item.opened_at or now
    _save(item, kind, by)


def _need(sitting_id: str, item_id: int, state: AgendaState, by: By) -> AgendaItem:
    hold(sitting_id)
    item = AgendaItem.objects.filter(sitting_id=sitting_id, pk=item_id).first()
    if item is None:
        raise Refused(ErrorCode.NOT_FOUND, f"agenda item {item_id}")
    in_public(item.sitting, by)
    if item.sitting.state not in RUNNING:
        raise Refused(ErrorCode.WRONG_STATE, f"the sitting is {item.sitting.state}")
    if item.state != state:
        raise Refused(ErrorCode.WRONG_STATE, f"the point is {item.state}")
    return item


def _save(item: AgendaItem, kind: str, by: By) -> None:
    item.save()
    append(item.sitting.timeline_id, kind, f"agenda/{item.pk}", agenda_facts(item), by)

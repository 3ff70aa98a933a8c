"""From rows to the states that entries carry."""

from datetime import datetime

from live.models import AgendaItem, Sitting
from live.protocol.states import AgendaItemState, SittingFacts
from live.timeline.read import milliseconds


def optional(moment: datetime | None) -> int | None:
    return None if moment is None else milliseconds(moment)


def sitting_facts(sitting: Sitting) -> SittingFacts:
    """The state of key `sitting`."""
    return SittingFacts.model_validate(
        {
            "state": sitting.state,
            "kind": sitting.kind,
            "title": sitting.title,
            "place": sitting.place,
            "scheduled_at": milliseconds(sitting.scheduled_at),
            "started_at": optional(sitting.started_at),
            "ended_at": optional(sitting.ended_at),
            "rehearsal": sitting.rehearsal,
            "questions_open": sitting.questions_open,
        }
    )


def agenda_facts(item: AgendaItem) -> AgendaItemState:
    """The state of key `agenda/<id>`."""
    return AgendaItemState.model_validate(
        {
            "id": item.pk,
            "position": item.position,
            "title": item.title,
            "presenter": item.presenter,
            "minutes": item.minutes,
            "state": item.state,
            "opened_at": optional(item.opened_at),
            "closed_at": optional(item.closed_at),
        }
    )

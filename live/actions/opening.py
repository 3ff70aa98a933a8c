"""The first entries of a timeline: what is known of a sitting before anything happens."""

from live.models import Sitting
from live.timeline.append import SYSTEM, By, append

from .facts import agenda_facts, sitting_facts


def write_opening(sitting: Sitting, by: By = SYSTEM) -> None:
    """Write the sitting and its agenda onto its empty timeline."""
    append(sitting.timeline_id, "sitting.created", "sitting", sitting_facts(sitting), by)
    for item in sitting.agenda.all():
        append(sitting.timeline_id, "agenda.added", f"agenda/{item.pk}", agenda_facts(item), by)

"""The end of a rehearsal: nothing is kept."""

from collections.abc import Callable

from live.models import Recording, Sitting, SittingState
from live.timeline.append import reset

from .opening import write_opening

_hooks: list[Callable[[Sitting], None]] = []


def on_forget(hook: Callable[[Sitting], None]) -> None:
    """Have `hook` delete what its feature stored of a rehearsal."""
    _hooks.append(hook)


def forget(sitting: Sitting) -> None:
    """Delete all that the rehearsal left, and make the sitting a draft again."""
    for hook in _hooks:
        hook(sitting)
    Recording.objects.filter(sitting=sitting).delete()
    reset(sitting.timeline_id)
    sitting.agenda.update(state="pending", opened_at=None, closed_at=None)
    sitting.state = SittingState.DRAFT
    sitting.started_at = sitting.ended_at = None
    sitting.questions_open = True
    sitting.media_purge = True
    sitting.save()
    write_opening(sitting)

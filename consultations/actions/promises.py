"""What a hearing opens with: what the commune promised before."""

from django.db.models import Q, QuerySet

from consultations.models import Commitment, CommitmentStatus
from consultations.protocol import PromisesState
from live.actions.context import hold
from live.models import KeyState, Sitting, SittingKind, SittingState
from live.timeline.append import By, append

from .commitment_states import commitment_state

#: So many are said at most; the register has them all.
MOST = 50
RUNNING = frozenset({SittingState.LIVE, SittingState.PAUSED, SittingState.CLOSED_DOORS})
OVER = frozenset({SittingState.ENDED, SittingState.ARCHIVED})
PENDING = frozenset({CommitmentStatus.OPEN, CommitmentStatus.LATE})


def last_hearing(sitting: Sitting) -> Sitting | None:
    """The commune's hearing before this sitting."""
    return (
        Sitting.objects.filter(
            commune_id=sitting.commune_id,
            kind=SittingKind.HEARING,
            rehearsal=False,
            state__in=OVER,
            scheduled_at__lt=sitting.scheduled_at,
        )
        .exclude(pk=sitting.pk)
        .order_by("-scheduled_at")
        .first()
    )


def promises_before(sitting: Sitting) -> QuerySet[Commitment]:
    """What the commune promised before this sitting: all of the last hearing, and of the others
    what is still open or late. Soonest due first."""
    last = last_hearing(sitting)
    wanted = Q(state__in=PENDING) | Q(sitting=last) if last else Q(state__in=PENDING)
    return (
        Commitment.objects.filter(wanted, commune_id=sitting.commune_id, sitting__rehearsal=False)
        .exclude(sitting=sitting)
        .select_related("sitting", "commune")
        .order_by("due_on", "pk")
    )


def recall_promises(sitting: Sitting, by: By) -> None:
    """Say them on the sitting's timeline, when there are any and they are not said so already."""
    state = PromisesState(
        items=[commitment_state(commitment) for commitment in promises_before(sitting)[:MOST]]
    )
    said = KeyState.objects.filter(timeline_id=sitting.timeline_id, key="promises").first()
    body = state.model_dump(mode="json")
    if (said.state if said else None) == body or not (state.items or said):
        return
    append(sitting.timeline_id, "promises.recalled", "promises", state, by)


def refresh_promises(commitment: Commitment, by: By) -> None:
    """Tell the running sittings that began with this promise what became of it."""
    sittings = Sitting.objects.filter(
        commune_id=commitment.commune_id,
        state__in=RUNNING,
        timeline__key_states__key="promises",
    ).exclude(pk=commitment.sitting_id)
    for sitting in sittings.order_by("timeline_id"):
        hold(sitting.pk)
        recall_promises(sitting, by)

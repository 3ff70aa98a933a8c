"""What the public list of a commune's concerns hears of them: one key on the board's timeline, for
everyone, that says what moved last. So a list that is looked at moves, and whoever comes is told
little: the page has said the rest."""

from typing import get_args

from django.utils import timezone

from consultations.models import Concern
from consultations.protocol import ConcernTally, ListedConcern, ListedFacts, ProgressName
from live.timeline.append import SYSTEM, By, append
from live.timeline.read import milliseconds

#: States in which a concern is in the list.
LISTED = frozenset(get_args(ProgressName))


def tell_list(concern_id: int, board: str, by: By, *, was_public: bool = True) -> None:
    """Say on the board's timeline what the list shows of a concern now, both timelines held.
    Nothing is said of what is not public, but that it is gone (`was_public`). What it says of the
    supports, the concern's own timeline says too."""
    concern = Concern.objects.select_related("category").get(pk=concern_id)
    if concern.supports != concern.tallied:
        tally = ConcernTally(supports=concern.supports)
        append(concern.timeline_id, "backing.counted", f"backing/{concern.pk}", tally, SYSTEM)
        counted = {"tallied": concern.supports, "tallied_at": timezone.now()}
        Concern.objects.filter(pk=concern.pk).update(**counted)
    listed = _listed(concern)
    if listed is not None or was_public:
        append(board, "listed.changed", "listed", ListedConcern(id=concern.pk, now=listed), by)


def _listed(concern: Concern) -> ListedFacts | None:
    if concern.state not in LISTED or concern.published_at is None:
        return None
    return ListedFacts.model_validate(
        {
            "state": concern.state,
            "category": concern.category.slug,
            "arrondissement": concern.arrondissement_id,
            "supports": concern.supports,
            "comments": concern.comments,
            "published_at": milliseconds(concern.published_at),
        }
    )

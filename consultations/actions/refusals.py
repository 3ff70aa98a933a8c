"""What staff sees of a refusal that waits for a second moderator."""

from typing import Any

from consultations.models import Comment, Concern, PendingRefusal, Question
from live.timeline.read import milliseconds


def second_opinion(**about: Question | Concern | Comment) -> dict[str, Any] | None:
    """The refusal of this `question`, `concern` or `comment` that waits, as `SecondOpinion`."""
    waiting = PendingRefusal.objects.select_related("moderator").filter(**about).first()
    if waiting is None:
        return None
    return {
        "by": waiting.moderator.public_id if waiting.moderator else None,
        "by_name": waiting.moderator.display_name if waiting.moderator else "",
        "code": waiting.code,
        "reason": waiting.reason,
        "asked_at": milliseconds(waiting.asked_at),
        "until": milliseconds(waiting.until),
    }

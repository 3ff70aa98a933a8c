"""A concern or a comment that came: what the filters notice, and the words by which others like it
are found."""

from datetime import timedelta

from django.utils import timezone

from communes.models import Person
from consultations.models import Comment, Concern
from moderation import concern_index

from .arrival import NEW_WITHIN, Flag, about_management, of_text
from .risk import risk_of

#: More comments of one person than this within this time are a flood.
FLOOD, FLOOD_WITHIN = 5, timedelta(minutes=10)


def screen_concern(concern: Concern) -> None:
    """Set flags and risk of a concern whose row exists, which the caller saves; index it."""
    concern.flags = [
        *of_text(concern.text, concern.commune_id),
        *about_management(concern.text),
        *_of_author(concern.author),
    ]
    concern.risk = risk_of(concern.flags, concern.reports)
    concern_index.index(concern)


def screen_comment(comment: Comment) -> None:
    """Set flags and risk of a comment whose row exists, which the caller saves."""
    flags = [
        *of_text(comment.text, comment.concern.commune_id),
        *about_management(comment.text),
        *_of_author(comment.author),
    ]
    recent = Comment.objects.filter(
        author=comment.author, submitted_at__gte=comment.submitted_at - FLOOD_WITHIN
    ).count()
    if recent > FLOOD:
        flags.append({"code": "flood", "excerpt": str(recent)})
    comment.flags = flags
    comment.risk = risk_of(flags, comment.reports)


def _of_author(author: Person | None) -> list[Flag]:
    if author is None or timezone.now() - author.joined_at >= NEW_WITHIN:
        return []
    return [{"code": "new_account", "excerpt": ""}]

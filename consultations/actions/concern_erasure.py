"""What becomes of concerns and comments when their author deletes the account."""

from django.db.models import F

from communes.models import Person
from consultations.models import Comment, CommentState, Concern, ConcernState, ConcernSupport
from consultations.photos import shelf
from live.actions.subjects import hold_subjects
from live.models import Entry
from live.timeline.append import By, redact

from . import concern_comments
from .concern_locks import with_boards
from .concern_states import (
    board_timeline,
    comment_facts,
    comment_review,
    facts,
    move,
    review,
)

BY = By("citizen")


def forget_concerns(person: Person) -> None:
    """Before an account is deleted: what is public stays, without the name; what still waits is
    withdrawn, its pictures go; supports are taken back."""
    concerns = Concern.objects.select_related("commune", "category", "arrondissement", "author")
    mine = concerns.filter(author=person)
    said = Comment.objects.select_related("concern__commune", "concern__category").filter(
        author=person
    )
    supported = ConcernSupport.objects.filter(person=person).values_list("concern_id", flat=True)
    theirs = {*mine.values_list("pk", flat=True), *said.values_list("concern_id", flat=True)}
    hold_subjects(with_boards(theirs | set(supported)))
    # Read now that nobody else changes them.
    for concern in mine:
        _forget(concern)
    for comment in said:
        _forget_comment(comment)
    for key in list(supported):
        Concern.objects.filter(pk=key).update(supports=F("supports") - 1)
    ConcernSupport.objects.filter(person=person).delete()


def _forget(concern: Concern) -> None:
    if concern.state == ConcernState.PENDING:
        move(concern, ConcernState.WITHDRAWN, BY)
    if concern.state in {ConcernState.WITHDRAWN, ConcernState.REJECTED}:
        shelf.discard(concern.photos.values_list("name", flat=True))
        concern.photos.all().delete()
    concern.signature, concern.author = "", None
    concern.save()
    key = f"concern_review/{concern.pk}"
    redact(board_timeline(concern), "concern_review.redacted", key, review(concern), BY)
    key = f"concern/{concern.pk}"
    if Entry.objects.filter(timeline_id=concern.timeline_id, key=key).exists():
        redact(concern.timeline_id, "concern.redacted", key, facts(concern), BY)


def _forget_comment(comment: Comment) -> None:
    if comment.office:
        # The commune's word stays; who typed it goes.
        Comment.objects.filter(pk=comment.pk).update(author=None)
        comment.author = None
    elif comment.state == CommentState.PENDING:
        concern_comments.move(comment, CommentState.WITHDRAWN, BY)
    comment.signature, comment.author = "", None
    comment.save()
    concern = comment.concern
    key = f"comment_review/{comment.pk}"
    redact(board_timeline(concern), "comment_review.redacted", key, comment_review(comment), BY)
    key = f"comment/{comment.pk}"
    if Entry.objects.filter(timeline_id=concern.timeline_id, key=key).exists():
        state = comment_facts(comment) if comment.state == CommentState.PUBLISHED else None
        redact(concern.timeline_id, "comment.redacted", key, state, BY)

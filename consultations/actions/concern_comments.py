"""The discussion of a concern: comments, replies one level deep, the commune's answers."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils import timezone

from communes.models import Person
from consultations.models import Comment, CommentState, Concern, ConcernBoard
from consultations.protocol import AnswerConcern, SubmitComment
from consultations.protocol.concerns import COMMENT_MAX, COMMENT_MIN, OFFICIAL_MAX
from consultations.text import readable, tidy
from live.actions.context import Context
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By

from . import hooks, notices
from .concern_lists import tell_list
from .concern_states import (
    COMMENT_TRANSITIONS,
    DISCUSSED,
    board_timeline,
    tell_board_of_comment,
    tell_comment,
)
from .concerns import HOLD_RISK, SPEAKING, find, signature_of

S = CommentState


def comment(context: Context, wanted: SubmitComment) -> Comment:
    """Say something. It is public at once or waits for a moderator, as the commune has it."""
    concern = _discussed(context, wanted.concern)
    hooks.check_in("submit", concern.commune_id, context.person)
    author = Person.objects.get(pk=context.person)
    said = _write(
        concern,
        author,
        readable(wanted.text, COMMENT_MIN, COMMENT_MAX),
        wanted.parent,
        signature=signature_of(author, wanted.signed),
    )
    hooks.screen_comment(said)
    said.save()
    by = By("citizen", author.pk)
    tell_board_of_comment(said, by, "comment_review.submitted")
    moderation = ConcernBoard.objects.get(commune=concern.commune_id).comment_moderation
    if moderation == "after" and said.risk < HOLD_RISK:
        move(said, S.PUBLISHED, by)
    return said


def answer(context: Context, wanted: AnswerConcern) -> Comment:
    """The commune's answer, for an office that is named. Those who follow are told."""
    concern = _discussed(context, wanted.concern)
    said = _write(
        concern,
        Person.objects.get(pk=context.person),
        readable(wanted.text, COMMENT_MIN, OFFICIAL_MAX),
        wanted.parent,
        office=tidy(wanted.office),
        reviewed=True,
    )
    move(said, S.PUBLISHED, context.by(*SPEAKING), kind="comment.official")
    notices.concern_followers(concern, "answer", said)
    return said


def _discussed(context: Context, concern_id: int) -> Concern:
    concern = find(context, concern_id)
    if concern.state not in DISCUSSED:
        raise Refused(ErrorCode.WRONG_STATE, f"the concern is {concern.state}")
    return concern


def _write(
    concern: Concern,
    author: Person,
    text: str,
    parent: int | None,
    *,
    signature: str = "",
    office: str = "",
    reviewed: bool = False,
) -> Comment:
    return Comment.objects.create(
        concern=concern,
        parent=_parent(concern, parent),
        author=author,
        signature=signature,
        text=text,
        office=office,
        reviewed=reviewed,
        submitted_at=timezone.now(),
    )


def _parent(concern: Concern, key: int | None) -> Comment | None:
    """What is replied to: a published comment of this concern. A reply to a reply stands beside
    it."""
    if key is None:
        return None
    found = Comment.objects.select_related("parent").filter(
        concern=concern, pk=key, state=S.PUBLISHED
    )
    parent = found.first()
    if parent is None:
        raise Refused(ErrorCode.NOT_FOUND, f"comment {key}", field="parent")
    return parent.parent or parent


def find_comment(context: Context, comment_id: int) -> Comment:
    """A comment of the concern whose page this is, or of the board's commune, with its concern's
    timeline held; raises `Refused`."""
    concern = Comment.objects.filter(pk=comment_id).values_list("concern_id", flat=True).first()
    if concern is None:
        raise Refused(ErrorCode.NOT_FOUND, f"comment {comment_id}")
    find(context, concern)
    return Comment.objects.select_related(
        "concern__commune", "concern__category", "author", "parent"
    ).get(pk=comment_id)


def need(said: Comment, target: CommentState) -> None:
    """Raise `Refused` unless the comment's state allows it."""
    if said.state not in COMMENT_TRANSITIONS[target]:
        raise Refused(
            ErrorCode.WRONG_STATE, f"the comment is {said.state}", data={"state": said.state}
        )


def move(
    said: Comment,
    target: CommentState,
    by: By,
    kind: str = "",
    review_kind: str = "comment_review.changed",
) -> None:
    """Bring a comment to `target`, with its entries; count it. Raises `Refused`."""
    need(said, target)
    was_public = said.state == S.PUBLISHED
    said.state = target
    if target == S.PUBLISHED:
        said.published_at = said.published_at or timezone.now()
    said.save()
    _count(said, was_public, by)
    default = "comment.published" if target == S.PUBLISHED else "comment.unpublished"
    tell_comment(said, kind or default, by, review_kind=review_kind, was_public=was_public)


def restore(said: Comment, before: CommentState, fields: Mapping[str, Any], by: By) -> None:
    """Bring a comment back to the state that it had `before`, with these fields as they were."""
    was_public = said.state == S.PUBLISHED
    moved = said.state != before
    said.state = before
    for name, value in fields.items():
        setattr(said, name, value)
    said.save()
    _count(said, was_public, by)
    review_kind = "comment_review.restored"
    if moved:
        kind = "comment.reverted"
        tell_comment(said, kind, by, review_kind=review_kind, was_public=was_public)
    else:
        tell_board_of_comment(said, by, review_kind)


def _count(said: Comment, was_public: bool, by: By) -> None:
    public = said.state == S.PUBLISHED
    if public != was_public:
        change = 1 if public else -1
        Concern.objects.filter(pk=said.concern_id).update(comments=F("comments") + change)
        tell_list(said.concern_id, board_timeline(said.concern), by, was_public=False)


def withdraw(context: Context, comment_id: int) -> Comment:
    """Take back one's own comment. What the commune answered stays."""
    said = find_comment(context, comment_id)
    if said.author_id != context.person or said.office:
        raise Refused(ErrorCode.FORBIDDEN, "not your comment")
    move(said, S.WITHDRAWN, By("citizen", context.person))
    return said

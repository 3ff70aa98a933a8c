"""The states of a concern, how it goes from one to another, and what timelines say of it."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from django.utils import timezone

from consultations.models import (
    Comment,
    CommentState,
    Concern,
    ConcernBoard,
    ConcernPhoto,
    ConcernReferral,
    ConcernState,
    ReasonCode,
)
from consultations.protocol import (
    CommentFacts,
    CommentReview,
    ConcernFacts,
    ConcernReview,
)
from live.actions.facts import optional
from live.actions.subjects import Subject
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By, append
from live.timeline.read import milliseconds

from .concern_lists import tell_list
from .refusals import second_opinion

C = ConcernState

#: From which states a concern may reach each state.
TRANSITIONS: dict[ConcernState, frozenset[ConcernState]] = {
    C.PENDING: frozenset(),
    C.RECEIVED: frozenset({C.PENDING, C.REJECTED}),
    C.TAKEN_UP: frozenset({C.RECEIVED, C.PLANNED, C.DONE, C.REFUSED}),
    C.PLANNED: frozenset({C.RECEIVED, C.TAKEN_UP}),
    C.DONE: frozenset({C.RECEIVED, C.TAKEN_UP, C.PLANNED}),
    C.REFUSED: frozenset({C.RECEIVED, C.TAKEN_UP, C.PLANNED}),
    C.REJECTED: frozenset({C.PENDING, C.RECEIVED, C.TAKEN_UP, C.PLANNED, C.REFUSED}),
    C.MERGED: frozenset({C.PENDING, C.RECEIVED, C.TAKEN_UP, C.PLANNED}),
    C.WITHDRAWN: frozenset({C.PENDING, C.RECEIVED}),
}
#: Everyone may read it.
PUBLIC = frozenset({C.RECEIVED, C.TAKEN_UP, C.PLANNED, C.DONE, C.REFUSED})
#: One may support it: there is still something to be done.
OPEN = frozenset({C.RECEIVED, C.TAKEN_UP, C.PLANNED})
#: One may speak of it: also once it is done, or declined.
DISCUSSED = PUBLIC

KINDS = {
    C.RECEIVED: "concern.published",
    C.TAKEN_UP: "concern.taken_up",
    C.PLANNED: "concern.planned",
    C.DONE: "concern.done",
    C.REFUSED: "concern.refused",
    C.REJECTED: "concern.unpublished",
    C.WITHDRAWN: "concern.unpublished",
    C.MERGED: "concern.merged",
}
#: A comment's states, from which it may reach each.
COMMENT_TRANSITIONS: dict[CommentState, frozenset[CommentState]] = {
    CommentState.PENDING: frozenset(),
    CommentState.PUBLISHED: frozenset({CommentState.PENDING, CommentState.REJECTED}),
    CommentState.REJECTED: frozenset({CommentState.PENDING, CommentState.PUBLISHED}),
    CommentState.WITHDRAWN: frozenset({CommentState.PENDING, CommentState.PUBLISHED}),
}


def is_public(concern: Concern) -> bool:
    return concern.state in PUBLIC


def subject_of(concern: Concern) -> Subject:
    """A concern as the subject of its timeline. One that was joined to another stays readable: it
    says where to go."""
    hidden = concern.state not in PUBLIC | {C.MERGED} or concern.published_at is None
    return Subject("concern", str(concern.pk), concern.timeline_id, concern.commune_id, hidden)


def find_concern(concern_id: str) -> Subject | None:
    if not (concern_id.isascii() and concern_id.isdigit() and len(concern_id) < 16):
        return None
    concern = Concern.objects.filter(pk=int(concern_id)).first()
    return None if concern is None else subject_of(concern)


def need(concern: Concern, target: ConcernState) -> None:
    """Raise `Refused` unless the concern's state allows it."""
    if concern.state not in TRANSITIONS[target]:
        raise Refused(
            ErrorCode.WRONG_STATE,
            f"the concern is {concern.state}",
            data={"state": concern.state},
        )


def move(
    concern: Concern, target: ConcernState, by: By, review_kind: str = "concern_review.changed"
) -> None:
    """Bring a concern to `target`, with its entries. Raises `Refused`."""
    need(concern, target)
    was_public = is_public(concern)
    concern.state, concern.changed_at = target, timezone.now()
    if target in PUBLIC and concern.published_at is None:
        concern.published_at = concern.changed_at
    concern.save()
    tell(concern, KINDS[target], by, review_kind=review_kind, was_public=was_public)
    tell_list(concern.pk, board_timeline(concern), by, was_public=was_public)


def restore(concern: Concern, before: ConcernState, fields: Mapping[str, Any], by: By) -> None:
    """Bring a concern back to the state that it had `before`, with these fields as they were."""
    was_public = is_public(concern)
    moved = concern.state != before
    concern.state = before
    if moved:
        concern.changed_at = timezone.now()
    for name, value in fields.items():
        setattr(concern, name, value)
    concern.save()
    if moved:
        review_kind = "concern_review.restored"
        tell(concern, "concern.reverted", by, review_kind=review_kind, was_public=was_public)
        tell_list(concern.pk, board_timeline(concern), by, was_public=was_public)
    else:
        tell_board(concern, by, "concern_review.restored")


def separate(concern: Concern, by: By) -> None:
    """Bring a joined concern back to the state in which it was joined."""
    concern.state, concern.merged_from = C(concern.merged_from), ""
    concern.merged_into, concern.changed_at = None, timezone.now()
    concern.save()
    tell(concern, "concern.separated", by)
    tell_list(concern.pk, board_timeline(concern), by, was_public=False)


def tell(
    concern: Concern,
    kind: str,
    by: By,
    *,
    review_kind: str = "concern_review.changed",
    was_public: bool = False,
) -> None:
    """Say what a concern has become, to everyone and to the board."""
    if was_public or is_public(concern):
        append(concern.timeline_id, kind, f"concern/{concern.pk}", facts(concern), by)
    tell_board(concern, by, review_kind)


def tell_board(concern: Concern, by: By, kind: str = "concern_review.changed") -> None:
    """Say what moderators see of a concern."""
    append(board_timeline(concern), kind, f"concern_review/{concern.pk}", review(concern), by)


def board_timeline(concern: Concern) -> str:
    timeline: str = ConcernBoard.objects.values_list("timeline_id", flat=True).get(
        commune=concern.commune_id
    )
    return timeline


def tell_comment(
    comment: Comment,
    kind: str,
    by: By,
    *,
    review_kind: str = "comment_review.changed",
    was_public: bool = False,
) -> None:
    """Say what a comment has become, to everyone (`kind`) and to the board."""
    public = comment.state == CommentState.PUBLISHED
    if was_public or public:
        state = comment_facts(comment) if public else None
        append(comment.concern.timeline_id, kind, f"comment/{comment.pk}", state, by)
    tell_board_of_comment(comment, by, review_kind)


def tell_board_of_comment(comment: Comment, by: By, kind: str = "comment_review.changed") -> None:
    timeline = board_timeline(comment.concern)
    append(timeline, kind, f"comment_review/{comment.pk}", comment_review(comment), by)


# ── states ────────────────────────────────────────────────────────────────────────────────────


def page_of(concern: Concern) -> str:
    """The path of its page (`portal.urls`)."""
    return f"/{concern.commune.slug}/preoccupations/{concern.pk}/"


def root(concern: Concern) -> Concern:
    """The concern that carries on for this one: itself, unless it was merged."""
    while concern.state == C.MERGED and concern.merged_into is not None:
        concern = concern.merged_into
    return concern


def facts(concern: Concern, relatives: Mapping[int, int] | None = None) -> ConcernFacts | None:
    """The state of key `concern/<id>`; None when it is not public. `relatives`: as `relatives_of`
    says, where it was asked of many at once."""
    if subject_of(concern).hidden or concern.published_at is None:
        return None
    carrier = root(concern)
    merged = carrier is not concern
    joined = relatives_of([concern.pk]) if relatives is None else relatives
    return ConcernFacts.model_validate(
        {
            **_common(concern),
            "state": concern.state,
            "due_on": concern.due_on,
            "published_at": milliseconds(concern.published_at),
            "relatives": joined.get(concern.pk, 0),
            "merged_into": carrier.pk if merged else None,
            "merged_page": page_of(carrier) if merged else "",
            "referrals": [_referral(concern, one) for one in _referrals(concern)],
        }
    )


def _common(concern: Concern) -> dict[str, Any]:
    return {
        "id": concern.pk,
        "text": concern.text,
        "signature": concern.signature,
        "category": concern.category.slug,
        "category_name": concern.category.name,
        "arrondissement": concern.arrondissement.name if concern.arrondissement else "",
        "quarter": concern.quarter,
        "photos": [_photo(concern, photo) for photo in concern.photos.all()],
        "note": concern.note,
        "office": concern.office,
        "submitted_at": milliseconds(concern.submitted_at),
        "changed_at": milliseconds(concern.changed_at),
        "page": page_of(concern),
    }


def _photo(concern: Concern, photo: ConcernPhoto) -> dict[str, Any]:
    address = f"/{concern.commune.slug}/preoccupations/photos/{photo.name}"
    return {"address": address, "width": photo.width, "height": photo.height}


def relatives_of(concerns: Collection[int]) -> dict[int, int]:
    """How many were joined to each of these, directly or through others; 0 is left out."""
    found: Counter[int] = Counter()
    level = {key: key for key in concerns}
    while level:
        rows = Concern.objects.filter(merged_into__in=level, state=C.MERGED)
        pairs = rows.values_list("pk", "merged_into")
        level = {key: level[into] for key, into in pairs if into is not None}
        found.update(level.values())
    return found


def _referrals(concern: Concern) -> list[ConcernReferral]:
    return list(concern.referrals.all())


def _referral(concern: Concern, referral: ConcernReferral) -> dict[str, Any]:
    sitting = referral.sitting
    return {
        "id": referral.pk,
        "kind": "question" if referral.question_id else "agenda",
        "sitting": sitting.pk,
        "title": sitting.title,
        "page": f"/{sitting.commune.slug}/seances/{sitting.slug}/",
        "at": milliseconds(referral.at),
        "answered_at": optional(referral.answered_at),
        "moment": f"{page_of(concern)}seance/{referral.pk}/",
    }


def review(concern: Concern) -> ConcernReview:
    """The state of key `concern_review/<id>`."""
    author = concern.author
    return ConcernReview.model_validate(
        {
            **_common(concern),
            "author": (author.display_name or None) if author else None,
            "person": author.public_id if author else None,
            "state": concern.state,
            "code": concern.code or None,
            "reviewed": concern.reviewed,
            "flags": concern.flags,
            "risk": concern.risk,
            "reports": concern.reports,
            "labels": concern.labels,
            "second_opinion": second_opinion(concern=concern),
            "supports": concern.supports,
            "comments": concern.comments,
            "published_at": optional(concern.published_at),
            "merged_into": concern.merged_into_id if concern.state == C.MERGED else None,
        }
    )


def comment_facts(comment: Comment) -> CommentFacts:
    """The state of key `comment/<id>`."""
    return CommentFacts(
        id=comment.pk,
        parent=comment.parent_id,
        text=comment.text,
        signature=comment.signature,
        office=comment.office,
        at=milliseconds(comment.published_at or comment.submitted_at),
    )


def comment_review(comment: Comment) -> CommentReview:
    """The state of key `comment_review/<id>`."""
    author = comment.author
    return CommentReview.model_validate(
        {
            "id": comment.pk,
            "concern": comment.concern_id,
            "parent": comment.parent_id,
            "text": comment.text,
            "signature": comment.signature,
            "author": (author.display_name or None) if author else None,
            "person": author.public_id if author else None,
            "office": comment.office,
            "state": comment.state,
            "code": comment.code or None,
            "note": comment.note,
            "reviewed": comment.reviewed,
            "flags": comment.flags,
            "risk": comment.risk,
            "reports": comment.reports,
            "labels": comment.labels,
            "second_opinion": second_opinion(comment=comment),
            "submitted_at": milliseconds(comment.submitted_at),
            "page": page_of(comment.concern),
        }
    )


def why(code: str, note: str) -> str:
    """Why moderators did not publish something, in words."""
    label = "" if code in {"", "other"} else str(ReasonCode(code).label)
    return " – ".join(part for part in (label, note) if part)

"""What moderators decide of concerns and comments, and what citizens report. Who decided what, when
and why stands on the board's timeline, whose digests vouch for it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.actions import concern_comments, hooks, notices
from consultations.actions.concern_comments import find_comment
from consultations.actions.concern_states import (
    OPEN,
    is_public,
    move,
    need,
    separate,
    tell,
    tell_board,
    tell_board_of_comment,
)
from consultations.actions.concern_supports import count
from consultations.actions.concerns import find, hold_all
from consultations.models import (
    Comment,
    CommentState,
    Concern,
    ConcernFollower,
    ConcernState,
    ConcernSupport,
)
from consultations.protocol import (
    DecideComment,
    DecideConcern,
    MergeConcerns,
    RejectComment,
    RejectConcern,
)
from consultations.text import tidy
from live.actions.context import Context
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By
from moderation.models import Report, Sanction
from moderation.protocol import ReportComment, ReportConcern, SanctionAuthor
from moderation.screening.risk import with_reports

from . import sanctions
from .uniting import Ties

C = ConcernState
MODERATOR = "moderator"
SUPPORTS = Ties(ConcernSupport, "concern", ("at",))
FOLLOWERS = Ties(ConcernFollower, "concern")


def _as_seen(state: str, seen: str | None) -> None:
    if seen is not None and seen != state:
        raise Refused(ErrorCode.CONFLICT, "no longer as seen", data={"state": state})


def approve(context: Context, args: DecideConcern) -> Concern:
    """Publish a concern, also one that was not; or say that what is public may stay so."""
    concern = find(context, args.concern)
    _as_seen(concern.state, args.seen)
    by = context.by(MODERATOR)
    concern.reviewed, concern.code = True, ""
    if is_public(concern):
        concern.save(update_fields=["reviewed", "code"])
        tell_board(concern, by)
        return concern
    concern.note = ""
    move(concern, C.RECEIVED, by)
    notices.concern_followers(concern, "published")
    return concern


def reject(context: Context, args: RejectConcern) -> Concern:
    """Do not publish a concern, or take it back, for a reason that its author reads."""
    concern = find(context, args.concern)
    _as_seen(concern.state, args.seen)
    need(concern, C.REJECTED)
    concern.code, concern.note, concern.reviewed = args.code, _reason(args.code, args.reason), True
    move(concern, C.REJECTED, context.by(MODERATOR))
    return concern


def _reason(code: str, said: str) -> str:
    reason = tidy(said)
    if code == "other" and len(reason) < 3:
        words = _("Please give a reason.")
        raise Refused(ErrorCode.INVALID, "no reason", field="reason", message=words)
    return reason


def approve_comment(context: Context, args: DecideComment) -> Comment:
    """Publish a comment, or say that it may stay."""
    said = find_comment(context, args.comment)
    _as_seen(said.state, args.seen)
    by = context.by(MODERATOR)
    said.reviewed, said.code, said.note = True, "", ""
    if said.state == CommentState.PUBLISHED:
        said.save()
        tell_board_of_comment(said, by)
    else:
        concern_comments.move(said, CommentState.PUBLISHED, by)
    return said


def reject_comment(context: Context, args: RejectComment) -> Comment:
    """Do not publish a comment, or take it back. What the commune answered is not moderated."""
    said = find_comment(context, args.comment)
    _as_seen(said.state, args.seen)
    if said.office:
        raise Refused(ErrorCode.FORBIDDEN, "the commune's answer")
    concern_comments.need(said, CommentState.REJECTED)
    said.code, said.note, said.reviewed = args.code, _reason(args.code, args.reason), True
    concern_comments.move(said, CommentState.REJECTED, context.by(MODERATOR))
    return said


# ── joining ───────────────────────────────────────────────────────────────────────────────────


def merge(context: Context, args: MergeConcerns) -> Concern:
    """Let `target` carry on for others of its commune: who supported and followed them supports
    and follows it, each person once; their addresses lead to it. All or, with a `Refused`, none."""
    sources = list(dict.fromkeys(args.concerns))
    if args.target in sources:
        words = _("A concern cannot be joined to itself.")
        raise Refused(ErrorCode.INVALID, "with itself", field="concerns", message=words)
    rows = [find(context, key) for key in sorted({args.target, *sources})]
    hold_all(rows)
    found = {concern.pk: concern for concern in rows}
    target, by = found[args.target], context.by(MODERATOR)
    if target.state not in OPEN | {C.DONE}:
        raise Refused(ErrorCode.WRONG_STATE, f"the concern is {target.state}", field="target")
    for key in sources:
        _join(found[key], target, by)
    target.refresh_from_db(fields=["supports"])
    tell(target, "concern.related", by)
    count(target)
    return target


def _join(source: Concern, target: Concern, by: By) -> None:
    need(source, C.MERGED)
    source.merged_from = source.state
    source.merged_into, source.reviewed = target, True
    move(source, C.MERGED, by)
    added = SUPPORTS.bring(source.pk, target.pk)
    if source.author_id is not None and source.author_id != target.author_id:
        now = timezone.now()
        added += SUPPORTS.bring_one(source.author_id, source.pk, target.pk, at=now)
    Concern.objects.filter(pk=target.pk).update(supports=F("supports") + added)
    FOLLOWERS.bring(source.pk, target.pk)
    notices.concern_followers(source, "merged")


def split(context: Context, concerns: Sequence[int]) -> list[Concern]:
    """Undo joining: these stand by themselves again, as they did before, and who supports and
    follows the other because of them alone no longer does. All or, with a `Refused`, none."""
    return [_part(context, key) for key in sorted(set(concerns))]


def _part(context: Context, key: int) -> Concern:
    source, by = find(context, key), context.by(MODERATOR)
    carrier = source.merged_into_id
    if source.state != C.MERGED or carrier is None or not source.merged_from:
        raise Refused(ErrorCode.WRONG_STATE, f"the concern is {source.state}")
    target = find(context, carrier)
    if target.state == C.MERGED:
        # What carries on for it was joined itself: that has to be undone first.
        words = _("The other was joined itself. Separate that one first.")
        raise Refused(ErrorCode.WRONG_STATE, f"{target.pk} is merged", message=words)
    others = target.merged.filter(state=C.MERGED).exclude(pk=source.pk)
    authors = dict(others.exclude(author=None).values_list("author_id", "pk"))
    gone = SUPPORTS.take(source.pk, target.pk, others, authors)
    FOLLOWERS.take(source.pk, target.pk, others, {})
    Concern.objects.filter(pk=target.pk).update(supports=F("supports") - gone)
    separate(source, by)
    target.refresh_from_db(fields=["supports"])
    tell(target, "concern.related", by)
    count(target)
    return source


# ── reports and sanctions ─────────────────────────────────────────────────────────────────────


def report(context: Context, args: ReportConcern) -> Concern:
    """Say that a public concern should not be there; once per person, again changes nothing."""
    concern = find(context, args.concern)
    if not is_public(concern):
        raise Refused(ErrorCode.NOT_FOUND, f"concern {args.concern} is not public")
    if concern.author_id == context.person:
        raise Refused(ErrorCode.FORBIDDEN, "one's own concern")
    hooks.check_in("submit", concern.commune_id, context.person)
    if _reported(context, args, {"concern": concern}):
        concern.reports += 1
        concern.flags, concern.risk = with_reports(concern.flags, concern.reports, args.code)
        concern.save(update_fields=["reports", "flags", "risk"])
        tell_board(concern, By("citizen"))
    return concern


def report_comment(context: Context, args: ReportComment) -> Comment:
    """The same of a comment."""
    said = find_comment(context, args.comment)
    if said.state != CommentState.PUBLISHED or said.office:
        raise Refused(ErrorCode.NOT_FOUND, f"comment {args.comment} cannot be reported")
    if said.author_id == context.person:
        raise Refused(ErrorCode.FORBIDDEN, "one's own comment")
    hooks.check_in("submit", said.concern.commune_id, context.person)
    if _reported(context, args, {"comment": said}):
        said.reports += 1
        said.flags, said.risk = with_reports(said.flags, said.reports, args.code)
        said.save(update_fields=["reports", "flags", "risk"])
        tell_board_of_comment(said, By("citizen"))
    return said


def _reported(context: Context, args: ReportConcern | ReportComment, what: dict[str, Any]) -> bool:
    _, new = Report.objects.get_or_create(
        **what, person_id=context.person, defaults={"code": args.code, "text": tidy(args.text)}
    )
    return new


def sanction(context: Context, args: SanctionAuthor) -> Sanction:
    """Warn or exclude the author of a concern or a comment; it holds in the whole commune."""
    if (args.concern is None) == (args.comment is None):
        raise Refused(ErrorCode.INVALID, "a concern or a comment", field="concern")
    if args.comment is not None:
        said = find_comment(context, args.comment)
        return sanctions.give(context, said.author, said.concern.commune, args)
    concern = find(context, args.concern or 0)
    return sanctions.give(context, concern.author, concern.commune, args)

"""What moderators decide of concerns and comments, and what citizens report. Who decided what, when
and why stands on the board's timeline, whose digests vouch for it."""

from typing import Any

from consultations.actions import hooks
from consultations.actions.concern_comments import find_comment
from consultations.actions.concern_states import is_public, tell_board, tell_board_of_comment
from consultations.actions.concerns import find
from consultations.models import Comment, CommentState, Concern
from consultations.protocol import DecideComment, DecideConcern, RejectComment, RejectConcern
from consultations.text import tidy
from live.actions.context import Context
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By
from moderation.models import Report, Sanction, Verdict
from moderation.protocol import ReportComment, ReportConcern, SanctionAuthor
from moderation.screening.risk import with_reports

from . import opinions, sanctions
from .decisions import as_seen, record, remember, too_late, waits_no_longer
from .matters import COMMENTS, CONCERNS, M, kind_of

MODERATOR = "moderator"


def approve(context: Context, args: DecideConcern) -> Concern:
    """Publish a concern, also one that was not; or say that what is public may stay so."""
    concern = CONCERNS.find(context, args.concern)
    as_seen(context, concern, args.seen)
    return _approve(context, concern)


def approve_comment(context: Context, args: DecideComment) -> Comment:
    """Publish a comment, or say that it may stay."""
    said = COMMENTS.find(context, args.comment)
    as_seen(context, said, args.seen)
    return _approve(context, said)


def _approve(context: Context, matter: M) -> M:
    kind, by, before = kind_of(matter), context.by(MODERATOR), remember(matter)
    if matter.state in {"withdrawn", "merged"}:
        raise too_late(matter)
    hidden = matter.state in {"pending", "rejected"}
    if not hidden and matter.reviewed and "refusal" not in before:
        # Nobody asks for a word about it.
        return matter
    waits_no_longer(matter)
    matter.reviewed = True
    if hidden:
        # What the commune last said of a public one stays.
        kind.word(matter, "", "")
    kind.publish(matter, by, "changed")
    overruled = opinions.overruled(context, before)
    record(matter, Verdict.OVERRULE if overruled else Verdict.APPROVE, before, by)
    return matter


def reject(context: Context, args: RejectConcern) -> Concern:
    """Do not publish a concern, or take it back, for a reason that its author reads; or ask a
    second moderator to."""
    concern = CONCERNS.find(context, args.concern)
    as_seen(context, concern, args.seen)
    return opinions.refuse(context, concern, args.code, args.reason)


def reject_comment(context: Context, args: RejectComment) -> Comment:
    """The same of a comment. What the commune answered is not moderated."""
    said = COMMENTS.find(context, args.comment)
    if said.office:
        raise Refused(ErrorCode.FORBIDDEN, "the commune's answer")
    as_seen(context, said, args.seen)
    return opinions.refuse(context, said, args.code, args.reason)


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
        # Somebody looks at it again, also at what a moderator has published.
        concern.reviewed = False
        concern.flags, concern.risk = with_reports(concern.flags, concern.reports, args.code)
        concern.save(update_fields=["reports", "reviewed", "flags", "risk"])
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
        said.reviewed = False
        said.flags, said.risk = with_reports(said.flags, said.reports, args.code)
        said.save(update_fields=["reports", "reviewed", "flags", "risk"])
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

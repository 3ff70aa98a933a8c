"""Joining concerns that say the same, and separating them again: who supports and follows them is
united by it, each person once, and parted again."""

from collections.abc import Sequence

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.actions import notices
from consultations.actions.concern_states import OPEN, move, need, separate, tell
from consultations.actions.concern_supports import count
from consultations.actions.concerns import find, hold_all
from consultations.models import Concern, ConcernFollower, ConcernState, ConcernSupport
from consultations.protocol import MergeConcerns
from live.actions.context import Context
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By
from moderation.models import Verdict

from .decisions import as_seen, record, remember, too_late
from .matters import CONCERNS, SETTLED
from .uniting import Ties

C = ConcernState
MODERATOR = "moderator"
SUPPORTS = Ties(ConcernSupport, "concern", ("at",))
FOLLOWERS = Ties(ConcernFollower, "concern")
#: A concern may carry on for others while it is one of these.
CARRYING = OPEN | {C.DONE}


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
    for key in sources:
        source = found[key]
        as_seen(context, source, args.seen.get(str(key)))
        before = remember(source)
        _join(source, target, by)
        record(source, Verdict.MERGE, before, by, target=target)
    _related(target, by)
    return target


def split(context: Context, concerns: Sequence[int]) -> list[Concern]:
    """Undo joining: these stand by themselves again, as they did before, and who supports and
    follows the other because of them alone no longer does. All or, with a `Refused`, none."""
    parted, by = [], context.by(MODERATOR)
    for key in sorted(set(concerns)):
        source = find(context, key)
        as_seen(context, source, None)
        before, target = remember(source), source.merged_into
        take_apart(context, source, by)
        record(source, Verdict.SPLIT, before, by, target=target)
        parted.append(source)
    return parted


def put_together(context: Context, target_id: int, source: Concern, by: By) -> None:
    """Join one concern to another of its commune."""
    target = find(context, target_id)
    _join(source, target, by)
    _related(target, by)


def take_apart(context: Context, source: Concern, by: By) -> None:
    """Let a joined concern stand by itself again, in the state that it had before."""
    carrier = source.merged_into_id
    if source.state != C.MERGED or carrier is None or not source.merged_from:
        raise too_late(source)
    target = find(context, carrier)
    if target.state == C.MERGED:
        # What carries on for it was joined itself: that has to be undone first.
        words = _("The other was joined itself. Separate that one first.")
        data = CONCERNS.present(source)
        raise Refused(ErrorCode.WRONG_STATE, f"{target.pk} is merged", message=words, data=data)
    others = target.merged.filter(state=C.MERGED).exclude(pk=source.pk)
    authors = dict(others.exclude(author=None).values_list("author_id", "pk"))
    gone = SUPPORTS.take(source.pk, target.pk, others, authors)
    FOLLOWERS.take(source.pk, target.pk, others, {})
    Concern.objects.filter(pk=target.pk).update(supports=F("supports") - gone)
    separate(source, by)
    _related(target, by)


def _join(source: Concern, target: Concern, by: By) -> None:
    if target.state not in CARRYING:
        raise Refused(
            ErrorCode.WRONG_STATE,
            f"the concern is {target.state}",
            field="target",
            data=CONCERNS.present(target),
        )
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
    notices.concern_followers(source, "merged", after=SETTLED)


def _related(target: Concern, by: By) -> None:
    target.refresh_from_db(fields=["supports"])
    tell(target, "concern.related", by)
    count(target)

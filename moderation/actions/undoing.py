"""Taking back one's own last decision, within seconds of it: the inverse step, as an entry."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.actions.concern_locks import Held, concerns_held, with_boards
from consultations.models import Concern, Question
from live.actions.context import Context
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By
from moderation.models import Decision, Verdict
from moderation.protocol import UNDO_S, UndoDecision

from . import joining, merging
from .decisions import last_decision, recall_refusal, record, remember
from .matters import M, kind_of


def undone_held(context: Context, args: UndoDecision) -> Held:
    """What taking it back locks: the concern that carries on for one that was joined, or did before
    it was separated, too."""
    held = concerns_held(context, args)
    if args.concern is None:
        return held
    carriers = set(Concern.objects.filter(pk=args.concern).values_list("merged_into", flat=True))
    carriers |= set(Decision.objects.filter(concern=args.concern).values_list("carrier", flat=True))
    return held | with_boards({key for key in carriers if key is not None})


def undo(context: Context, matter: M) -> M:
    """Take back one's own last decision about it."""
    kind, decision = kind_of(matter), last_decision(matter)
    if decision is None or decision.moderator_id != context.person:
        raise Refused(ErrorCode.CONFLICT, "not your decision", data=kind.present(matter))
    if matter.state != decision.to_state:
        raise Refused(ErrorCode.CONFLICT, "changed since", data=kind.present(matter))
    if timezone.now() - decision.at > timedelta(seconds=UNDO_S):
        words = _("It is too late to take this back.")
        raise Refused(ErrorCode.WRONG_STATE, "too late", message=words)
    if decision.verdict == Verdict.APPEAL:
        raise Refused(ErrorCode.WRONG_STATE, "an appeal is decided once")
    by, before = context.by("moderator", "host"), remember(matter)
    if decision.verdict not in {Verdict.MERGE, Verdict.SPLIT}:
        recall_refusal(matter, decision.before)
        fields = kind.recalled(decision.before)
        kind.restore(matter, decision.from_state, fields, by)
    elif isinstance(matter, Question):
        _question(matter, decision, by)
    elif isinstance(matter, Concern):
        _concern(context, matter, decision, by)
    Decision.objects.filter(pk=decision.pk).update(undone=True)
    record(matter, Verdict.UNDO, before, by, reason=decision.verdict)
    return matter


def _question(question: Question, decision: Decision, by: By) -> None:
    if decision.verdict == Verdict.MERGE:
        merging.take_apart(question, by)
    elif decision.target_id is not None:
        merging.put_together(decision.target_id, question, by)


def _concern(context: Context, concern: Concern, decision: Decision, by: By) -> None:
    if decision.verdict == Verdict.MERGE:
        joining.take_apart(context, concern, by)
    elif decision.carrier_id is not None:
        joining.put_together(context, decision.carrier_id, concern, by)

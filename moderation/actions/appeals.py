"""Appeals: once per question that was refused or joined to another, and per sanction; decided by
another moderator."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.actions.question_states import APPEALABLE
from consultations.actions.questions import find, find_own
from consultations.actions.rules import OVER
from consultations.actions.transitions import move, tell_staff
from consultations.models import AppealStatus, Question, QuestionState
from consultations.text import readable
from live.actions.context import Context
from live.actions.facts import optional
from live.models import Sitting
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By, append
from live.timeline.read import milliseconds
from moderation.models import Appeal, Decision, Verdict
from moderation.protocol import AppealState, DecideAppeal, SubmitAppeal

from . import merging, sanctions
from .decisions import another, record, remember

Q = QuestionState
TEXT_MAX = 500
#: What an appeal is against; whoever decided so does not decide the appeal.
DECIDED = (Verdict.REJECT, Verdict.SECOND, Verdict.MERGE)


def state(appeal: Appeal) -> AppealState:
    """The state of key `appeal/<id>`."""
    quote = appeal.question.text if appeal.question else ""
    return AppealState.model_validate(
        {
            "id": appeal.pk,
            "question": appeal.question_id,
            "sanction": appeal.sanction_id,
            "quote": appeal.sanction.reason if appeal.sanction else quote,
            "text": appeal.text,
            "merged": _about_merge(appeal),
            "state": appeal.state,
            "reason": appeal.reason,
            "at": milliseconds(appeal.at),
            "decided_at": optional(appeal.decided_at),
            "not_by": sorted(_deciders(appeal).values()),
        }
    )


def submit(context: Context, args: SubmitAppeal) -> Appeal:
    """Ask another moderator to look again at my question, which was refused or joined to another
    one, or at a sanction against me."""
    sitting = context.sitting()
    text = readable(args.text, 3, TEXT_MAX)
    if (args.question is None) == (args.sanction is None):
        raise Refused(ErrorCode.INVALID, "a question or a sanction", field="question")
    appeal = Appeal(sitting=sitting, text=text, at=timezone.now())
    by = By("citizen", context.person)
    if args.question is not None:
        question = find_own(context, args.question)
        if question.state not in APPEALABLE or question.appeal:
            raise _not_now(question.appeal)
        question.appeal = AppealStatus.PENDING
        question.save(update_fields=["appeal"])
        appeal.question = question
        tell_staff(question, "review.changed", by)
    elif args.sanction is not None:
        sanction = sanctions.own(context, args.sanction)
        if sanction.lifted_at is not None or sanction.appeal:
            raise _not_now(sanction.appeal)
        sanction.appeal = AppealStatus.PENDING
        sanction.save(update_fields=["appeal"])
        appeal.sanction = sanction
    appeal.save()
    _say(appeal, "appeal.submitted", by)
    return appeal


def _not_now(status: str) -> Refused:
    if status:
        return Refused(
            ErrorCode.CONFLICT,
            f"appeal {status}",
            message=_("You have already asked for this to be looked at again."),
        )
    return Refused(ErrorCode.WRONG_STATE, "nothing to appeal")


def decide(context: Context, args: DecideAppeal) -> Appeal:
    """Accept or dismiss an appeal; for whoever did not decide first."""
    context.sitting()
    appeal = (
        Appeal.objects.select_related("question", "sanction", "sitting")
        .filter(pk=args.appeal, sitting_id=context.sitting_id)
        .first()
    )
    if appeal is None:
        raise Refused(ErrorCode.NOT_FOUND, f"appeal {args.appeal}")
    if appeal.state != AppealStatus.PENDING:
        raise Refused(ErrorCode.CONFLICT, "decided", data={"state": appeal.state})
    another(context, *_deciders(appeal))
    by = context.by("moderator")
    reason = readable(args.reason, 3, TEXT_MAX, field="reason")
    _close(appeal, args.accept, reason, by)
    if appeal.question_id is not None:
        question = find(context, appeal.question_id)
        question.appeal, question.appeal_reason = appeal.state, reason
        if args.accept and question.state == Q.REJECTED:
            _publish(question, by, reason)
        elif args.accept and question.state == Q.MERGED:
            _separate(question, by, reason)
        else:
            question.save(update_fields=["appeal", "appeal_reason"])
            tell_staff(question, "review.changed", by)
    elif appeal.sanction is not None:
        sanctions.hear(appeal.sanction, appeal.state, reason, by)
    return appeal


def settle(context: Context, question: Question) -> None:
    """A moderator publishes a refused question after all, or takes a merge apart: an appeal that
    waits is accepted. The caller saves the question."""
    appeal = Appeal.objects.filter(question=question, state=AppealStatus.PENDING).first()
    if appeal is not None:
        question.appeal = AppealStatus.ACCEPTED
        _close(appeal, True, "", context.by("moderator"))


def _separate(question: Question, by: By, reason: str) -> None:
    """Let a question stand by itself again that was joined to another: as it was before, and
    published when there is nobody left to decide."""
    before, target = remember(question), question.merged_into
    merging.take_apart(question, by)
    if question.sitting.state in OVER:
        question.published_at = question.published_at or timezone.now()
        move(question, Q.NOT_REACHED, "question.not_reached", by)
    record(question, Verdict.APPEAL, before, by, reason=reason, target=target)


def _publish(question: Question, by: By, reason: str) -> None:
    before = remember(question)
    question.code, question.reason, question.reviewed = "", "", True
    over = question.sitting.state in OVER
    if over:
        question.published_at = question.published_at or timezone.now()
    target, kind = (
        (Q.NOT_REACHED, "question.not_reached") if over else (Q.APPROVED, "question.approved")
    )
    move(question, target, kind, by)
    record(question, Verdict.APPEAL, before, by, reason=reason)


def _close(appeal: Appeal, accept: bool, reason: str, by: By) -> None:
    appeal.state = AppealStatus.ACCEPTED if accept else AppealStatus.DISMISSED
    appeal.reason, appeal.decided_by_id, appeal.decided_at = reason, by.person_id, timezone.now()
    appeal.save()
    _say(appeal, "appeal.decided", by)


def _say(appeal: Appeal, kind: str, by: By) -> None:
    timeline = Sitting.objects.values_list("timeline_id", flat=True).get(pk=appeal.sitting_id)
    append(timeline, kind, f"appeal/{appeal.pk}", state(appeal), by)


def _about_merge(appeal: Appeal) -> bool:
    """Whether the question had been joined to another when its author appealed."""
    if appeal.question_id is None:
        return False
    decided = Decision.objects.filter(
        question=appeal.question_id, verdict__in=DECIDED, undone=False, at__lte=appeal.at
    )
    last = decided.order_by("-pk").first()
    return last is not None and last.verdict == Verdict.MERGE


def _deciders(appeal: Appeal) -> dict[int, str]:
    """Who may not decide it: their id and public id."""
    if appeal.question_id is not None:
        decisions = Decision.objects.filter(
            question=appeal.question_id,
            verdict__in=DECIDED,
            undone=False,
            moderator__isnull=False,
        )
        return dict(decisions.values_list("moderator_id", "moderator__public_id"))
    first = appeal.sanction.moderator if appeal.sanction else None
    return {first.pk: first.public_id} if first else {}

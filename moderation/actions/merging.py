"""Joining questions that ask the same, and separating them again. Nothing is lost by it: each
keeps its text, author and supporters, and the one that carries on counts every person once."""

from django.utils.translation import gettext_lazy as _

from consultations.actions.levels import counted_level
from consultations.actions.present import present, reaching
from consultations.actions.questions import find
from consultations.actions.transitions import move, tell
from consultations.models import Question, QuestionState, Support
from live.actions.context import Context
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By
from moderation.models import Decision, Verdict
from moderation.protocol import MergeQuestions

from .decisions import as_seen, record, remember
from .matters import QUESTIONS
from .uniting import Ties

Q = QuestionState
SUPPORTS = Ties(Support, "question", ("level",))
#: A question may carry on for others while it is one of these.
CARRYING = frozenset({Q.PENDING, Q.APPROVED, Q.HIGHLIGHTED, Q.ON_SCREEN, Q.ANSWERED})


def merge(context: Context, args: MergeQuestions) -> Question:
    """Let `target` carry on for the others: all of them or, with a `Refused`, none."""
    if args.target in args.questions or len(set(args.questions)) < len(args.questions):
        raise Refused(
            ErrorCode.INVALID,
            "with itself",
            field="questions",
            message=_("A question cannot be joined to itself."),
        )
    by = context.by("moderator")
    carrying(find(context, args.target))
    for key in args.questions:
        source = find(context, key)
        as_seen(context, source, args.seen.get(str(key)))
        before = remember(source)
        put_together(args.target, source, by)
        target = find(context, args.target)
        record(source, Verdict.MERGE, before, by, target=target)
    return find(context, args.target)


def split(context: Context, questions: list[int]) -> list[Question]:
    """Separate questions again that were merged: all of them or, with a `Refused`, none."""
    by, parted = context.by("moderator"), []
    for key in dict.fromkeys(questions):
        question = find(context, key)
        before, target = remember(question), question.merged_into
        take_apart(question, by)
        record(question, Verdict.SPLIT, before, by, target=target)
        parted.append(question)
    return parted


def carrying(question: Question) -> None:
    """Raise `Refused` when a question cannot carry on for others."""
    if question.state not in CARRYING:
        raise Refused(
            ErrorCode.WRONG_STATE,
            f"the question is {question.state}",
            field="target",
            data=present(question),
        )


def put_together(target_id: int, source: Question, by: By) -> None:
    """Merge one question into another of the same sitting."""
    target = _carrier(target_id)
    if target.sitting_id != source.sitting_id:
        raise Refused(ErrorCode.NOT_FOUND, "of another sitting", field="questions")
    carrying(target)
    reaching(source, Q.MERGED)
    source.merged_into = target
    move(source, Q.MERGED, "question.unpublished", by, review_kind="question.merged")
    target.supports += _bring_supporters(source, target)
    target.relatives += 1 + source.relatives
    target.save(update_fields=["supports", "relatives"])
    tell(target, "question.related", by)


def take_apart(source: Question, by: By) -> None:
    """Let a merged question stand by itself again, in the state it had before."""
    if source.state != Q.MERGED or source.merged_into_id is None:
        raise Refused(
            ErrorCode.WRONG_STATE, f"the question is {source.state}", data=present(source)
        )
    target = _carrier(source.merged_into_id)
    if target.state == Q.MERGED:
        # What carries on for it was merged itself: that has to be taken apart first.
        raise Refused(ErrorCode.WRONG_STATE, f"{target.pk} is merged", data=present(target))
    merged = (
        Decision.objects.filter(question=source, verdict=Verdict.MERGE, undone=False)
        .order_by("-pk")
        .first()
    )
    if merged is None:
        raise LookupError(f"question {source.pk} is merged, and no decision says so")
    target.supports -= _take_supporters(source, target)
    target.relatives -= 1 + source.relatives
    target.save(update_fields=["supports", "relatives"])
    move(
        source,
        Q(merged.from_state),
        "question.reverted",
        by,
        review_kind="question.split",
        restore=QUESTIONS.recalled(merged.before),
    )
    tell(target, "question.related", by)


def part(question: Question, by: By) -> None:
    """A question's author takes it back: those for which it carried on stand by themselves."""
    for source in question.merged.select_related("sitting", "author").filter(state=Q.MERGED):
        before = remember(source)
        take_apart(source, by)
        record(source, Verdict.SPLIT, before, by, target=question)


def _carrier(question_id: int) -> Question:
    return Question.objects.select_related("sitting", "author", "forwarded_person").get(
        pk=question_id
    )


def _bring_supporters(source: Question, target: Question) -> int:
    """Who supported the merged question, and who asked it, support the other now; how many were
    not counted there yet."""
    added = SUPPORTS.bring(source.pk, target.pk)
    if source.author_id is not None and source.author_id != target.author_id:
        level = counted_level(source.sitting_id, source.author_id)
        added += SUPPORTS.bring_one(source.author_id, source.pk, target.pk, level=level)
    return added


def _take_supporters(source: Question, target: Question) -> int:
    """Supports that came through the merged question go with it, unless another one that is still
    merged brings the same person; how many went."""
    others = target.merged.filter(state=Q.MERGED).exclude(pk=source.pk)
    authors = dict(others.exclude(author=None).values_list("author_id", "pk"))
    return SUPPORTS.take(source.pk, target.pk, others, authors)

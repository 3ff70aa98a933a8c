"""Commands of moderation, registered with the protocol; and where moderation joins in with what
citizens contribute."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from communes.identity import erasure
from consultations.actions import hooks
from consultations.actions.concern_locks import concerns_held, of_answered
from consultations.actions.question_states import my_question
from consultations.actions.rules import rules_of
from consultations.models import Question
from consultations.protocol import (
    AnswerInWriting,
    DecideQuestion,
    ForwardQuestion,
    RejectQuestion,
)
from live.actions.context import Context
from live.actions.lifecycle import on_change
from live.actions.rehearsal import on_forget
from live.models import Sitting
from live.protocol.registry import Command, Counter, Done, registry
from live.timeline.append import By
from moderation import tasks
from moderation.actions import (
    answers,
    appeals,
    channel,
    claims,
    ending,
    merging,
    opinions,
    reports,
    review,
    sanctions,
    statistics,
    sweep,
    undoing,
)
from moderation.actions.erasure import forget_person
from moderation.actions.matters import QUESTIONS, named
from moderation.actions.undoing import undone_held
from moderation.models import Appeal, Group, IndexedQuestion, IndexedWord, Sanction, StaffMessage
from moderation.protocol import (
    ClaimThese,
    DecideAppeal,
    IssueSanction,
    LabelQuestion,
    LiftSanction,
    MergeQuestions,
    NoteQuestion,
    ReleaseThese,
    ReportQuestion,
    SecondOpinionGiven,
    SplitQuestions,
    StaffSay,
    SubmitAppeal,
    UndoDecision,
)
from moderation.screening import arrival

MODERATOR = frozenset({"moderator"})
PRESENTING = frozenset({"moderator", "host"})
STAFF = frozenset({"moderator", "host", "clerk"})
#: Where moderators decide: at a sitting's desk, at a commune's; and on a concern's page.
DESKS = frozenset({"sitting", "board"})
DECIDED = DESKS | {"concern"}
#: Decisions per minute of one moderator with both hands on the keys.
FAST = "240/minute"


def _state(question: Question) -> Done:
    return Done({"state": question.state})


def _decide(
    action: Callable[[Context, DecideQuestion], Question],
) -> Callable[[Context, DecideQuestion], Done]:
    def handle(context: Context, args: DecideQuestion) -> Done:
        return _state(action(context, args))

    return handle


def _reject(context: Context, args: RejectQuestion) -> Done:
    question = review.reject(context, args)
    waits = question.state != "rejected"
    if waits:
        minutes = rules_of(question.sitting).second_opinion_minutes
        tasks.plan(timezone.now() + timedelta(minutes=minutes))
    return Done({"state": question.state, "second_opinion": waits})


def _second(context: Context, args: SecondOpinionGiven) -> Done:
    matter = named(context, args)
    return Done({"state": opinions.second(context, matter, args.confirm).state})


def _undo(context: Context, args: UndoDecision) -> Done:
    return Done({"state": undoing.undo(context, named(context, args)).state})


def _claim(context: Context, args: ClaimThese) -> Done:
    return Done(claims.take(context, args))


def _release(context: Context, args: ReleaseThese) -> Done:
    claims.release(context, args)
    return Done()


def _merge(context: Context, args: MergeQuestions) -> Done:
    target = merging.merge(context, args)
    return Done({"target": target.pk, "relatives": target.relatives, "supports": target.supports})


def _split(context: Context, args: SplitQuestions) -> Done:
    parted = review.split(context, args.questions)
    return Done({"states": {str(question.pk): question.state for question in parted}})


def _label(context: Context, args: LabelQuestion) -> Done:
    question = QUESTIONS.find(context, args.question)
    return Done({"labels": channel.label(context, question, args).labels})


def _note(context: Context, args: NoteQuestion) -> Done:
    return Done({"note": channel.note(context, args).pk})


def _say(context: Context, args: StaffSay) -> Done:
    return Done({"message": channel.say(context, args).pk})


def _forward(context: Context, args: ForwardQuestion) -> Done:
    return _state(answers.forward(context, args))


def _answer(context: Context, args: AnswerInWriting) -> Done:
    return _state(answers.answer_in_writing(context, args))


def _issue(context: Context, args: IssueSanction) -> Done:
    return Done({"sanction": sanctions.issue(context, args).pk})


def _lift(context: Context, args: LiftSanction) -> Done:
    return Done({"sanction": sanctions.lift(context, args.sanction, args.reason).pk})


def _appeal(context: Context, args: SubmitAppeal) -> Done:
    appeal = appeals.submit(context, args)
    mine = {}
    if appeal.question is not None:
        mine[f"question/{appeal.question_id}"] = my_question(appeal.question)
    if appeal.sanction is not None:
        mine[f"sanction/{appeal.sanction_id}"] = sanctions.my_sanction(appeal.sanction)
    return Done({"appeal": appeal.pk}, dict(mine))


def _hear(context: Context, args: DecideAppeal) -> Done:
    return Done({"state": appeals.decide(context, args).state})


def _report(context: Context, args: ReportQuestion) -> Done:
    reports.report(context, args)
    return Done()


def _changed(sitting: Sitting, name: str, by: By) -> None:
    # What a rehearsal leaves is forgotten anyway.
    if name == "end" and not sitting.rehearsal:
        ending.close_questions(sitting)
        tasks.plan()


def _forget(sitting: Sitting) -> None:
    # In this order: what refers to others goes first.
    for model in (Appeal, Sanction, StaffMessage, IndexedWord, IndexedQuestion, Group):
        model.objects.filter(sitting=sitting).delete()


for _command in (
    Command("question.approve", DecideQuestion, _decide(review.approve), MODERATOR, rate=FAST),
    Command("question.reject", RejectQuestion, _reject, MODERATOR, rate=FAST),
    Command("question.highlight", DecideQuestion, _decide(review.highlight), PRESENTING),
    Command("question.unhighlight", DecideQuestion, _decide(review.unhighlight), PRESENTING),
    Command("question.merge", MergeQuestions, _merge, MODERATOR, rate=FAST),
    Command("question.split", SplitQuestions, _split, MODERATOR),
    Command("question.label", LabelQuestion, _label, MODERATOR, rate=FAST),
    Command("question.note", NoteQuestion, _note, STAFF),
    Command("question.forward", ForwardQuestion, _forward, STAFF),
    # Also for whom it was forwarded to, whatever their role: the action looks.
    Command("question.answer_in_writing", AnswerInWriting, _answer, holds=of_answered),
    Command("question.report", ReportQuestion, _report, rate="10/minute"),
    Command(
        "review.claim", ClaimThese, _claim, MODERATOR, receipt=False, rate="300/minute", on=DESKS
    ),
    Command(
        "review.release",
        ReleaseThese,
        _release,
        MODERATOR,
        receipt=False,
        rate="300/minute",
        on=DESKS,
    ),
    Command(
        "review.second",
        SecondOpinionGiven,
        _second,
        MODERATOR,
        rate=FAST,
        on=DECIDED,
        holds=concerns_held,
    ),
    Command(
        "review.undo",
        UndoDecision,
        _undo,
        PRESENTING,
        rate="60/minute",
        on=DECIDED,
        holds=undone_held,
    ),
    Command("staff.say", StaffSay, _say, STAFF),
    Command("sanction.issue", IssueSanction, _issue, MODERATOR),
    Command("sanction.lift", LiftSanction, _lift, MODERATOR, on=frozenset({"sitting", "board"})),
    Command("appeal.submit", SubmitAppeal, _appeal, rate="6/minute"),
    Command("appeal.decide", DecideAppeal, _hear, MODERATOR),
):
    registry.add_command(_command)

hooks.on_acting(sanctions.excluded)
hooks.on_acting_in_commune(sanctions.excluded_in)
hooks.on_arrival(arrival.screen)
hooks.on_leaving(merging.part)
on_change(_changed)
on_forget(_forget)
erasure.register(forget_person)

registry.personal["sanction"] = sanctions.of_sanction
registry.personal["appeal"] = sanctions.of_appeal
registry.belongings.append(sanctions.belongings_of)
registry.counters.append(Counter(due=sweep.due, write=sweep.do, staff=statistics.desk))

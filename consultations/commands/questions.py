"""Commands of questions, and what follows a sitting and a person."""

from collections.abc import Callable

from communes.identity import erasure
from consultations.actions import questions, supports, tallies
from consultations.actions import rules as rules_actions
from consultations.actions.belongings import belongings_of, of_review
from consultations.actions.concern_locks import of_answered
from consultations.actions.erasure import forget_author
from consultations.actions.question_states import my_question
from consultations.models import Question, SittingRules
from consultations.protocol import EditQuestion, MySupport, QuestionRef, SetRules, SubmitQuestion
from live.actions.context import Context
from live.actions.rehearsal import on_forget
from live.models import Sitting
from live.protocol.registry import Command, Counter, Done, registry

PRESENTING = frozenset({"moderator", "host"})
RULING = frozenset({"clerk", "moderator"})


def _mine(question: Question) -> Done:
    return Done(
        {"question": question.pk, "state": question.state},
        {f"question/{question.pk}": my_question(question)},
    )


def _submit(context: Context, args: SubmitQuestion) -> Done:
    return _mine(questions.submit(context, args))


def _edit(context: Context, args: EditQuestion) -> Done:
    return _mine(questions.edit(context, args))


def _withdraw(context: Context, args: QuestionRef) -> Done:
    return _mine(questions.withdraw(context, args.question))


def _support(context: Context, args: QuestionRef) -> Done:
    supports.support(context, args.question)
    mine = MySupport(supported=True).model_dump()
    return Done({"supported": True}, {f"support/{args.question}": mine})


def _unsupport(context: Context, args: QuestionRef) -> Done:
    supports.unsupport(context, args.question)
    return Done({"supported": False}, {f"support/{args.question}": None})


def _present(action: Callable[[Context, int], Question]) -> Callable[[Context, QuestionRef], Done]:
    def handle(context: Context, args: QuestionRef) -> Done:
        return Done({"state": action(context, args.question).state})

    return handle


def _rules(context: Context, args: SetRules) -> Done:
    by = context.by("clerk", "moderator")
    return Done(rules_actions.set_rules(context.sitting_id, args, by).model_dump())


def _forget(sitting: Sitting) -> None:
    Question.objects.filter(sitting=sitting).delete()
    SittingRules.objects.filter(sitting=sitting).delete()


for _command in (
    Command("question.submit", SubmitQuestion, _submit, rate="6/minute", sitting_rate="600/minute"),
    Command("question.edit", EditQuestion, _edit, rate="12/minute"),
    Command("question.withdraw", QuestionRef, _withdraw),
    Command("question.support", QuestionRef, _support, receipt=False, rate="60/minute"),
    Command("question.unsupport", QuestionRef, _unsupport, receipt=False, rate="60/minute"),
    Command("question.show", QuestionRef, _present(questions.put_on_screen), PRESENTING),
    Command("question.unshow", QuestionRef, _present(questions.take_off_screen), PRESENTING),
    Command(
        "question.answer", QuestionRef, _present(questions.answer), PRESENTING, holds=of_answered
    ),
    Command("question.reopen", QuestionRef, _present(questions.reopen), PRESENTING),
    Command("rules.set", SetRules, _rules, RULING),
):
    registry.add_command(_command)

registry.personal["review"] = of_review
registry.belongings.append(belongings_of)
registry.counters.append(Counter(tallies.write_entry, tallies.live, tallies.entries_due))
on_forget(_forget)
erasure.register(forget_author)

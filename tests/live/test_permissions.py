"""Who may send which command: the table of docs/architecture.md, on the code that enforces it."""

import pytest

from communes.permissions import IMPLIED
from live.actions.context import Context
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import CommandFrame
from live.protocol.registry import registry
from live.transport.dispatch import Sender, prepare

CITIZEN = {
    "question.submit",
    "question.edit",
    "question.withdraw",
    "question.report",
    # For whom it was forwarded to, whatever their role; the action looks.
    "question.answer_in_writing",
    "appeal.submit",
    "question.support",
    "question.unsupport",
    "ballot.cast",
    "reaction.send",
    "hall.enter",
    "sitting.remind",
    "sitting.forget_reminder",
    "commitment.confirm",
    "commitment.contest",
    "commitment.recant",
    "commitment.follow",
    "commitment.unfollow",
    "concern.support",
    "concern.unsupport",
    "concern.follow",
    "concern.unfollow",
    "concern.withdraw",
    "concern.report",
    "comment.submit",
    "comment.withdraw",
    "comment.report",
}
STAFF = {"question.note", "question.forward", "staff.say"}
CHOOSING = {"question.highlight", "question.unhighlight", "review.undo"}
MODERATOR = CITIZEN | STAFF | CHOOSING | {
    "question.approve",
    "question.reject",
    "question.merge",
    "question.split",
    "question.label",
    "review.claim",
    "review.release",
    "review.second",
    "sanction.issue",
    "sanction.lift",
    "appeal.decide",
    "concern.approve",
    "concern.reject",
    "concern.label",
    "concern.merge",
    "concern.split",
    "concern.sanction",
    "comment.approve",
    "comment.reject",
    "rules.set",
    "question.show",
    "question.unshow",
    "question.answer",
    "question.reopen",
    "poll.prepare",
    "poll.edit",
    "poll.remove",
    "poll.open",
    "poll.close",
    "screen.poll",
    "participation.set",
    "sitting.close_questions",
    "sitting.open_questions",
}  # fmt: skip
AGENDA = {"agenda.open", "agenda.close", "agenda.reopen", "agenda.revert"}
POLLS = {
    "poll.prepare",
    "poll.edit",
    "poll.remove",
    "poll.open",
    "poll.close",
    "poll.reveal",
    "screen.poll",
}
PROMISING = {"commitment.make", "commitment.edit", "commitment.update", "hall.rotate"}
#: For the commune, about concerns.
SPEAKING = {"concern.answer", "concern.move", "concern.refer"}
HOST = CITIZEN | STAFF | CHOOSING | AGENDA | POLLS | PROMISING | SPEAKING | {
    "question.show",
    "question.unshow",
    "question.answer",
    "question.reopen",
}  # fmt: skip
CLERK = CITIZEN | STAFF | AGENDA | POLLS | PROMISING | SPEAKING | {
    "rules.set",
    "participation.set",
    "sitting.schedule",
    "sitting.unschedule",
    "sitting.open",
    "sitting.pause",
    "sitting.resume",
    "sitting.close_doors",
    "sitting.reopen_doors",
    "sitting.end",
    "sitting.archive",
    "sitting.cancel",
    "sitting.close_questions",
    "sitting.open_questions",
}  # fmt: skip
MAY = {
    "citizen": CITIZEN,
    "moderator": MODERATOR,
    "host": HOST,
    "clerk": CLERK,
    "interpreter": CITIZEN,
    "admin": MODERATOR | HOST | CLERK,
}


def permitted(role: str, command: str) -> bool:
    roles = set() if role == "citizen" else {role, *IMPLIED.get(role, ())}
    # Somebody new each time, so that no rate limit of an earlier case speaks.
    person = hash((role, command)) & 0xFFFFFFFF
    kind = min(registry.commands[command].on)
    context = Context("22222222222z", person, "", frozenset(roles), kind)
    sender = Sender(context, f"{role}/{command}")
    try:
        prepare(CommandFrame(id="permission", command=command, args={}), sender)
    except Refused as refused:
        return refused.code is not ErrorCode.FORBIDDEN
    return True


@pytest.mark.parametrize("role", MAY)
def test_each_role_may_send_its_commands_and_no_other(role):
    assert {command for command in registry.commands if permitted(role, command)} == MAY[role]


@pytest.mark.parametrize("command", sorted(registry.commands))
def test_visitors_may_send_nothing(command):
    sender = Sender(Context("22222222222z", None), "visitor")
    with pytest.raises(Refused) as refused:
        prepare(CommandFrame(id="permission", command=command, args={}), sender)
    assert refused.value.code is ErrorCode.SIGN_IN


@pytest.mark.parametrize("command", sorted(registry.commands))
def test_no_command_is_for_a_subject_of_another_kind(command):
    for kind in {"sitting", "concern", "board"} - registry.commands[command].on:
        roles = frozenset(MAY["admin"])
        sender = Sender(Context("22222222222z", 1, "", roles, kind), f"{kind}/{command}")
        with pytest.raises(Refused) as refused:
            prepare(CommandFrame(id="permission", command=command, args={}), sender)
        assert refused.value.code is ErrorCode.UNKNOWN_COMMAND

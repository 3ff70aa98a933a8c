"""Approving, refusing, choosing and taking back: who decided what, why, and from which state."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consultations.actions.belongings import belongings
from consultations.models import Question
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import Stream
from moderation.models import Decision
from tests.live.acting import act, folds_to_its_snapshot, kinds, states

pytestmark = pytest.mark.django_db


def refused(who, name: str, **args) -> Refused:
    with pytest.raises(Refused) as caught:
        act(who, name, **args)
    return caught.value


def state_of(question: int) -> str:
    return Question.objects.get(pk=question).state


def test_approval_publishes_and_is_recorded(sitting, moderator, question):
    act(moderator, "question.approve", question=question)
    assert states(sitting)[f"question/{question}"]["state"] == "approved"
    decision = Decision.objects.get()
    assert (decision.verdict, decision.from_state, decision.to_state) == (
        "approve",
        "pending",
        "approved",
    )
    assert (decision.moderator_id, decision.role) == (moderator.person, "moderator")


def test_refusal_has_a_code_which_the_author_sees(sitting, citizen, moderator, question):
    act(moderator, "question.reject", question=question, code="duplicate")
    mine = belongings(sitting.pk, citizen.person)[f"question/{question}"]
    assert (mine["state"], mine["code"], mine["may_appeal"]) == ("rejected", "duplicate", True)
    assert f"question/{question}" not in states(sitting)
    assert Decision.objects.get().code == "duplicate"


def test_another_reason_needs_words(moderator, question):
    error = refused(
        moderator, "question.reject", question=question, code="other", reason=" \u200b "
    )
    assert (error.code, error.field) == (ErrorCode.INVALID, "reason")
    assert state_of(question) == "pending"


def test_a_refusal_can_be_overturned_and_both_decisions_stay(sitting, moderator, question):
    act(moderator, "question.reject", question=question, code="duplicate")
    act(moderator, "question.approve", question=question)
    verdicts = list(Decision.objects.values_list("verdict", "from_state"))
    assert verdicts == [("reject", "pending"), ("approve", "rejected")]
    assert states(sitting, Stream.STAFF)[f"review/{question}"]["code"] is None


def test_a_published_question_can_still_be_refused(sitting, moderator, question):
    act(moderator, "question.approve", question=question)
    act(moderator, "question.reject", question=question, code="personal_data")
    assert f"question/{question}" not in states(sitting)
    assert kinds(sitting)[-2:] == ["question.rejected", "question.unpublished"]
    assert folds_to_its_snapshot(sitting)


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_what_was_answered_is_not_decided_again(moderator, question, verb):
    act(moderator, "question.approve", question=question)
    act(moderator, "question.answer", question=question)
    more = {"code": "duplicate"} if verb == "reject" else {}
    error = refused(moderator, f"question.{verb}", question=question, **more)
    assert error.code is ErrorCode.WRONG_STATE
    assert error.data["state"] == "answered"


def test_who_comes_too_late_is_told_what_is_so_now_and_by_whom(moderator, colleague, question):
    act(moderator, "question.approve", question=question)
    error = refused(
        colleague, "question.reject", question=question, code="insult", seen_state="pending"
    )
    assert error.code is ErrorCode.CONFLICT
    assert (error.data["state"], error.data["by_name"]) == ("approved", "Sika")
    assert state_of(question) == "approved"


def test_nobody_approves_an_edit_they_have_not_seen(citizen, moderator, question):
    act(citizen, "question.edit", question=question, text="Tout autre chose, à vrai dire.")
    error = refused(moderator, "question.approve", question=question, seen_revision=1)
    assert (error.code, error.data["revision"]) == (ErrorCode.CONFLICT, 2)
    act(moderator, "question.approve", question=question, seen_revision=2)


def test_a_chosen_question_is_seen_as_such_by_everyone(sitting, moderator, host, publish):
    question = publish()
    act(host, "question.highlight", question=question)
    assert states(sitting)[f"question/{question}"]["state"] == "highlighted"
    act(moderator, "question.unhighlight", question=question)
    assert states(sitting)[f"question/{question}"]["state"] == "approved"
    roles = Decision.objects.filter(verdict="highlight").values_list("role", flat=True)
    assert list(roles) == ["host"]


def test_only_what_is_published_can_be_chosen(moderator, question):
    assert refused(moderator, "question.highlight", question=question).code is ErrorCode.WRONG_STATE


# ── taking back ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_the_last_decision_is_taken_back_whole(sitting, moderator, question, verb):
    before = states(sitting, Stream.STAFF)
    more = {"code": "insult", "reason": "Grossier"} if verb == "reject" else {}
    act(moderator, f"question.{verb}", question=question, **more)
    act(moderator, "review.undo", question=question)
    assert states(sitting, Stream.STAFF) == before
    assert "question.restored" in kinds(sitting)
    assert folds_to_its_snapshot(sitting)
    assert list(Decision.objects.values_list("verdict", "undone")) == [
        (verb, True),
        ("undo", False),
    ]


def test_taking_back_an_approval_restores_why_it_had_been_refused(moderator, question):
    act(moderator, "question.reject", question=question, code="insult", reason="Grossier")
    act(moderator, "question.approve", question=question)
    act(moderator, "review.undo", question=question)
    row = Question.objects.get(pk=question)
    assert (row.state, row.code, row.reason, row.published_at) == (
        "rejected",
        "insult",
        "Grossier",
        None,
    )


def test_one_step_after_another_can_be_taken_back(moderator, question):
    act(moderator, "question.approve", question=question)
    act(moderator, "question.highlight", question=question)
    act(moderator, "review.undo", question=question)
    act(moderator, "review.undo", question=question)
    assert state_of(question) == "pending"
    assert refused(moderator, "review.undo", question=question).code is ErrorCode.CONFLICT


def test_nobody_takes_back_what_another_decided(moderator, colleague, question):
    act(moderator, "question.approve", question=question)
    assert refused(colleague, "review.undo", question=question).code is ErrorCode.CONFLICT
    act(colleague, "question.show", question=question)
    assert refused(moderator, "review.undo", question=question).code is ErrorCode.CONFLICT


def test_after_ten_seconds_it_is_too_late(moderator, question):
    act(moderator, "question.approve", question=question)
    Decision.objects.update(at=timezone.now() - timedelta(seconds=11))
    assert refused(moderator, "review.undo", question=question).code is ErrorCode.WRONG_STATE
    assert state_of(question) == "approved"


def test_who_comes_too_late_with_a_refusal_is_told_who_decided(moderator, colleague, host, publish):
    question = publish()
    act(host, "question.answer", question=question)
    with pytest.raises(Refused) as late:
        act(colleague, "question.reject", question=question, code="insult")
    assert late.value.code == ErrorCode.WRONG_STATE
    assert (late.value.data["state"], late.value.data["by_name"]) == ("answered", "Maire")


@pytest.mark.parametrize(
    "before, verb, state",
    [
        (["show"], "show", "on_screen"),
        (["answer"], "answer", "answered"),
        (["show", "unshow"], "unshow", "approved"),
        (["answer", "reopen"], "reopen", "approved"),
    ],
)
def test_who_shows_or_answers_too_late_is_told_who_was_faster(
    moderator, host, publish, before, verb, state
):
    question = publish()
    for step in before:
        act(host, f"question.{step}", question=question)
    error = refused(moderator, f"question.{verb}", question=question)
    assert error.code is ErrorCode.WRONG_STATE
    assert (error.data["state"], error.data["by_name"]) == (state, "Maire")


def test_a_citizen_who_was_faster_is_not_named(citizen, moderator, question):
    act(moderator, "question.approve", question=question)
    act(citizen, "question.withdraw", question=question)
    error = refused(moderator, "question.show", question=question)
    assert (error.data["state"], error.data["by_name"]) == ("withdrawn", None)

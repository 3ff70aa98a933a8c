"""Approving and refusing: who decided what, why, and from which state."""

import pytest

from consultations.actions.belongings import belongings
from live.protocol.errors import ErrorCode, Refused
from moderation.models import Decision
from tests.live.acting import (
    a_person,
    a_sitting,
    act,
    context,
    folds_to_its_snapshot,
    kinds,
    states,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting():
    return a_sitting()


@pytest.fixture
def citizen(sitting):
    return context(sitting, a_person("Codjo"))


@pytest.fixture
def moderator(sitting):
    return context(sitting, a_person("Sika", "moderator"), "moderator")


@pytest.fixture
def question(citizen) -> int:
    text = "Où en est le marché de Dantokpa ?"
    return act(citizen, "question.submit", text=text).result["question"]


def test_approval_publishes_and_is_recorded(sitting, moderator, question):
    act(moderator, "question.approve", question=question)
    assert states(sitting)[f"question/{question}"]["state"] == "approved"
    decision = Decision.objects.get()
    assert (decision.verdict, decision.from_state) == ("approve", "pending")
    assert decision.moderator_id == moderator.person


def test_refusal_needs_a_reason_which_the_author_sees(sitting, citizen, moderator, question):
    with pytest.raises(ValueError, match="reason"):
        act(moderator, "question.reject", question=question, reason="  ")
    act(moderator, "question.reject", question=question, reason="Déjà posée")
    mine = belongings(sitting.pk, citizen.person)[f"question/{question}"]
    assert (mine["state"], mine["reason"]) == ("rejected", "Déjà posée")
    assert f"question/{question}" not in states(sitting)
    assert Decision.objects.get().reason == "Déjà posée"


def test_a_refusal_can_be_undone_and_both_decisions_stay(sitting, moderator, question):
    act(moderator, "question.reject", question=question, reason="Déjà posée")
    act(moderator, "question.approve", question=question)
    verdicts = list(Decision.objects.values_list("verdict", "from_state"))
    assert verdicts == [("reject", "pending"), ("approve", "rejected")]
    assert states(sitting)[f"question/{question}"]["state"] == "approved"


def test_a_published_question_can_still_be_refused(sitting, moderator, question):
    act(moderator, "question.approve", question=question)
    act(moderator, "question.reject", question=question, reason="Vise une personne privée")
    assert f"question/{question}" not in states(sitting)
    assert kinds(sitting)[-2:] == ["question.rejected", "question.unpublished"]
    assert folds_to_its_snapshot(sitting)


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_what_was_answered_is_not_decided_again(moderator, question, verb):
    act(moderator, "question.approve", question=question)
    act(moderator, "question.answer", question=question)
    more = {"reason": "Trop tard"} if verb == "reject" else {}
    with pytest.raises(Refused) as refused:
        act(moderator, f"question.{verb}", question=question, **more)
    assert refused.value.code is ErrorCode.WRONG_STATE

"""Appeals: once each, decided by somebody else."""

import pytest

from consultations.actions.belongings import belongings
from consultations.models import Question
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import Stream
from moderation.actions.sanctions import belongings_of, of_appeal
from moderation.models import Appeal, Decision
from tests.live.acting import a_person, act, context, folds_to_its_snapshot, kinds, states

pytestmark = pytest.mark.django_db

WHY = "Ma question ne vise personne."


def code_of(who, name, **args) -> ErrorCode | None:
    try:
        act(who, name, **args)
    except Refused as refused:
        return refused.code
    return None


@pytest.fixture
def refused_question(moderator, question) -> int:
    act(moderator, "question.reject", question=question, code="insult")
    return question


@pytest.fixture
def appeal(citizen, refused_question) -> int:
    done = act(citizen, "appeal.submit", question=refused_question, text=WHY)
    assert done.mine[f"question/{refused_question}"]["appeal"]["state"] == "pending"
    return done.result["appeal"]


def test_staff_see_what_it_is_about_and_who_may_not_decide(
    sitting, moderator, appeal, refused_question
):
    state = states(sitting, Stream.STAFF)[f"appeal/{appeal}"]
    assert (state["text"], state["question"], state["state"]) == (WHY, refused_question, "pending")
    assert state["quote"] == Question.objects.get().text
    assert len(state["not_by"]) == 1


def test_another_moderator_accepts_and_it_is_published(
    sitting, citizen, colleague, appeal, refused_question
):
    act(colleague, "appeal.decide", appeal=appeal, accept=True, reason="En effet.")
    assert states(sitting)[f"question/{refused_question}"]["state"] == "approved"
    mine = belongings(sitting.pk, citizen.person)[f"question/{refused_question}"]
    assert mine["appeal"] == {"state": "accepted", "reason": "En effet."}
    assert (mine["code"], mine["may_appeal"]) == (None, False)
    assert Decision.objects.order_by("-pk")[0].verdict == "appeal"
    assert folds_to_its_snapshot(sitting)


def test_another_moderator_dismisses_and_that_is_the_end(
    sitting, citizen, colleague, appeal, refused_question
):
    act(colleague, "appeal.decide", appeal=appeal, accept=False, reason="Relisez-la.")
    mine = belongings(sitting.pk, citizen.person)[f"question/{refused_question}"]
    assert (mine["state"], mine["appeal"]["state"]) == ("rejected", "dismissed")
    again = code_of(citizen, "appeal.submit", question=refused_question, text=WHY)
    assert again is ErrorCode.CONFLICT
    decide = {"appeal": appeal, "accept": True, "reason": "Si, si."}
    assert code_of(colleague, "appeal.decide", **decide) is ErrorCode.CONFLICT
    assert "appeal.decided" in kinds(sitting)


def test_whoever_refused_does_not_decide(moderator, appeal):
    decide = {"appeal": appeal, "accept": False, "reason": "J'ai raison."}
    assert code_of(moderator, "appeal.decide", **decide) is ErrorCode.FORBIDDEN


def test_both_who_refused_together_do_not_decide(sitting, citizen, moderator, colleague, question):
    act(moderator, "question.reject", question=question, code="off_topic")
    act(colleague, "review.second", question=question, confirm=True)
    appeal = act(citizen, "appeal.submit", question=question, text=WHY).result["appeal"]
    decide = {"appeal": appeal, "accept": True, "reason": "Soit."}
    for who in (moderator, colleague):
        assert code_of(who, "appeal.decide", **decide) is ErrorCode.FORBIDDEN
    third = context(sitting, a_person("Trois", "moderator"), "moderator")
    assert code_of(third, "appeal.decide", **decide) is None


def test_only_its_author_appeals_and_only_against_a_refusal(sitting, citizen, moderator, ask):
    question = ask("Et alors, le marché ?", citizen)
    assert code_of(citizen, "appeal.submit", question=question, text=WHY) is ErrorCode.WRONG_STATE
    act(moderator, "question.reject", question=question, code="insult")
    other = context(sitting, a_person("Autre"))
    assert code_of(other, "appeal.submit", question=question, text=WHY) is ErrorCode.FORBIDDEN
    assert code_of(citizen, "appeal.submit", text=WHY) is ErrorCode.INVALID


def test_publishing_after_all_settles_the_appeal(moderator, appeal, refused_question):
    act(moderator, "question.approve", question=refused_question)
    assert Appeal.objects.get().state == "accepted"
    assert Question.objects.get().appeal == "accepted"


def test_an_appeal_accepted_when_the_sitting_is_over_is_published_as_not_reached(
    sitting, clerk, colleague, appeal, refused_question
):
    act(clerk, "sitting.end")
    act(colleague, "appeal.decide", appeal=appeal, accept=True, reason="En effet.")
    assert states(sitting)[f"question/{refused_question}"]["state"] == "not_reached"


def test_a_sanction_is_lifted_on_appeal(sitting, citizen, moderator, colleague, question):
    done = act(moderator, "sanction.issue", question=question, kind="ban", reason="Insultes")
    sanction = done.result["sanction"]
    done = act(citizen, "appeal.submit", sanction=sanction, text="Ce n'était pas moi.")
    assert done.mine[f"sanction/{sanction}"]["appeal"] == "pending"
    appeal = done.result["appeal"]
    assert of_appeal(f"appeal/{appeal}")[0][0] == citizen.person
    assert code_of(citizen, "question.submit", text="Et alors ?") is ErrorCode.SANCTIONED
    decide = {"appeal": appeal, "accept": True, "reason": "Vérifié."}
    assert code_of(moderator, "appeal.decide", **decide) is ErrorCode.FORBIDDEN
    act(colleague, "appeal.decide", **decide)
    assert code_of(citizen, "question.submit", text="Et alors ?") is None
    mine = belongings_of(sitting.pk, [citizen.person])[citizen.person][f"sanction/{sanction}"]
    assert (mine["lifted"], mine["appeal"], mine["appeal_reason"]) == (True, "accepted", "Vérifié.")
    assert folds_to_its_snapshot(sitting)


def test_a_sanction_of_somebody_else_is_out_of_reach(sitting, moderator, question):
    done = act(moderator, "sanction.issue", question=question, kind="ban", reason="Insultes")
    other = context(sitting, a_person("Autre"))
    args = {"sanction": done.result["sanction"], "text": WHY}
    assert code_of(other, "appeal.submit", **args) is ErrorCode.NOT_FOUND


@pytest.fixture
def joined(moderator, question, publish) -> int:
    """A published question into which `question` was merged."""
    target = publish("Le marché de Dantokpa, où en est-il ?")
    act(moderator, "question.merge", target=target, questions=[question])
    return target


def test_a_wrong_merge_is_taken_apart_on_appeal(sitting, citizen, colleague, question, joined):
    assert belongings(sitting.pk, citizen.person)[f"question/{question}"]["may_appeal"]
    appeal = act(citizen, "appeal.submit", question=question, text=WHY).result["appeal"]
    assert states(sitting, Stream.STAFF)[f"appeal/{appeal}"]["merged"]
    act(colleague, "appeal.decide", appeal=appeal, accept=True, reason="Ce n'est pas pareil.")
    mine = belongings(sitting.pk, citizen.person)[f"question/{question}"]
    assert (mine["state"], mine["appeal"]["state"]) == ("pending", "accepted")
    assert states(sitting)[f"question/{joined}"]["relatives"] == 0
    assert folds_to_its_snapshot(sitting)


def test_a_merge_that_is_upheld_stays(sitting, citizen, colleague, question, joined):
    appeal = act(citizen, "appeal.submit", question=question, text=WHY).result["appeal"]
    act(colleague, "appeal.decide", appeal=appeal, accept=False, reason="C'est la même rue.")
    mine = belongings(sitting.pk, citizen.person)[f"question/{question}"]
    assert (mine["state"], mine["appeal"]["state"]) == ("merged", "dismissed")
    assert not mine["may_appeal"]


def test_whoever_merged_does_not_decide_and_splitting_settles_it(
    sitting, citizen, moderator, question, joined
):
    appeal = act(citizen, "appeal.submit", question=question, text=WHY).result["appeal"]
    refused = code_of(moderator, "appeal.decide", appeal=appeal, accept=False, reason="Non.")
    assert refused == ErrorCode.FORBIDDEN
    act(moderator, "question.split", questions=[question])
    assert Appeal.objects.get(pk=appeal).state == "accepted"
    assert states(sitting, Stream.STAFF)[f"review/{question}"]["state"] == "pending"


def test_a_merge_taken_apart_when_the_sitting_is_over_is_published_as_not_reached(
    sitting, citizen, colleague, clerk, question, joined
):
    appeal = act(citizen, "appeal.submit", question=question, text=WHY).result["appeal"]
    act(clerk, "sitting.end")
    act(colleague, "appeal.decide", appeal=appeal, accept=True, reason="Ce n'est pas pareil.")
    assert states(sitting)[f"question/{question}"]["state"] == "not_reached"

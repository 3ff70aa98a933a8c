"""The conflict guard: one moderator alone does not silence criticism of those who answer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consultations.actions.belongings import belongings
from consultations.models import PendingRefusal, Question
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import Stream
from moderation.actions import sweep
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

REPROACH = "Monsieur le maire, où est passé l'argent que vous avez détourné ?"


def review(sitting, question):
    return states(sitting, Stream.STAFF)[f"review/{question}"]


def reject(who, question, code="off_topic"):
    return act(who, "question.reject", question=question, code=code).result


def expire(sitting):
    PendingRefusal.objects.update(until=timezone.now() - timedelta(seconds=1))
    for what, key in sweep.due(sitting.pk):
        sweep.do(sitting.pk, what, key)


def test_a_refusal_that_nobody_could_check_waits_for_another(sitting, citizen, moderator, question):
    assert reject(moderator, question) == {"state": "pending", "second_opinion": True}
    waiting = review(sitting, question)["second_opinion"]
    assert (waiting["by_name"], waiting["code"]) == ("Sika", "off_topic")
    assert waiting["until"] - waiting["asked_at"] == 10 * 60 * 1000
    # The author is not told of what is not decided.
    assert belongings(sitting.pk, citizen.person)[f"question/{question}"]["state"] == "pending"


@pytest.mark.parametrize("code", ["duplicate", "personal_data", "insult", "advertising"])
def test_what_anybody_could_check_is_refused_by_one(moderator, question, code):
    assert reject(moderator, question, code)["second_opinion"] is False


def test_criticism_takes_two_whatever_the_reason(sitting, moderator, ask):
    question = ask(REPROACH)
    assert [flag["code"] for flag in review(sitting, question)["flags"] if
            flag["code"] == "about_host"] == ["about_host"]  # fmt: skip
    assert reject(moderator, question, "insult")["second_opinion"] is True


def test_a_moderator_can_say_that_it_is_criticism(moderator, colleague, question):
    act(colleague, "question.label", question=question, add=["about_host"])
    assert reject(moderator, question, "insult")["second_opinion"] is True


@pytest.mark.parametrize("how", ["second", "reject"])
def test_the_second_moderator_confirms(sitting, citizen, moderator, colleague, question, how):
    reject(moderator, question)
    if how == "second":
        act(colleague, "review.second", question=question, confirm=True)
    else:
        reject(colleague, question)
    assert review(sitting, question)["state"] == "rejected"
    assert review(sitting, question)["second_opinion"] is None
    mine = belongings(sitting.pk, citizen.person)[f"question/{question}"]
    assert (mine["state"], mine["code"]) == ("rejected", "off_topic")
    assert list(Decision.objects.values_list("verdict", "moderator")) == [
        ("second", moderator.person),
        ("reject", colleague.person),
    ]
    assert folds_to_its_snapshot(sitting)


@pytest.mark.parametrize("how", ["second", "approve"])
def test_the_second_moderator_publishes(sitting, moderator, colleague, question, how):
    reject(moderator, question)
    if how == "second":
        act(colleague, "review.second", question=question, confirm=False)
    else:
        act(colleague, "question.approve", question=question)
    assert states(sitting)[f"question/{question}"]["state"] == "approved"
    assert Decision.objects.order_by("-pk")[0].verdict == "overrule"


@pytest.mark.parametrize("how", ["second", "reject"])
def test_nobody_is_their_own_second(moderator, question, how):
    reject(moderator, question)
    with pytest.raises(Refused) as refused:
        if how == "second":
            act(moderator, "review.second", question=question, confirm=True)
        else:
            reject(moderator, question)
    assert refused.value.code is ErrorCode.FORBIDDEN
    assert Question.objects.get(pk=question).state == "pending"


def test_it_is_published_when_nobody_confirms_in_time(sitting, moderator, question):
    reject(moderator, question)
    assert sweep.due(sitting.pk) == []
    expire(sitting)
    assert states(sitting)[f"question/{question}"]["state"] == "approved"
    assert "question.second_expired" in kinds(sitting)
    decision = Decision.objects.order_by("-pk")[0]
    assert (decision.verdict, decision.role, decision.moderator) == ("expire", "system", None)
    assert (decision.code, folds_to_its_snapshot(sitting)) == ("off_topic", True)
    sweep.do(sitting.pk, "question.refusal", question)
    assert Decision.objects.filter(verdict="expire").count() == 1


def test_what_is_published_stays_so_until_the_second_confirms(sitting, moderator, publish):
    question = publish()
    assert reject(moderator, question)["second_opinion"] is True
    assert states(sitting)[f"question/{question}"]["state"] == "approved"
    expire(sitting)
    assert states(sitting)[f"question/{question}"]["state"] == "approved"
    assert review(sitting, question)["second_opinion"] is None


def test_the_first_can_take_it_back_or_change_their_mind(moderator, question):
    reject(moderator, question)
    act(moderator, "review.undo", question=question)
    assert not PendingRefusal.objects.exists()
    reject(moderator, question)
    act(moderator, "question.approve", question=question)
    assert Decision.objects.order_by("-pk")[0].verdict == "approve"


def test_taking_back_the_second_word_makes_the_refusal_wait_again(
    sitting, moderator, colleague, question
):
    reject(moderator, question)
    before = states(sitting, Stream.STAFF)
    for confirm in (True, False):
        act(colleague, "review.second", question=question, confirm=confirm)
        act(colleague, "review.undo", question=question)
        assert states(sitting, Stream.STAFF) == before


def test_council_sessions_do_without_unless_told(rules, clerk):
    sitting = a_sitting(kind="council")
    moderator = context(sitting, a_person("Sika", "moderator"), "moderator")
    person = context(sitting, a_person())
    first, second = (
        act(person, "question.submit", text=REPROACH).result["question"] for _ in range(2)
    )
    assert reject(moderator, first)["second_opinion"] is False
    act(context(sitting, a_person("G", "clerk"), "clerk"), "rules.set", second_opinion=True)
    assert reject(moderator, second)["second_opinion"] is True


def test_the_time_is_the_sittings_own(sitting, moderator, rules, question):
    rules(second_opinion_minutes=3)
    reject(moderator, question)
    waiting = review(sitting, question)["second_opinion"]
    assert waiting["until"] - waiting["asked_at"] == 3 * 60 * 1000


def test_a_second_word_on_nothing_is_answered_with_what_is_so(colleague, question):
    with pytest.raises(Refused) as refused:
        act(colleague, "review.second", question=question, confirm=True)
    assert refused.value.code is ErrorCode.CONFLICT
    assert refused.value.data["state"] == "pending"

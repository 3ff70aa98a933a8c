"""The rules of a sitting: moderation before or after, slow mode, names."""

from datetime import timedelta

import pytest
from django.utils import timezone

from communes.models import Person
from consultations.models import Question
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import Stream
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

TEXT = "Quand la piste de Zogbo sera-t-elle réparée ?"


@pytest.fixture
def sitting():
    return a_sitting()


@pytest.fixture
def clerk(sitting):
    return context(sitting, a_person("Greffe", "clerk"), "clerk")


@pytest.fixture
def citizen(sitting):
    return context(sitting, a_person("Codjo"))


def ask(who, text=TEXT, **more) -> int:
    return act(who, "question.submit", text=text, **more).result["question"]


def test_rules_are_public_and_said_once(sitting, clerk):
    assert "rules" not in states(sitting)
    done = act(clerk, "rules.set", slow_s=30, signing="never")
    assert (done.result["slow_s"], done.result["signing"]) == (30, "never")
    assert states(sitting)["rules"] == done.result
    act(clerk, "rules.set", slow_s=30)
    assert kinds(sitting).count("rules.changed") == 1
    act(clerk, "rules.set", moderation="after")
    assert states(sitting)["rules"]["slow_s"] == 30


@pytest.mark.parametrize(
    "wrong", [{"slow_s": -1}, {"slow_s": 100_000}, {"signing": "x"}, {"second_opinion_minutes": 0}]
)
def test_rules_have_bounds(clerk, wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        act(clerk, "rules.set", **wrong)


def test_rules_do_not_change_once_it_is_over(sitting, clerk):
    act(clerk, "sitting.end")
    with pytest.raises(Refused) as refused:
        act(clerk, "rules.set", slow_s=30)
    assert refused.value.code is ErrorCode.WRONG_STATE


# ── moderation afterwards ─────────────────────────────────────────────────────────────────────


def test_moderated_afterwards_a_question_is_published_at_once(sitting, clerk, citizen):
    act(clerk, "rules.set", moderation="after")
    question = ask(citizen)
    assert states(sitting)[f"question/{question}"]["state"] == "approved"
    review = states(sitting, Stream.STAFF)[f"review/{question}"]
    assert (review["state"], review["reviewed"]) == ("approved", False)
    moderator = context(sitting, a_person("Sika", "moderator"), "moderator")
    act(moderator, "question.approve", question=question)
    assert states(sitting, Stream.STAFF)[f"review/{question}"]["reviewed"] is True
    with pytest.raises(Refused):
        act(moderator, "question.approve", question=question)
    assert folds_to_its_snapshot(sitting)


def test_what_the_filters_find_risky_waits_all_the_same(sitting, clerk, citizen):
    act(clerk, "rules.set", moderation="after")
    question = ask(citizen, "Appelez ce voleur au 97 12 34 56, imbécile !")
    assert Question.objects.get(pk=question).state == "pending"
    assert f"question/{question}" not in states(sitting)


# ── slow mode ─────────────────────────────────────────────────────────────────────────────────


def test_slow_mode_tells_how_long_to_wait(sitting, clerk, citizen):
    act(clerk, "rules.set", slow_s=60)
    first = ask(citizen)
    with pytest.raises(Refused) as refused:
        ask(citizen)
    assert refused.value.code is ErrorCode.TOO_OFTEN
    assert 55 <= refused.value.retry_after <= 60
    ask(context(sitting, a_person("Autre")))
    Question.objects.filter(pk=first).update(submitted_at=timezone.now() - timedelta(seconds=61))
    ask(citizen)


# ── names ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("signing", "signed", "signature"),
    [
        ("free", True, "Codjo"),
        ("free", False, ""),
        ("always", False, "Codjo"),
        ("never", True, ""),
    ],
)
def test_questions_are_signed_as_the_rules_say(clerk, citizen, signing, signed, signature):
    act(clerk, "rules.set", signing=signing)
    assert Question.objects.get(pk=ask(citizen, signed=signed)).signature == signature


def test_where_all_sign_a_name_is_needed(clerk, citizen):
    act(clerk, "rules.set", signing="always")
    Person.objects.filter(pk=citizen.person).update(display_name="")
    with pytest.raises(Refused) as refused:
        ask(citizen)
    assert (refused.value.code, refused.value.field) == (ErrorCode.INVALID, "signed")


# ── editing ───────────────────────────────────────────────────────────────────────────────────


def test_a_question_can_be_edited_while_it_waits(sitting, citizen):
    question = ask(citizen)
    item = sitting.agenda.first()
    act(
        citizen, "question.edit",
        question=question, text=f"{TEXT} Enfin !", agenda_item=item.pk, signed=True,
    )  # fmt: skip
    review = states(sitting, Stream.STAFF)[f"review/{question}"]
    assert (review["text"], review["revision"]) == (f"{TEXT} Enfin !", 2)
    assert (review["agenda_item"], review["signature"]) == (item.pk, "Codjo")
    assert kinds(sitting)[-1] == "question.edited"


def test_a_published_question_and_that_of_another_cannot(sitting, citizen):
    question = ask(citizen)
    other = context(sitting, a_person("Autre"))
    with pytest.raises(Refused) as refused:
        act(other, "question.edit", question=question, text=TEXT)
    assert refused.value.code is ErrorCode.FORBIDDEN
    moderator = context(sitting, a_person("Sika", "moderator"), "moderator")
    act(moderator, "question.approve", question=question)
    with pytest.raises(Refused) as refused:
        act(citizen, "question.edit", question=question, text=TEXT)
    assert refused.value.code is ErrorCode.WRONG_STATE

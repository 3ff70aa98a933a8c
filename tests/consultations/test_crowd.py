"""Reactions without a name, attention summed up, reminders."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from consultations.actions import reactions
from consultations.actions.exposure import exposures_at, take_sample
from consultations.actions.own import own_values
from consultations.actions.tallies import entries_due, live, write_entry
from consultations.models import PresenceSample, ReactionWindow, Reminder
from consultations.protocol import SendReaction
from live.protocol.errors import ErrorCode, Refused
from live.protocol.registry import Done
from tests.consultations.polling import voters
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
def window(monkeypatch):
    """The window that counts now; the test moves it on."""
    now = [180_000_000]
    monkeypatch.setattr(reactions, "current_window", lambda: now[0])
    return now


def react(sitting, person, reaction: str = "applaud") -> Done:
    return act(context(sitting, person), "reaction.send", reaction=reaction)


# ── reactions ─────────────────────────────────────────────────────────────────────────────────


def test_reactions_are_counted_over_a_window_and_then_said_once(sitting, window):
    for person in voters(3):
        react(sitting, person)
    react(sitting, a_person(), "slower")
    counts = {
        "window": window[0] * 10_000,
        "applaud": 3,
        "agree": 0,
        "unclear": 0,
        "slower": 1,
    }
    assert live(sitting.pk)["reactions"] == counts
    assert entries_due(sitting.pk) == []
    due = ("reactions", window[0])
    window[0] += 1
    assert entries_due(sitting.pk) == [due]
    for _ in range(2):
        write_entry(sitting.pk, *due)
    assert states(sitting)["reactions"] == counts
    assert kinds(sitting).count("reactions.counted") == 1
    window[0] += 1
    assert "reactions" not in live(sitting.pk)
    assert folds_to_its_snapshot(sitting)


def test_a_batch_counts_each_reaction_of_a_person_once(sitting, window):
    afi, koffi = (context(sitting, person) for person in voters(2))
    sent = [(afi, "agree"), (afi, "agree"), (afi, "unclear"), (koffi, "agree")]
    with transaction.atomic():
        answers = reactions.send([(who, SendReaction(reaction=name)) for who, name in sent])
    assert all(isinstance(answer, Done) for answer in answers)
    row = ReactionWindow.objects.get()
    assert (row.agree, row.unclear) == (2, 1)


def test_nothing_says_who_reacted(sitting, window):
    first, second = voters(2)

    def everything() -> list[str]:
        return [
            str(row)
            for model in apps.get_models()
            for row in model._default_manager.order_by("pk").values()
        ]

    dumps = []
    for person in (first, second):
        savepoint = transaction.savepoint()
        react(sitting, person)
        # The rows have no number of their own that would count on after the rollback.
        ReactionWindow.objects.update(id=1)
        dumps.append(everything())
        transaction.savepoint_rollback(savepoint)
    assert dumps[0] == dumps[1]


@pytest.mark.parametrize("state", ["scheduled", "ended", "closed_doors"])
def test_one_reacts_while_the_sitting_goes_on(state):
    with pytest.raises(Refused) as refused:
        react(a_sitting(state), a_person())
    assert refused.value.code in {ErrorCode.WRONG_STATE, ErrorCode.CLOSED_DOORS}


def test_reactions_can_be_switched_off(sitting):
    act(context(sitting, a_person("Mod", "moderator"), "moderator"), "participation.set",
        reactions=False)  # fmt: skip
    with pytest.raises(Refused) as refused:
        react(sitting, a_person())
    assert refused.value.code is ErrorCode.WRONG_STATE


# ── attention ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def clock(monkeypatch):
    """The time that samples are taken at; the test moves it on."""
    now = [timezone.now()]
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    return now


def test_person_minutes_sum_up_who_was_there(sitting, clock):
    start = clock[0]
    for people in (60, 120, 0):
        with transaction.atomic():
            take_sample(sitting.pk, people)
        clock[0] += timedelta(seconds=10)
    samples = PresenceSample.objects.values_list("people", "person_minutes")
    assert list(samples) == [(60, 0.0), (120, 10.0), (0, 30.0)]
    seen = exposures_at(
        sitting.pk,
        {
            1: start - timedelta(seconds=5),
            2: start,
            3: start + timedelta(seconds=15),
            4: start + timedelta(seconds=60),
            5: None,
        },
    )
    assert seen == {1: 0.0, 2: 0.0, 3: 20.0, 4: 30.0}
    latest = live(sitting.pk)["exposure"]
    assert (latest["people"], latest["person_minutes"]) == (0, 30.0)


def test_several_processes_take_one_sample(sitting, clock):
    for _ in range(3):
        with transaction.atomic():
            take_sample(sitting.pk, 7)
        clock[0] += timedelta(seconds=2)
    assert PresenceSample.objects.count() == 1


def test_time_without_a_server_does_not_count(sitting, clock):
    for _ in range(2):
        with transaction.atomic():
            take_sample(sitting.pk, 60)
        clock[0] += timedelta(hours=1)
    assert PresenceSample.objects.last().person_minutes == 30.0


@pytest.mark.parametrize("state", ["closed_doors", "ended", "draft"])
def test_nobody_counts_where_nothing_can_be_seen(state):
    sitting = a_sitting(state)
    with transaction.atomic():
        take_sample(sitting.pk, 50)
    assert not PresenceSample.objects.exists()


def rise(supports: int, seen_from: float, now: float, people: int) -> float:
    """The formula of `ExposureState`."""
    return supports / (now - seen_from + max(10, people))


def test_a_late_question_has_a_chance(sitting, clock):
    """Two hundred people; the first question was there for an hour, the second for two minutes."""
    moderator = context(sitting, a_person("Mod", "moderator"), "moderator")

    def published() -> int:
        asked = act(context(sitting, a_person()), "question.submit", text="Et le marché central ?")
        question = asked.result["question"]
        act(moderator, "question.approve", question=question)
        return question

    def wait(minutes: int) -> None:
        for _ in range(minutes * 6):
            clock[0] += timedelta(seconds=10)
            with transaction.atomic():
                take_sample(sitting.pk, 200)

    wait(1)
    early = published()
    wait(60)
    late = published()
    wait(2)
    for question, number in ((early, 60), (late, 6)):
        for person in voters(number):
            act(context(sitting, person), "question.support", question=question)
    values = live(sitting.pk)
    now, people = values["exposure"]["person_minutes"], values["exposure"]["people"]
    tallies = [values[f"support/{question}"] for question in (early, late)]
    assert [tally["supports"] for tally in tallies] == [60, 6]
    scores = [rise(tally["supports"], tally["seen_from"], now, people) for tally in tallies]
    assert scores[1] > scores[0]
    write_entry(sitting.pk, "question", late)
    assert states(sitting)[f"support/{late}"]["seen_from"] == tallies[1]["seen_from"]


# ── reminders ─────────────────────────────────────────────────────────────────────────────────


def test_a_reminder_is_wished_for_and_forgotten():
    sitting = a_sitting("scheduled")
    person = a_person()
    person.email = "afi@example.bj"
    person.save()
    who = context(sitting, person)
    for _ in range(2):
        done = act(who, "sitting.remind")
    assert done.mine == {"reminder": {"email": True, "push": False}}
    assert own_values(sitting.pk, [person.pk])[person.pk]["reminder"]["email"] is True
    assert Reminder.objects.count() == 1
    assert act(who, "sitting.forget_reminder").mine == {"reminder": None}
    assert own_values(sitting.pk, [person.pk]) == {}


def test_what_has_begun_needs_no_reminder(sitting):
    with pytest.raises(Refused) as refused:
        act(context(sitting, a_person()), "sitting.remind")
    assert refused.value.code is ErrorCode.WRONG_STATE


# ── what looking costs ────────────────────────────────────────────────────────────────────────


def test_looking_at_a_quiet_sitting_takes_one_statement_and_the_last_sample(
    sitting, django_assert_num_queries
):
    with django_assert_num_queries(2):
        assert live(sitting.pk) == {}
    with django_assert_num_queries(1):
        assert entries_due(sitting.pk) == []

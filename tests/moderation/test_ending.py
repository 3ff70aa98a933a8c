"""The end of a sitting: what was not answered is said, and some of it promised in writing."""

import pytest
from django.utils import timezone

from consultations.models import Question
from live.models import Sitting
from live.protocol.frames import Stream
from moderation import tasks
from moderation.actions import ending, sweep
from tests.live.acting import a_person, act, context, folds_to_its_snapshot, states

pytestmark = pytest.mark.django_db

DAY_MS = 24 * 3600 * 1000


def test_open_questions_are_not_reached_and_the_others_stay(
    sitting, clerk, moderator, publish, ask
):
    answered, shown, chosen, plain = (publish(f"Question {n} sur le port") for n in range(4))
    pending, refused = ask("Et le port, encore ?"), ask("Et le quai ?")
    act(moderator, "question.answer", question=answered)
    act(moderator, "question.show", question=shown)
    act(moderator, "question.highlight", question=chosen)
    act(moderator, "question.reject", question=refused, code="insult")
    act(clerk, "sitting.end")
    found = {key: Question.objects.get(pk=key).state for key in (answered, shown, chosen, plain)}
    assert found == {
        answered: "answered",
        shown: "not_reached",
        chosen: "not_reached",
        plain: "not_reached",
    }
    public = states(sitting)
    assert public["screen"] == {"shows": None}
    assert public[f"question/{plain}"]["state"] == "not_reached"
    # What nobody published does not appear now.
    assert f"question/{pending}" not in public
    assert states(sitting, Stream.STAFF)[f"review/{pending}"]["state"] == "not_reached"
    assert Question.objects.get(pk=refused).state == "rejected"
    assert folds_to_its_snapshot(sitting)


def test_the_most_supported_are_promised_an_answer(sitting, clerk, publish, rules):
    rules(written_answers=2, written_answer_days=14)
    questions = [publish(f"Question {n} sur le port") for n in range(4)]
    for voices, question in enumerate(questions):
        for n in range(voices):
            person = context(sitting, a_person(f"Voix {n}"))
            act(person, "question.support", question=question)
    act(clerk, "sitting.end")
    public, ended = states(sitting), states(sitting)["sitting"]["ended_at"]
    due = [public[f"question/{question}"]["answer_due"] for question in questions]
    assert due == [None, None, ended + 14 * DAY_MS, ended + 14 * DAY_MS]


def test_what_nobody_supports_is_promised_nothing(sitting, clerk, publish):
    question = publish()
    act(clerk, "sitting.end")
    assert states(sitting)[f"question/{question}"]["answer_due"] is None


def test_many_are_closed_in_slices_by_the_sweep(monkeypatch, sitting, clerk, ask):
    monkeypatch.setattr(ending, "AT_ONCE", 2)
    monkeypatch.setattr(sweep, "AT_ONCE", 3)
    questions = [ask(f"Question {n} sur le port") for n in range(8)]
    act(clerk, "sitting.end")
    assert Question.objects.filter(state="pending").count() == 6
    assert len(sweep.due(sitting.pk)) == 3
    assert tasks.sweep_sittings.call() == 6
    assert set(Question.objects.values_list("state", flat=True)) == {"not_reached"}
    assert sweep.overdue() == []
    assert len(questions) == 8
    assert folds_to_its_snapshot(sitting)


def test_a_waiting_refusal_ends_with_the_sitting(sitting, clerk, moderator, question):
    act(moderator, "question.reject", question=question, code="off_topic")
    act(clerk, "sitting.end")
    review = states(sitting, Stream.STAFF)[f"review/{question}"]
    assert (review["state"], review["second_opinion"]) == ("not_reached", None)


def test_the_task_publishes_what_nobody_confirmed_though_nobody_is_there(
    sitting, moderator, question
):
    from consultations.models import PendingRefusal

    act(moderator, "question.reject", question=question, code="off_topic")
    assert tasks.sweep_sittings.call() == 0
    PendingRefusal.objects.update(until=timezone.now())
    assert tasks.sweep_sittings.call() == 1
    assert Question.objects.get().state == "approved"


def test_a_rehearsal_leaves_nothing(clerk, moderator, ask, sitting):
    Sitting.objects.filter(pk=sitting.pk).update(rehearsal=True)
    first = ask("Le port ?")
    ask("Le port de Cotonou ?")
    act(moderator, "question.note", question=first, text="À voir.")
    act(moderator, "staff.say", text="On commence.")
    act(moderator, "sanction.issue", question=first, kind="mute", reason="Essai", minutes=5)
    act(clerk, "sitting.end")
    from moderation.models import Group, IndexedWord, Note, Sanction, StaffMessage

    for model in (Question, Note, Sanction, StaffMessage, Group, IndexedWord):
        assert not model.objects.exists()
    assert set(states(sitting, Stream.STAFF)) == {
        "sitting",
        *(f"agenda/{item.pk}" for item in sitting.agenda.all()),
    }

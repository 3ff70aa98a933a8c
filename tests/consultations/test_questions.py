"""Questions: asked, published, supported, shown, answered, withdrawn, forgotten."""

import pytest

from communes.identity.erasure import Postponed, erase
from consultations.actions.belongings import belongings
from consultations.actions.questions import MAX_PENDING
from consultations.actions.tallies import entries_due, live, write_entry
from consultations.models import Question
from live.models import Entry, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import Stream
from live.timeline.digest import verify
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
def citizen(sitting):
    return context(sitting, a_person("Codjo"))


@pytest.fixture
def moderator(sitting):
    return context(sitting, a_person("Sika", "moderator"), "moderator")


def ask(citizen, **more) -> int:
    return act(citizen, "question.submit", text=TEXT, **more).result["question"]


def ask_and_publish(citizen, moderator, **more) -> int:
    question = ask(citizen, **more)
    act(moderator, "question.approve", question=question)
    return question


def test_a_new_question_is_seen_by_staff_and_its_author_alone(sitting, citizen):
    question = ask(citizen)
    assert f"question/{question}" not in states(sitting)
    assert states(sitting, Stream.STAFF)[f"review/{question}"]["state"] == "pending"
    mine = belongings(sitting.pk, citizen.person)
    assert mine[f"question/{question}"]["state"] == "pending"
    assert belongings(sitting.pk, a_person("Autre").pk) == {}


def test_a_question_is_signed_only_when_asked_to(sitting, citizen, moderator):
    unsigned = ask_and_publish(citizen, moderator)
    signed = ask_and_publish(citizen, moderator, signed=True)
    public = states(sitting)
    assert public[f"question/{unsigned}"]["signature"] == ""
    assert public[f"question/{signed}"]["signature"] == "Codjo"
    names = [
        entry.state
        for entry in Entry.objects.filter(timeline=sitting.timeline, key=f"question/{unsigned}")
    ]
    assert "Codjo" not in str(names)


@pytest.mark.parametrize("text", ["", "    ", "a", "😀😀😀😀😀", "x" * 501])
def test_a_text_that_says_nothing_or_too_much_is_refused_and_not_kept(citizen, text):
    with pytest.raises(Refused) as refused:
        act(citizen, "question.submit", text=text)
    assert (refused.value.code, refused.value.field) == (ErrorCode.INVALID, "text")
    assert not Question.objects.exists()


def test_what_confuses_is_not_kept(sitting, citizen):
    question = act(citizen, "question.submit", text="Le \u202ebudget\u0000 ?\u200b ").result[
        "question"
    ]
    assert Question.objects.get(pk=question).text == "Le budget ?"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (SittingState.DRAFT, ErrorCode.WRONG_STATE),
        (SittingState.CLOSED_DOORS, ErrorCode.CLOSED_DOORS),
        (SittingState.ENDED, ErrorCode.WRONG_STATE),
        (SittingState.CANCELLED, ErrorCode.WRONG_STATE),
    ],
)
def test_no_question_is_taken_when_the_sitting_does_not_allow_it(state, code):
    sitting = a_sitting(state)
    with pytest.raises(Refused) as refused:
        ask(context(sitting, a_person()))
    assert refused.value.code is code


@pytest.mark.parametrize("state", ["scheduled", "live", "paused"])
def test_questions_are_taken_before_and_during_the_sitting(state):
    assert ask(context(a_sitting(state), a_person()))


def test_no_question_is_taken_once_the_clerk_closed_them(sitting, citizen):
    act(context(sitting, a_person("Clerk", "clerk"), "clerk"), "sitting.close_questions")
    with pytest.raises(Refused) as refused:
        ask(citizen)
    assert refused.value.code is ErrorCode.QUESTIONS_CLOSED


def test_one_person_cannot_fill_the_queue(citizen):
    for _ in range(MAX_PENDING):
        ask(citizen)
    with pytest.raises(Refused) as refused:
        ask(citizen)
    assert refused.value.code is ErrorCode.TOO_OFTEN


def test_a_question_belongs_to_a_point_of_this_agenda(sitting, citizen):
    item = sitting.agenda.first()
    assert ask(citizen, agenda_item=item.pk)
    with pytest.raises(Refused) as refused:
        ask(citizen, agenda_item=a_sitting().agenda.first().pk)
    assert (refused.value.code, refused.value.field) == (ErrorCode.NOT_FOUND, "agenda_item")


def test_support_counts_each_person_once_and_can_be_taken_back(sitting, citizen, moderator):
    question = ask_and_publish(citizen, moderator)
    others = [context(sitting, a_person(f"Voisin {n}")) for n in range(3)]
    for who in others:
        act(who, "question.support", question=question)
        act(who, "question.support", question=question)
    act(others[0], "question.unsupport", question=question)
    act(others[0], "question.unsupport", question=question)
    assert Question.objects.get(pk=question).supports == 2
    assert live(sitting.pk)[f"support/{question}"]["supports"] == 2
    assert belongings(sitting.pk, others[1].person)[f"support/{question}"] == {"supported": True}
    assert f"support/{question}" not in belongings(sitting.pk, others[0].person)


def test_supports_go_on_the_timeline_once_per_five_seconds(sitting, citizen, moderator):
    question = ask_and_publish(citizen, moderator)
    act(citizen, "question.support", question=question)
    for what, key in entries_due(sitting.pk):
        write_entry(sitting.pk, what, key)
    assert states(sitting)[f"support/{question}"]["supports"] == 1
    act(moderator, "question.support", question=question)
    assert entries_due(sitting.pk) == []
    write_entry(sitting.pk, "question", question)
    assert kinds(sitting).count("support.counted") == 1


def test_what_is_not_published_cannot_be_supported(citizen):
    question = ask(citizen)
    with pytest.raises(Refused) as refused:
        act(citizen, "question.support", question=question)
    assert refused.value.code is ErrorCode.NOT_FOUND


def test_only_its_author_withdraws_a_question(sitting, citizen, moderator):
    question = ask_and_publish(citizen, moderator)
    with pytest.raises(Refused) as refused:
        act(context(sitting, a_person("Autre")), "question.withdraw", question=question)
    assert refused.value.code is ErrorCode.FORBIDDEN
    act(citizen, "question.withdraw", question=question)
    assert f"question/{question}" not in states(sitting)
    assert folds_to_its_snapshot(sitting)


def test_one_question_is_on_screen_at_a_time(sitting, citizen, moderator):
    first, second = (ask_and_publish(citizen, moderator) for _ in range(2))
    act(moderator, "question.show", question=first)
    act(moderator, "question.show", question=second)
    public = states(sitting)
    assert public["screen"] == {"shows": f"question/{second}"}
    assert public[f"question/{first}"]["state"] == "approved"
    assert public[f"question/{second}"]["state"] == "on_screen"
    act(moderator, "question.answer", question=second)
    public = states(sitting)
    assert public["screen"] == {"shows": None}
    assert public[f"question/{second}"]["state"] == "answered"
    act(moderator, "question.reopen", question=second)
    assert states(sitting)[f"question/{second}"]["answered_at"] is None
    assert folds_to_its_snapshot(sitting)


def test_a_question_of_another_sitting_is_out_of_reach(moderator):
    other = a_sitting()
    question = ask(context(other, a_person()))
    with pytest.raises(Refused) as refused:
        act(moderator, "question.approve", question=question)
    assert refused.value.code is ErrorCode.NOT_FOUND


def test_deleting_the_account_erases_the_name_everywhere_and_keeps_the_question(
    sitting, citizen, moderator
):
    published = ask_and_publish(citizen, moderator, signed=True)
    pending = ask(citizen, signed=True)
    act(citizen, "question.support", question=published)
    from communes.models import Person

    erase(Person.objects.get(pk=citizen.person))
    public = states(sitting)
    assert public[f"question/{published}"]["signature"] == ""
    assert Question.objects.get(pk=published).supports == 0
    assert Question.objects.get(pk=pending).state == "withdrawn"
    everything = list(Entry.objects.filter(timeline=sitting.timeline).values("state", "actor"))
    assert "Codjo" not in str(everything)
    sitting.timeline.refresh_from_db()
    assert verify(sitting.timeline).broken_at is None
    assert folds_to_its_snapshot(sitting)


def test_a_name_that_was_public_once_is_erased_too(sitting, citizen, moderator):
    from communes.models import Person

    question = ask_and_publish(citizen, moderator, signed=True)
    act(moderator, "question.reject", question=question, code="duplicate")
    erase(Person.objects.get(pk=citizen.person))
    assert "Codjo" not in str(list(Entry.objects.values("state")))
    assert folds_to_its_snapshot(sitting)


def test_an_account_is_not_deleted_between_two_votes(sitting, citizen, moderator):
    poll = act(moderator, "poll.prepare", prompt="Pour ou contre ?", options=["Pour", "Contre"])
    poll_id = poll.result["poll"]
    act(moderator, "poll.open", poll=poll_id)
    option = states(sitting)[f"poll/{poll_id}"]["options"][0]["id"]
    act(citizen, "ballot.cast", poll=poll_id, options=[option])
    from communes.models import Person

    person = Person.objects.get(pk=citizen.person)
    with pytest.raises(Postponed):
        erase(person)
    act(moderator, "poll.close", poll=poll_id)
    erase(person)
    assert states(sitting)[f"tally/{poll_id}"]["voters"] == 1

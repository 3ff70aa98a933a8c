"""Merging: one question carries on for others, every supporter counted once, and back again."""

import pytest

from consultations.actions.belongings import belongings, of_review
from consultations.models import Question, Support
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import Stream
from moderation.models import Decision
from tests.live.acting import (
    a_person,
    a_sitting,
    act,
    context,
    folds_to_its_snapshot,
    states,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(sitting):
    return [context(sitting, a_person(f"Voix {n}")) for n in range(5)]


def support(question: int, *people) -> None:
    for person in people:
        act(person, "question.support", question=question)


def supports(question: int) -> int:
    """The counter, held to the rows."""
    counted = Question.objects.get(pk=question).supports
    assert counted == Support.objects.filter(question=question).count()
    return counted


def test_supporters_are_united_and_counted_once(sitting, moderator, publish, people):
    target, source = publish("Le marché ?"), publish("Et le marché ?")
    support(target, people[0], people[1])
    support(source, people[1], people[2], people[3])
    result = act(moderator, "question.merge", target=target, questions=[source]).result
    # Four supporters, and the author of the other question.
    assert result == {"target": target, "relatives": 1, "supports": 5}
    assert supports(target) == 5
    public = states(sitting)
    assert public[f"question/{target}"]["relatives"] == 1
    assert f"question/{source}" not in public
    assert states(sitting, Stream.STAFF)[f"review/{source}"]["merged_into"] == target
    assert folds_to_its_snapshot(sitting)


def test_splitting_gives_everyone_back_what_was_theirs(sitting, moderator, publish, people):
    target, source = publish("Le marché ?"), publish("Et le marché ?")
    support(target, people[0])
    support(source, people[0], people[1])
    before = states(sitting, Stream.STAFF)
    act(moderator, "question.merge", target=target, questions=[source])
    act(moderator, "question.split", questions=[source])
    after = states(sitting, Stream.STAFF)
    assert {k: v for k, v in after.items() if not k.startswith("screen")} == before
    assert (supports(target), supports(source)) == (1, 2)
    assert folds_to_its_snapshot(sitting)


def test_who_came_through_two_questions_stays_when_one_is_split(moderator, publish, people):
    target, one, two = publish("Le marché ?"), publish("Et le marché ?"), publish("Marché ?")
    support(one, people[0], people[1])
    support(two, people[0])
    act(moderator, "question.merge", target=target, questions=[one, two])
    act(moderator, "question.split", questions=[one])
    # people[0] through the second, and the second's author.
    assert supports(target) == 2
    act(moderator, "question.split", questions=[two])
    assert supports(target) == 0
    assert supports(one) == 2


def test_a_support_given_to_the_target_itself_outlives_a_split(moderator, publish, people):
    target, source = publish("Le marché ?"), publish("Et le marché ?")
    support(source, people[0])
    act(moderator, "question.merge", target=target, questions=[source])
    support(target, people[0])
    act(moderator, "question.split", questions=[source])
    assert supports(target) == 1


def test_a_support_taken_back_does_not_return_with_a_split(moderator, publish, people):
    target, one, two = publish("Le marché ?"), publish("Et le marché ?"), publish("Marché ?")
    support(one, people[0])
    support(two, people[0])
    act(moderator, "question.merge", target=target, questions=[one, two])
    act(people[0], "question.unsupport", question=target)
    act(moderator, "question.split", questions=[one])
    assert not Support.objects.filter(question=target, person=people[0].person).exists()
    assert supports(target) == 1  # the author of the second


def test_what_was_merged_can_be_merged_on_and_taken_apart_in_turn(moderator, publish, people):
    first, second, third = (publish(f"Le marché {n} ?") for n in range(3))
    support(first, people[0])
    act(moderator, "question.merge", target=second, questions=[first])
    act(moderator, "question.merge", target=third, questions=[second])
    assert Question.objects.get(pk=third).relatives == 2
    # The supporter, and two authors.
    assert supports(third) == 3
    with pytest.raises(Refused) as refused:
        act(moderator, "question.split", questions=[first])
    assert refused.value.code is ErrorCode.WRONG_STATE
    act(moderator, "question.split", questions=[second])
    assert Question.objects.get(pk=third).relatives == 0
    assert Question.objects.get(pk=second).relatives == 1
    act(moderator, "question.split", questions=[first])
    assert [supports(key) for key in (first, second, third)] == [1, 0, 0]


def test_a_pending_question_goes_back_to_pending(sitting, moderator, ask, publish):
    target, source = publish("Le marché ?"), ask("Et le marché ?")
    act(moderator, "question.merge", target=target, questions=[source])
    act(moderator, "question.split", questions=[source])
    assert Question.objects.get(pk=source).state == "pending"
    assert f"question/{source}" not in states(sitting)


def test_everyone_concerned_is_told(sitting, citizen, moderator, ask, publish, people):
    target, source = publish("Le marché sera-t-il fini ?"), ask("Et le marché ?", citizen)
    act(moderator, "question.merge", target=target, questions=[source])
    mine = belongings(sitting.pk, citizen.person)
    told = mine[f"question/{source}"]
    assert (told["state"], told["merged_into"], told["merged_text"], told["merged_state"]) == (
        "merged",
        target,
        "Le marché sera-t-il fini ?",
        "approved",
    )
    assert mine[f"support/{target}"] == {"supported": True}
    assert (citizen.person, {f"support/{target}": {"supported": True}}) in of_review(
        f"review/{source}"
    )
    act(moderator, "question.answer", question=target)
    personal = dict(of_review(f"review/{target}"))
    assert personal[citizen.person][f"question/{source}"]["merged_state"] == "answered"
    act(moderator, "question.reopen", question=target)
    act(moderator, "question.split", questions=[source])
    assert (citizen.person, {f"support/{target}": None}) in of_review(f"review/{source}")


def test_what_waits_is_not_shown_to_the_author_of_another(sitting, citizen, moderator, ask):
    target, source = ask("Le marché ?"), ask("Et le marché ?", citizen)
    act(moderator, "question.merge", target=target, questions=[source])
    assert belongings(sitting.pk, citizen.person)[f"question/{source}"]["merged_text"] is None


@pytest.mark.parametrize("case", ["itself", "twice", "another sitting", "merged", "answered"])
def test_what_cannot_be_merged_is_refused_and_nothing_is_done(sitting, moderator, publish, case):
    target, source, good = publish("Le marché ?"), publish("Et le marché ?"), publish("Marché ?")
    questions, code = [good, source], ErrorCode.WRONG_STATE
    if case == "itself":
        questions, code = [good, target], ErrorCode.INVALID
    elif case == "twice":
        questions, code = [good, good], ErrorCode.INVALID
    elif case == "another sitting":
        other = a_sitting()
        person = context(other, a_person())
        questions = [good, act(person, "question.submit", text="Et ici ?").result["question"]]
        code = ErrorCode.NOT_FOUND
    elif case == "merged":
        act(moderator, "question.merge", target=publish("Encore ?"), questions=[source])
    else:
        act(moderator, "question.answer", question=source)
    before = states(sitting, Stream.STAFF)
    with pytest.raises(Refused) as refused:
        act(moderator, "question.merge", target=target, questions=questions)
    assert refused.value.code is code
    assert states(sitting, Stream.STAFF) == before
    assert Question.objects.get(pk=good).state == "approved"


def test_nothing_is_merged_into_what_was_merged_or_refused(moderator, publish):
    target, other, source = publish("Le marché ?"), publish("Marché ?"), publish("Et ?????? un")
    act(moderator, "question.merge", target=other, questions=[target])
    with pytest.raises(Refused) as refused:
        act(moderator, "question.merge", target=target, questions=[source])
    assert refused.value.code is ErrorCode.WRONG_STATE


def test_a_merge_is_about_what_the_moderator_saw(moderator, colleague, publish, ask):
    target, source = publish("Le marché ?"), ask("Et le marché ?")
    act(colleague, "question.approve", question=source)
    with pytest.raises(Refused) as refused:
        act(
            moderator,
            "question.merge",
            target=target,
            questions=[source],
            seen={str(source): "pending"},
        )
    assert refused.value.code is ErrorCode.CONFLICT


def test_merge_and_split_can_be_taken_back(moderator, publish):
    target, source = publish("Le marché ?"), publish("Et le marché ?")
    act(moderator, "question.merge", target=target, questions=[source])
    act(moderator, "review.undo", question=source)
    assert Question.objects.get(pk=source).state == "approved"
    assert Question.objects.get(pk=target).relatives == 0
    act(moderator, "question.merge", target=target, questions=[source])
    act(moderator, "question.split", questions=[source])
    act(moderator, "review.undo", question=source)
    assert Question.objects.get(pk=source).state == "merged"
    assert supports(target) == 1
    assert Decision.objects.filter(verdict="undo").count() == 2


def test_an_author_who_goes_leaves_the_others_standing(sitting, citizen, moderator, publish, ask):
    target, source = publish("Le marché ?", citizen), ask("Et le marché ?")
    act(moderator, "question.merge", target=target, questions=[source])
    act(citizen, "question.withdraw", question=target)
    assert Question.objects.get(pk=source).state == "pending"
    assert Question.objects.get(pk=target).relatives == 0
    assert folds_to_its_snapshot(sitting)

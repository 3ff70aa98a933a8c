"""Who may take part: confirmed, on the commune's list, in the hall; and counts by level."""

import pytest

from communes.identity import phone
from consultations.actions.levels import (
    HALL_CODE_S,
    counted_level,
    enter_hall,
    hall_code,
    shown_levels,
)
from consultations.actions.own import own_values
from consultations.actions.support_counts import support_tallies
from consultations.models import BallotMarker, HallEntry, ListedNumber, Question, Support
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import Stream
from tests.consultations.polling import an_open_poll, voters
from tests.live.acting import a_commune, a_person, a_sitting, act, context, kinds, states

pytestmark = pytest.mark.django_db

NUMBER = "+2290197123456"


@pytest.fixture
def sitting():
    return a_sitting()


@pytest.fixture
def host(sitting):
    return context(sitting, a_person("Hôte", "host"), "host")


@pytest.fixture
def clerk(sitting):
    return context(sitting, a_person("Secrétaire", "clerk"), "clerk")


def listed(person, number: str = NUMBER, *, verified: bool = True):
    person.phone_hash, person.phone_verified = phone.digest(number), verified
    person.save()
    ListedNumber.objects.get_or_create(commune=a_commune(), phone_hash=person.phone_hash)
    return person


def in_the_hall(sitting, person):
    act(context(sitting, person), "hall.enter", code=hall_code(sitting.pk).code)
    return person


def refusal(who, command: str, **args) -> ErrorCode:
    with pytest.raises(Refused) as refused:
        act(who, command, **args)
    return refused.value.code


def ask(sitting, person) -> int:
    text = "Quand la rue 12 sera-t-elle pavée ?"
    return act(context(sitting, person), "question.submit", text=text).result["question"]


# ── the hall ──────────────────────────────────────────────────────────────────────────────────


def test_the_code_of_the_hall_opens_its_level_and_is_entered_once(sitting):
    person = a_person()
    code = hall_code(sitting.pk).code
    for typed in (code, f"{code[:3]} {code[3:]}"):
        done = act(context(sitting, person), "hall.enter", code=typed)
        assert done.mine["level"] == {"level": "hall", "levels": ["hall", "confirmed"]}
    assert HallEntry.objects.count() == 1
    assert own_values(sitting.pk, [person.pk])[person.pk]["level"]["level"] == "hall"


def test_another_sitting_has_another_code(sitting):
    other = a_sitting()
    code = hall_code(other.pk).code
    assert code != hall_code(sitting.pk).code
    assert refusal(context(sitting, a_person()), "hall.enter", code=code) is ErrorCode.WRONG_CODE
    assert not HallEntry.objects.exists()


def test_a_code_is_good_for_its_time_and_as_long_again(sitting):
    start = 1_800_000_000 - 1_800_000_000 % HALL_CODE_S
    code = hall_code(sitting.pk, start).code
    assert hall_code(sitting.pk, start).until == (start + HALL_CODE_S) * 1000
    enter_hall(context(sitting, a_person("À l'heure")), code, start + 1)
    enter_hall(context(sitting, a_person("Juste avant")), code, start + 2 * HALL_CODE_S - 1)
    with pytest.raises(Refused):
        enter_hall(context(sitting, a_person("Trop tard")), code, start + 2 * HALL_CODE_S)


def test_a_new_round_ends_the_codes_at_once_and_leaves_who_entered(sitting, clerk):
    code = hall_code(sitting.pk).code
    inside = in_the_hall(sitting, a_person())
    act(clerk, "hall.rotate")
    assert refusal(context(sitting, a_person()), "hall.enter", code=code) is ErrorCode.WRONG_CODE
    assert counted_level(sitting.pk, inside.pk) == "hall"


def test_the_code_is_on_no_timeline(sitting, clerk):
    code = hall_code(sitting.pk).code
    act(clerk, "hall.rotate")
    in_the_hall(sitting, a_person())
    assert code not in str(states(sitting, Stream.STAFF))


# ── the list ──────────────────────────────────────────────────────────────────────────────────


def test_being_listed_takes_the_confirmed_number(sitting):
    there = listed(a_person())
    assert counted_level(sitting.pk, there.pk) == "listed"
    there.phone_verified = False
    there.save()
    assert counted_level(sitting.pk, there.pk) == "confirmed"


def test_the_list_of_another_commune_says_nothing(sitting):
    person = a_person()
    person.phone_hash, person.phone_verified = phone.digest(NUMBER), True
    person.save()
    ListedNumber.objects.create(commune=a_commune("parakou"), phone_hash=person.phone_hash)
    assert counted_level(sitting.pk, person.pk) == "confirmed"


# ── who may act ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("level", "code"), [("listed", ErrorCode.NOT_LISTED), ("hall", ErrorCode.NOT_IN_HALL)]
)
def test_the_level_of_a_sitting_is_asked_of_who_asks_supports_and_reacts(
    sitting, clerk, level, code
):
    outsider = context(sitting, a_person("Dehors"))
    question = ask(sitting, a_person("Avant"))
    act(context(sitting, a_person("Mod", "moderator"), "moderator"), "question.approve",
        question=question)  # fmt: skip
    act(clerk, "participation.set", level=level)
    text = "Et la rue 14, quand sera-t-elle pavée ?"
    assert refusal(outsider, "question.submit", text=text) is code
    assert refusal(outsider, "question.support", question=question) is code
    assert refusal(outsider, "reaction.send", reaction="applaud") is code
    insider = listed(a_person("Dedans")) if level == "listed" else a_person("Dedans")
    if level == "hall":
        in_the_hall(sitting, insider)
    act(context(sitting, insider), "question.submit", text=text)
    act(context(sitting, insider), "question.support", question=question)
    act(context(sitting, insider), "reaction.send", reaction="applaud")
    assert Support.objects.get().level == level


def test_the_setting_is_public_and_said_when_it_changes(sitting, clerk):
    act(clerk, "participation.set", level="hall", by_level=True)
    act(clerk, "participation.set", level="hall")
    assert states(sitting)["participation"] == {
        "level": "hall",
        "by_level": True,
        "reactions": True,
    }
    assert kinds(sitting).count("participation.changed") == 1


def test_a_poll_takes_the_level_of_its_sitting_unless_it_has_its_own(sitting, host, clerk):
    act(clerk, "participation.set", level="listed")
    theirs, (yes, _) = an_open_poll(host)
    assert states(sitting)[f"poll/{theirs}"]["level"] == "listed"
    own, (mine, _) = an_open_poll(host, level="hall")
    outsider = context(sitting, a_person())
    assert refusal(outsider, "ballot.cast", poll=theirs, options=[yes]) is ErrorCode.NOT_LISTED
    assert refusal(outsider, "ballot.cast", poll=own, options=[mine]) is ErrorCode.NOT_IN_HALL
    assert not BallotMarker.objects.exists()
    present = in_the_hall(sitting, a_person())
    act(context(sitting, present), "ballot.cast", poll=own, options=[mine])
    assert BallotMarker.objects.get().level == "hall"


# ── counts by level ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        ({"hall": 30, "confirmed": 40}, {"hall": 30, "confirmed": 40}),
        ({"hall": 9}, {}),
        # With the total, the nine could be worked out: the smaller of the others goes too.
        ({"hall": 9, "listed": 20, "confirmed": 30}, {"confirmed": 30}),
        ({"hall": 9, "confirmed": 30}, {}),
        # Together they are enough to hide in.
        ({"hall": 5, "listed": 6, "confirmed": 30}, {"confirmed": 30}),
        ({"confirmed": 10}, {"confirmed": 10}),
        ({}, {}),
    ],
)
def test_no_count_of_fewer_than_ten_is_shown_or_can_be_worked_out(people, shown):
    assert shown_levels(people) == shown


def test_an_open_poll_counts_votes_by_level_and_a_secret_one_voters_alone(sitting, host):
    for secret in (False, True):
        poll, (yes, no) = an_open_poll(host, secret=secret, by_level=True)
        for person in voters(10):
            in_the_hall(sitting, person)
            act(context(sitting, person), "ballot.cast", poll=poll, options=[yes])
        for person in voters(11):
            act(context(sitting, person), "ballot.cast", poll=poll, options=[no])
        act(host, "poll.close", poll=poll)
        levels = states(sitting)[f"tally/{poll}"]["levels"]
        assert {name: count["voters"] for name, count in levels.items()} == {
            "hall": 10,
            "confirmed": 11,
        }
        votes = {name: count["votes"] for name, count in levels.items()}
        if secret:
            assert votes == {"hall": {}, "confirmed": {}}
        else:
            assert votes["hall"] == {str(yes): 10, str(no): 0}
            assert votes["confirmed"] == {str(yes): 0, str(no): 11}


def test_levels_stay_out_of_a_poll_that_does_not_show_them(sitting, host):
    poll, (yes, _) = an_open_poll(host, secret=False)
    for person in voters(10):
        act(context(sitting, person), "ballot.cast", poll=poll, options=[yes])
    act(host, "poll.close", poll=poll)
    assert states(sitting)[f"tally/{poll}"]["levels"] == {}


def test_supports_are_counted_by_level_where_the_sitting_shows_it(sitting, clerk):
    question = ask(sitting, a_person())
    moderator = context(sitting, a_person("Mod", "moderator"), "moderator")
    act(moderator, "question.approve", question=question)
    for person in voters(12):
        in_the_hall(sitting, person)
        act(context(sitting, person), "question.support", question=question)
    row = Question.objects.get(pk=question)
    assert support_tallies(sitting.pk, [row])[question].levels == {}
    act(clerk, "participation.set", by_level=True)
    assert support_tallies(sitting.pk, [row])[question].levels == {"hall": 12}

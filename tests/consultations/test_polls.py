"""Polls: prepared, opened, closed, revealed; what each kind takes and what it counts."""

import pytest

from consultations.actions.tallies import SECRET_STEP, entries_due, live, write_entry
from consultations.models import Poll
from live.models import Entry
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import Stream
from live.timeline.digest import verify
from tests.consultations.polling import a_prepared_poll, an_open_poll, options_of, voters
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
def host(sitting):
    return context(sitting, a_person("Hôte", "host"), "host")


def refusal(who, command: str, **args) -> Refused:
    with pytest.raises(Refused) as refused:
        act(who, command, **args)
    return refused.value


# ── preparing ─────────────────────────────────────────────────────────────────────────────────


def test_a_prepared_poll_is_for_staff_until_it_is_opened(sitting, host):
    poll = a_prepared_poll(host)
    assert f"prepared/{poll}" in states(sitting, Stream.STAFF)
    assert f"poll/{poll}" not in states(sitting)
    act(host, "poll.open", poll=poll)
    assert f"prepared/{poll}" not in states(sitting, Stream.STAFF)
    assert states(sitting)[f"poll/{poll}"]["state"] == "open"
    assert states(sitting)["screen"] == {"shows": f"poll/{poll}"}
    assert folds_to_its_snapshot(sitting)


def test_a_prepared_poll_is_edited_as_a_whole_and_an_open_one_is_not(sitting, host):
    poll = a_prepared_poll(host)
    act(
        host,
        "poll.edit",
        poll=poll,
        prompt="Par où commencer ?",
        kind="several",
        options=["Agla", "Vodjè", "Zongo"],
        max_choices=2,
        secret=False,
        results="on_reveal",
    )
    prepared = states(sitting, Stream.STAFF)[f"prepared/{poll}"]
    assert [option["label"] for option in prepared["options"]] == ["Agla", "Vodjè", "Zongo"]
    assert (prepared["kind"], prepared["min_choices"], prepared["max_choices"]) == ("several", 1, 2)
    act(host, "poll.open", poll=poll)
    again = refusal(host, "poll.edit", poll=poll, prompt="Et ceci ?", options=["Oui", "Non"])
    assert again.code is ErrorCode.WRONG_STATE
    assert folds_to_its_snapshot(sitting)


@pytest.mark.parametrize("options", [["Oui"], ["Oui", "oui"], ["Oui"] * 11, ["Oui", " "], []])
def test_a_poll_needs_two_to_ten_different_options(host, options):
    with pytest.raises((ValueError, Refused)):
        act(host, "poll.prepare", prompt="Faut-il paver ?", options=options)
    assert not Poll.objects.exists()


def test_a_prepared_poll_stays_as_it_was_when_one_answer_is_all_it_would_have(sitting, host):
    poll = a_prepared_poll(host)
    before = states(sitting, Stream.STAFF)[f"prepared/{poll}"]
    for command, named in (("poll.prepare", {}), ("poll.edit", {"poll": poll})):
        told = refusal(host, command, prompt="Faut-il paver ?", options=["Oui"], **named)
        assert (told.code, told.field) == (ErrorCode.INVALID, "options")
    assert states(sitting, Stream.STAFF)[f"prepared/{poll}"] == before
    assert Poll.objects.count() == 1


@pytest.mark.parametrize(
    ("least", "most"), [(1, 4), (3, 2), (0, 2), (4, None)], ids=["many", "upside", "none", "more"]
)
def test_several_choices_are_between_one_and_all(host, least, most):
    with pytest.raises((ValueError, Refused)):
        a_prepared_poll(
            host, kind="several", options=["A", "B", "C"], min_choices=least, max_choices=most
        )


def test_ratings_and_yes_or_no_bring_their_options(sitting, host):
    rating, yes_no = a_prepared_poll(host, kind="rating"), a_prepared_poll(host, kind="yes_no")
    staff = states(sitting, Stream.STAFF)
    codes = {
        poll: [option["code"] for option in staff[f"prepared/{poll}"]["options"]]
        for poll in (rating, yes_no)
    }
    assert codes == {rating: ["1", "2", "3", "4", "5"], yes_no: ["yes", "no", "abstain"]}
    assert refusal(
        host, "poll.prepare", prompt="Quelle note ?", kind="rating", options=["Un", "Deux"]
    ).field == "options"  # fmt: skip


def test_a_prepared_poll_can_be_given_up_and_an_open_one_cannot(sitting, host):
    poll = a_prepared_poll(host)
    act(host, "poll.remove", poll=poll)
    assert f"prepared/{poll}" not in states(sitting, Stream.STAFF)
    other, _ = an_open_poll(host)
    assert refusal(host, "poll.remove", poll=other).code is ErrorCode.WRONG_STATE


# ── counting ──────────────────────────────────────────────────────────────────────────────────


def test_several_choices_count_the_voter_once_and_each_option(sitting, host):
    poll, (a, b, c) = an_open_poll(
        host, kind="several", options=["A", "B", "C"], max_choices=2, secret=False
    )
    first, second = voters(2)
    act(context(sitting, first), "ballot.cast", poll=poll, options=[a, b])
    act(context(sitting, second), "ballot.cast", poll=poll, options=[b])
    third = context(sitting, a_person())
    for wrong in ([a, b, c], [a, a]):
        assert refusal(third, "ballot.cast", poll=poll, options=wrong).code is ErrorCode.INVALID
    act(host, "poll.close", poll=poll)
    tally = states(sitting)[f"tally/{poll}"]
    assert tally["voters"] == 2
    assert tally["votes"] == {str(a): 1, str(b): 2, str(c): 0}


def test_a_rating_has_a_mean_and_a_distribution(sitting, host):
    poll, options = an_open_poll(host, kind="rating")
    for person, grade in zip(voters(3), (5, 4, 1), strict=True):
        act(context(sitting, person), "ballot.cast", poll=poll, options=[options[grade - 1]])
    act(host, "poll.close", poll=poll)
    tally = states(sitting)[f"tally/{poll}"]
    assert tally["mean"] == 3.33
    assert [tally["votes"][str(option)] for option in options] == [1, 0, 0, 1, 1]


def test_a_rating_without_votes_has_no_mean(sitting, host):
    poll, _ = an_open_poll(host, kind="rating")
    act(host, "poll.close", poll=poll)
    assert states(sitting)[f"tally/{poll}"]["mean"] is None


def test_abstaining_is_voting(sitting, host):
    poll, (_yes, _no, abstain) = an_open_poll(host, kind="yes_no")
    act(context(sitting, a_person()), "ballot.cast", poll=poll, options=[abstain])
    act(host, "poll.close", poll=poll)
    assert states(sitting)[f"tally/{poll}"]["voters"] == 1


def test_an_open_result_is_live(sitting, host):
    poll, (yes, no) = an_open_poll(host, secret=False)
    act(context(sitting, a_person()), "ballot.cast", poll=poll, options=[no])
    assert live(sitting.pk)[f"tally/{poll}"]["votes"] == {str(yes): 0, str(no): 1}
    assert entries_due(sitting.pk) == [("poll", poll)]


def test_a_secret_live_result_moves_in_steps_of_ten_or_more(sitting, host):
    poll, (yes, _) = an_open_poll(host)
    people = voters(SECRET_STEP)
    for person in people[:-1]:
        act(context(sitting, person), "ballot.cast", poll=poll, options=[yes])
    assert live(sitting.pk) == {}
    assert entries_due(sitting.pk) == []
    act(context(sitting, people[-1]), "ballot.cast", poll=poll, options=[yes])
    assert entries_due(sitting.pk) == [("poll", poll)]
    write_entry(sitting.pk, "poll", poll)
    assert states(sitting)[f"tally/{poll}"]["voters"] == SECRET_STEP


def test_a_secret_result_leaves_no_step_behind_that_would_tell_how_the_last_few_voted(
    sitting, host
):
    poll, (yes, no) = an_open_poll(host)
    for person in voters(SECRET_STEP):
        act(context(sitting, person), "ballot.cast", poll=poll, options=[yes])
    write_entry(sitting.pk, "poll", poll)
    act(context(sitting, a_person("La dernière")), "ballot.cast", poll=poll, options=[no])
    act(host, "poll.close", poll=poll)
    said = list(Entry.objects.filter(key=f"tally/{poll}").order_by("seq"))
    assert [entry.state and entry.state["voters"] for entry in said] == [None, SECRET_STEP + 1]
    sitting.timeline.refresh_from_db()
    assert verify(sitting.timeline).broken_at is None
    assert folds_to_its_snapshot(sitting)


# ── when the result is shown ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("secret", [True, False], ids=["secret", "open"])
@pytest.mark.parametrize("results", ["at_closing", "on_reveal"])
def test_a_hidden_result_says_only_how_many_voted(sitting, host, results, secret):
    poll, (yes, _no) = an_open_poll(host, results=results, secret=secret)
    for person in voters(12):
        act(context(sitting, person), "ballot.cast", poll=poll, options=[yes])
    for what, key in entries_due(sitting.pk):
        write_entry(sitting.pk, what, key)
    hidden = {"voters": 12, "votes": {}, "mean": None, "levels": {}, "final": False}
    assert live(sitting.pk)[f"tally/{poll}"] == hidden
    assert states(sitting)[f"tally/{poll}"] == hidden
    assert f"result/{poll}" not in states(sitting, Stream.STAFF)
    public = Entry.objects.filter(timeline=sitting.timeline, public_seq__isnull=False)
    assert all((entry.state or {}).get("votes", {}) == {} for entry in public)


def test_the_result_comes_with_the_closing(sitting, host):
    poll, (yes, no) = an_open_poll(host, results="at_closing")
    act(context(sitting, a_person()), "ballot.cast", poll=poll, options=[yes])
    act(host, "poll.close", poll=poll)
    public = states(sitting)
    assert public[f"poll/{poll}"]["revealed"] is True
    assert public[f"tally/{poll}"]["votes"] == {str(yes): 1, str(no): 0}
    assert public[f"tally/{poll}"]["final"] is True


def test_a_result_held_back_is_for_staff_until_the_host_reveals_it(sitting, host):
    poll, (yes, no) = an_open_poll(host, results="on_reveal", secret=False)
    act(context(sitting, a_person()), "ballot.cast", poll=poll, options=[yes])
    assert refusal(host, "poll.reveal", poll=poll).code is ErrorCode.WRONG_STATE
    act(host, "poll.close", poll=poll)
    votes = {str(yes): 1, str(no): 0}
    assert states(sitting)[f"tally/{poll}"]["votes"] == {}
    assert states(sitting)[f"poll/{poll}"]["revealed"] is False
    assert states(sitting, Stream.STAFF)[f"result/{poll}"]["votes"] == votes
    act(host, "poll.reveal", poll=poll)
    assert states(sitting)[f"tally/{poll}"]["votes"] == votes
    assert f"result/{poll}" not in states(sitting, Stream.STAFF)
    assert refusal(host, "poll.reveal", poll=poll).code is ErrorCode.WRONG_STATE
    assert kinds(sitting)[-3:] == ["poll.revealed", "poll.handed_over", "poll.counted"]
    assert folds_to_its_snapshot(sitting)


def test_the_end_of_the_sitting_closes_its_votes(sitting, host):
    poll, (yes, _) = an_open_poll(host)
    act(context(sitting, a_person()), "ballot.cast", poll=poll, options=[yes])
    act(context(sitting, a_person("Clerk", "clerk"), "clerk"), "sitting.end")
    assert states(sitting)[f"poll/{poll}"]["state"] == "closed"
    assert states(sitting)[f"tally/{poll}"] == {
        "voters": 1,
        "votes": dict(zip(map(str, options_of(poll)), (1, 0), strict=True)),
        "mean": None,
        "levels": {},
        "final": True,
    }


def test_a_poll_of_another_sitting_is_out_of_reach(host):
    other = a_sitting()
    theirs = a_prepared_poll(context(other, a_person("Autre hôte", "host"), "host"))
    for command in ("poll.open", "poll.remove", "poll.close", "poll.reveal", "screen.poll"):
        assert refusal(host, command, poll=theirs).code is ErrorCode.NOT_FOUND

"""Ballots: one citizen one vote, whatever is sent, however often, by whatever device."""

import threading

import pytest
from django.db import connection, transaction

from consultations.actions import ballots
from consultations.actions.own import own_values
from consultations.models import BallotMarker, OpenBallot, PollOption
from consultations.protocol import CastBallot
from live.models import CommandReceipt, Entry
from live.protocol.errors import ErrorCode, Refused
from live.protocol.registry import Done
from tests.consultations.polling import an_open_poll, voters
from tests.live.acting import a_person, a_sitting, act, context, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting():
    return a_sitting()


@pytest.fixture
def host(sitting):
    return context(sitting, a_person("Hôte", "host"), "host")


def test_one_vote_each_and_the_first_counts(sitting, host):
    poll, (yes, no) = an_open_poll(host)
    voter = context(sitting, a_person())
    assert act(voter, "ballot.cast", poll=poll, options=[yes]).result == {"accepted": True}
    with pytest.raises(Refused) as refused:
        act(voter, "ballot.cast", poll=poll, options=[no])
    assert refused.value.code is ErrorCode.ALREADY_VOTED
    act(host, "poll.close", poll=poll)
    tally = states(sitting)[f"tally/{poll}"]
    assert (tally["voters"], tally["votes"]) == (1, {str(yes): 1, str(no): 0})


def test_a_batch_counts_each_person_once_whatever_they_send(sitting, host):
    poll, (yes, no) = an_open_poll(host)
    other, _ = an_open_poll(host)
    people = [context(sitting, person) for person in voters(5)]
    batch = [(who, CastBallot(poll=poll, options=[yes])) for who in people]
    batch += [(people[0], CastBallot(poll=poll, options=[no]))]
    batch += [(people[0], CastBallot(poll=other, options=[yes]))]  # an option of another poll
    batch += [(people[1], CastBallot(poll=999_999, options=[yes]))]
    batch += [(people[1], CastBallot(poll=poll, options=[yes, no]))]
    with transaction.atomic():
        answers = ballots.cast(batch)
    assert all(isinstance(answer, Done) for answer in answers[:5])
    codes = [answer.code for answer in answers[5:] if isinstance(answer, Refused)]
    assert codes == [
        ErrorCode.ALREADY_VOTED,
        ErrorCode.NOT_FOUND,
        ErrorCode.NOT_FOUND,
        ErrorCode.INVALID,
    ]
    assert [option.votes for option in PollOption.objects.filter(poll=poll)] == [5, 0]


def test_a_ballot_that_says_nothing_countable_does_not_use_up_the_vote(sitting, host):
    poll, (yes, no) = an_open_poll(host)
    who = context(sitting, a_person())
    with transaction.atomic():
        answers = ballots.cast(
            [
                (who, CastBallot(poll=poll, options=[yes, no])),
                (who, CastBallot(poll=poll, options=[no])),
            ]
        )
    assert isinstance(answers[0], Refused)
    assert isinstance(answers[1], Done)


def test_somebody_of_another_sitting_does_not_vote_in_this_one(sitting, host):
    poll, (yes, _) = an_open_poll(host)
    with pytest.raises(Refused) as refused:
        act(context(a_sitting(), a_person()), "ballot.cast", poll=poll, options=[yes])
    assert refused.value.code is ErrorCode.NOT_FOUND
    assert not BallotMarker.objects.exists()


def test_no_ballot_lands_after_the_count(sitting, host):
    poll, (yes, _) = an_open_poll(host)
    act(host, "poll.close", poll=poll)
    with pytest.raises(Refused) as refused:
        act(context(sitting, a_person()), "ballot.cast", poll=poll, options=[yes])
    assert refused.value.code is ErrorCode.POLL_CLOSED
    assert not BallotMarker.objects.exists()


def test_nobody_votes_behind_closed_doors(sitting, host):
    poll, (yes, _) = an_open_poll(host)
    act(context(sitting, a_person("Clerk", "clerk"), "clerk"), "sitting.close_doors")
    with pytest.raises(Refused) as refused:
        act(context(sitting, a_person()), "ballot.cast", poll=poll, options=[yes])
    assert refused.value.code is ErrorCode.CLOSED_DOORS


def test_an_open_ballot_says_to_each_what_they_chose(sitting, host):
    poll, (a, b, _) = an_open_poll(host, kind="several", options=["A", "B", "C"], secret=False)
    voter = context(sitting, a_person())
    done = act(voter, "ballot.cast", poll=poll, options=[b, a])
    said = {"voted": True, "options": sorted([a, b])}
    assert done.mine == {f"ballot/{poll}": said}
    assert own_values(sitting.pk, [voter.person])[voter.person][f"ballot/{poll}"] == said
    assert OpenBallot.objects.count() == 2


def test_a_secret_ballot_leaves_no_receipt_and_no_entry(sitting, host):
    poll, (yes, _) = an_open_poll(host)
    receipts, entries = CommandReceipt.objects.count(), Entry.objects.count()
    act(context(sitting, a_person()), "ballot.cast", poll=poll, options=[yes])
    assert (CommandReceipt.objects.count(), Entry.objects.count()) == (receipts, entries)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["one", "several"])
def test_votes_and_the_count_at_the_same_time_leave_one_vote_each_and_a_true_count(kind):
    sitting = a_sitting()
    host = context(sitting, a_person("Hôte", "host"), "host")
    poll, options = an_open_poll(host, kind=kind)
    chosen = options if kind == "several" else options[:1]
    people = [context(sitting, person) for person in voters(30)]
    start = threading.Barrier(4)
    accepted: list[int] = []
    failures: list[Exception] = []

    def vote(group: list) -> None:
        try:
            start.wait(30)
            for who in group:
                try:
                    act(who, "ballot.cast", poll=poll, options=chosen)
                    accepted.append(who.person)
                except Refused as refused:
                    assert refused.code in {ErrorCode.POLL_CLOSED, ErrorCode.ALREADY_VOTED}
        except Exception as error:  # noqa: BLE001 - shown below
            failures.append(error)
        finally:
            connection.close()

    groups = [people[:20], people[10:], people[5:25]]
    threads = [threading.Thread(target=vote, args=(group,)) for group in groups]
    for thread in threads:
        thread.start()
    start.wait(30)
    act(host, "poll.close", poll=poll)
    for thread in threads:
        thread.join(60)
    assert not failures
    assert len(accepted) == len(set(accepted))
    tally = states(sitting)[f"tally/{poll}"]
    assert tally["voters"] == len(accepted) == BallotMarker.objects.filter(poll=poll).count()
    assert [tally["votes"][str(option)] for option in chosen] == [len(accepted)] * len(chosen)

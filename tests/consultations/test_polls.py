"""Polls: one citizen one vote, secret when they say so, counted once and for all."""

import threading

import pytest
from django.apps import apps
from django.db import connection, transaction

from consultations.actions import ballots
from consultations.actions.belongings import belongings
from consultations.actions.tallies import SECRET_STEP, entries_due, live, write_entry
from consultations.models import BallotMarker, OpenBallot, PollOption
from consultations.protocol import CastBallot
from live.models import CommandReceipt, Entry
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import Stream
from live.protocol.registry import Done
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
def sitting():
    return a_sitting()


@pytest.fixture
def host(sitting):
    return context(sitting, a_person("Hôte", "host"), "host")


def an_open_poll(host, *, secret: bool = True) -> tuple[int, list[int]]:
    done = act(
        host, "poll.prepare", prompt="Faut-il paver ?", options=["Oui", "Non"], secret=secret
    )
    poll = done.result["poll"]
    act(host, "poll.open", poll=poll)
    return poll, list(PollOption.objects.filter(poll=poll).values_list("pk", flat=True))


def test_a_prepared_poll_is_for_staff_until_it_is_opened(sitting, host):
    poll = act(host, "poll.prepare", prompt="Faut-il paver ?", options=["Oui", "Non"]).result[
        "poll"
    ]
    assert f"prepared/{poll}" in states(sitting, Stream.STAFF)
    assert f"poll/{poll}" not in states(sitting)
    act(host, "poll.open", poll=poll)
    assert f"prepared/{poll}" not in states(sitting, Stream.STAFF)
    assert states(sitting)[f"poll/{poll}"]["state"] == "open"
    assert states(sitting)["screen"] == {"shows": f"poll/{poll}"}
    assert folds_to_its_snapshot(sitting)


def test_one_vote_each_and_the_first_counts(sitting, host):
    poll, (yes, no) = an_open_poll(host)
    voter = context(sitting, a_person())
    assert act(voter, "ballot.cast", poll=poll, option=yes).result == {"accepted": True}
    with pytest.raises(Refused) as refused:
        act(voter, "ballot.cast", poll=poll, option=no)
    assert refused.value.code is ErrorCode.ALREADY_VOTED
    act(host, "poll.close", poll=poll)
    tally = states(sitting)[f"tally/{poll}"]
    assert tally == {"voters": 1, "votes": {str(yes): 1, str(no): 0}, "final": True}


def test_a_batch_counts_each_person_once_whatever_they_send(sitting, host):
    poll, (yes, no) = an_open_poll(host)
    other, _ = an_open_poll(host)
    people = [context(sitting, a_person(f"Voix {n}")) for n in range(5)]
    batch = [(who, CastBallot(poll=poll, option=yes)) for who in people]
    batch += [(people[0], CastBallot(poll=poll, option=no))]
    batch += [(people[0], CastBallot(poll=other, option=yes))]  # an option of another poll
    batch += [(people[1], CastBallot(poll=999_999, option=yes))]
    with transaction.atomic():
        answers = ballots.cast(batch)
    assert all(isinstance(answer, Done) for answer in answers[:5])
    codes = [answer.code for answer in answers[5:] if isinstance(answer, Refused)]
    assert codes == [ErrorCode.ALREADY_VOTED, ErrorCode.NOT_FOUND, ErrorCode.NOT_FOUND]
    assert PollOption.objects.get(pk=yes).votes == 5
    assert PollOption.objects.get(pk=no).votes == 0


def test_no_ballot_lands_after_the_count(sitting, host):
    poll, (yes, _) = an_open_poll(host)
    act(host, "poll.close", poll=poll)
    with pytest.raises(Refused) as refused:
        act(context(sitting, a_person()), "ballot.cast", poll=poll, option=yes)
    assert refused.value.code is ErrorCode.POLL_CLOSED
    assert not BallotMarker.objects.exists()


def test_nobody_votes_behind_closed_doors(sitting, host):
    poll, (yes, _) = an_open_poll(host)
    act(context(sitting, a_person("Clerk", "clerk"), "clerk"), "sitting.close_doors")
    with pytest.raises(Refused) as refused:
        act(context(sitting, a_person()), "ballot.cast", poll=poll, option=yes)
    assert refused.value.code is ErrorCode.CLOSED_DOORS


def test_a_secret_result_moves_in_steps_of_ten_or_more(sitting, host):
    poll, (yes, _) = an_open_poll(host)
    for n in range(SECRET_STEP - 1):
        act(context(sitting, a_person(f"Voix {n}")), "ballot.cast", poll=poll, option=yes)
    assert live(sitting.pk) == {}
    assert entries_due(sitting.pk) == []
    act(context(sitting, a_person("Dixième")), "ballot.cast", poll=poll, option=yes)
    assert entries_due(sitting.pk) == [("poll", poll)]
    write_entry(sitting.pk, "poll", poll)
    assert states(sitting)[f"tally/{poll}"]["voters"] == SECRET_STEP


def test_an_open_result_is_live_and_says_to_each_what_they_chose(sitting, host):
    poll, (yes, no) = an_open_poll(host, secret=False)
    voter = context(sitting, a_person())
    act(voter, "ballot.cast", poll=poll, option=no)
    assert live(sitting.pk)[f"tally/{poll}"]["votes"] == {str(yes): 0, str(no): 1}
    mine = belongings(sitting.pk, voter.person)
    assert mine[f"ballot/{poll}"] == {"voted": True, "option": no}
    assert OpenBallot.objects.get().option_id == no


def test_access_to_the_whole_database_does_not_say_who_chose_what(sitting, host):
    """Two elections that differ only in who chose what leave the same database."""

    def everything() -> dict[str, list[str]]:
        dump = {}
        for model in apps.get_models():
            rows = model._default_manager.order_by("pk").values()
            dump[model._meta.label] = [str(row) for row in rows]
        return dump

    people = [a_person(f"Voix {n}") for n in range(4)]
    poll, (yes, no) = an_open_poll(host)
    savepoint = transaction.savepoint()
    dumps = []
    for choices in ([yes, yes, no, no], [no, no, yes, yes], [yes, no, yes, no]):
        batch = [
            (context(sitting, person), CastBallot(poll=poll, option=option))
            for person, option in zip(people, choices, strict=True)
        ]
        answers = ballots.cast(batch)
        assert [answer.result for answer in answers] == [{"accepted": True}] * 4
        mines = [answer.mine[f"ballot/{poll}"] for answer in answers]
        assert mines == [{"voted": True, "option": None}] * 4
        dumps.append(everything())
        transaction.savepoint_rollback(savepoint)
        savepoint = transaction.savepoint()
    assert dumps[0] == dumps[1] == dumps[2]
    assert len(dumps[0]["consultations.BallotMarker"]) == 4


def test_a_secret_ballot_leaves_no_receipt_and_no_entry(sitting, host):
    poll, (yes, _) = an_open_poll(host)
    receipts, entries = CommandReceipt.objects.count(), Entry.objects.count()
    act(context(sitting, a_person()), "ballot.cast", poll=poll, option=yes)
    assert (CommandReceipt.objects.count(), Entry.objects.count()) == (receipts, entries)


@pytest.mark.parametrize("options", [["Oui"], ["Oui", "oui"], ["Oui"] * 11, ["Oui", " "]])
def test_a_poll_needs_two_to_ten_different_options(host, options):
    with pytest.raises((ValueError, Refused)):
        act(host, "poll.prepare", prompt="Faut-il paver ?", options=options)


def test_a_prepared_poll_can_be_given_up_and_an_open_one_cannot(sitting, host):
    poll = act(host, "poll.prepare", prompt="Faut-il paver ?", options=["Oui", "Non"]).result[
        "poll"
    ]
    act(host, "poll.remove", poll=poll)
    assert f"prepared/{poll}" not in states(sitting, Stream.STAFF)
    other, _ = an_open_poll(host)
    with pytest.raises(Refused):
        act(host, "poll.remove", poll=other)


@pytest.mark.django_db(transaction=True)
def test_votes_and_the_count_at_the_same_time_leave_one_vote_each_and_a_true_count():
    sitting = a_sitting()
    host = context(sitting, a_person("Hôte", "host"), "host")
    poll, (yes, _) = an_open_poll(host)
    voters = [context(sitting, a_person(f"Voix {n}")) for n in range(30)]
    start = threading.Barrier(4)
    accepted: list[int] = []
    failures: list[Exception] = []

    def vote(group: list) -> None:
        try:
            start.wait(30)
            for who in group:
                try:
                    act(who, "ballot.cast", poll=poll, option=yes)
                    accepted.append(who.person)
                except Refused as refused:
                    assert refused.code in {ErrorCode.POLL_CLOSED, ErrorCode.ALREADY_VOTED}
        except Exception as error:  # noqa: BLE001 - shown below
            failures.append(error)
        finally:
            connection.close()

    groups = [voters[:20], voters[10:], voters[5:25]]
    threads = [threading.Thread(target=vote, args=(group,)) for group in groups]
    for thread in threads:
        thread.start()
    start.wait(30)
    act(host, "poll.close", poll=poll)
    for thread in threads:
        thread.join(60)
    assert not failures
    assert len(accepted) == len(set(accepted))
    assert states(sitting)[f"tally/{poll}"]["voters"] == len(accepted)
    assert PollOption.objects.get(pk=yes).votes == BallotMarker.objects.filter(poll=poll).count()

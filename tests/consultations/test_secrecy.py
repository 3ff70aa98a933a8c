"""A secret ballot stays one: the whole database, read by whoever has it, joins nobody to a choice.

Elections that differ only in who chose what must leave the same database, down to the order in
which rows lie in it.
"""

import pytest
from django.apps import apps
from django.db import connection, transaction

from consultations.actions import ballots
from consultations.actions.own import own_values
from consultations.models import BallotMarker, PollOption
from tests.consultations.polling import an_open_poll, ballots_of, voters
from tests.live.acting import a_person, a_sitting, act, context

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting():
    return a_sitting()


@pytest.fixture
def host(sitting):
    return context(sitting, a_person("Hôte", "host"), "host")


def everything() -> dict[str, list[str]]:
    """Every row of every table, by primary key, and as the table itself gives them."""
    dump = {}
    for model in apps.get_models():
        rows = model._default_manager.order_by("pk").values()
        dump[model._meta.label] = [str(row) for row in rows]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
            dump[f"as it lies: {table}"] = [str(row) for row in cursor.fetchall()]
    return dump


#: Positions of the chosen options, by voter; within a kind the counts are the same.
ELECTIONS = {
    "one": [[[0], [0], [1], [1]], [[1], [1], [0], [0]], [[0], [1], [0], [1]]],
    "several": [
        [[0, 1], [2], [0], [1]],
        [[0], [1], [0, 1], [2]],
        # What was chosen together is not kept either.
        [[0, 2], [1], [0], [1]],
    ],
    "rating": [[[4], [0], [2], [2]], [[2], [2], [0], [4]], [[0], [4], [2], [2]]],
    "yes_no": [[[0], [1], [2], [0]], [[2], [0], [0], [1]], [[1], [2], [0], [0]]],
}


@pytest.mark.parametrize("results", ["live", "at_closing", "on_reveal"])
@pytest.mark.parametrize("kind", ELECTIONS)
def test_two_elections_that_differ_only_in_who_chose_what_leave_the_same_database(
    sitting, host, kind, results
):
    extra = {"options": ["A", "B", "C"]} if kind == "several" else {}
    poll, options = an_open_poll(host, kind=kind, results=results, **extra)
    people = voters(4)
    dumps = []
    for election in ELECTIONS[kind]:
        savepoint = transaction.savepoint()
        for ballot in ballots_of(
            sitting, people, poll, [[options[place] for place in chosen] for chosen in election]
        ):
            # One at a time: nothing may tell the order either.
            (answer,) = ballots.cast([ballot])
            assert answer.result == {"accepted": True}
            assert answer.mine == {f"ballot/{poll}": {"voted": True, "options": []}}
        dumps.append(everything())
        transaction.savepoint_rollback(savepoint)
    assert dumps[0] == dumps[1] == dumps[2]
    assert len(dumps[0]["consultations.BallotMarker"]) == 4


def test_the_dump_would_show_a_choice_that_is_not_secret(sitting, host):
    """The test above can fail: of an open ballot the dumps differ."""
    poll, (yes, no) = an_open_poll(host, secret=False)
    people = voters(2)
    dumps = []
    for choices in ([[yes], [no]], [[no], [yes]]):
        savepoint = transaction.savepoint()
        ballots.cast(ballots_of(sitting, people, poll, choices))
        dumps.append(everything())
        transaction.savepoint_rollback(savepoint)
    assert dumps[0] != dumps[1]


def test_the_order_of_voting_is_not_in_the_database(sitting, host):
    poll, (yes, _) = an_open_poll(host)
    people = voters(6)
    dumps = []
    for order in (people, people[::-1]):
        savepoint = transaction.savepoint()
        for person in order:
            act(context(sitting, person), "ballot.cast", poll=poll, options=[yes])
        dumps.append(everything())
        transaction.savepoint_rollback(savepoint)
    if connection.vendor == "sqlite":
        assert dumps[0] == dumps[1]
    tables = [key for key in dumps[0] if not key.startswith("as it lies")]
    assert all(dumps[0][key] == dumps[1][key] for key in tables)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="row numbers are SQLite's")
def test_markers_have_no_row_numbers():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE name = %s", [BallotMarker._meta.db_table]
        )
        assert cursor.fetchone()[0].endswith("WITHOUT ROWID")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="row versions are PostgreSQL's")
def test_row_versions_do_not_say_which_transaction_changed_which_counter(sitting, host):
    poll, (yes, _) = an_open_poll(host)
    act(context(sitting, a_person()), "ballot.cast", poll=poll, options=[yes])
    with connection.cursor() as cursor:
        table = PollOption._meta.db_table
        cursor.execute(f"SELECT DISTINCT xmin::text FROM {table} WHERE poll_id = %s", [poll])  # noqa: S608
        assert len(cursor.fetchall()) == 1


def test_not_even_the_voter_is_told_again_what_they_chose(sitting, host):
    poll, (yes, _) = an_open_poll(host)
    voter = context(sitting, a_person())
    act(voter, "ballot.cast", poll=poll, options=[yes])
    mine = own_values(sitting.pk, [voter.person])[voter.person]
    assert mine[f"ballot/{poll}"] == {"voted": True, "options": []}

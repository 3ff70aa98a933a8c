"""The public list of a commune's concerns: what its board's timeline says to everyone, and that a
board where nothing moves costs nothing."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from consultations.actions import concern_supports
from consultations.models import Concern
from live.protocol.frames import Stream
from live.timeline.read import entries_since, snapshot
from tests.support.factories import make_commune, make_person

from .concerning import ROAD, a_concern, act, said_by


def told(commune) -> list[dict]:
    """What everyone may know of the board's timeline, oldest first."""
    entries = entries_since(commune.concern_board.timeline_id, 0, Stream.PUBLIC)
    assert {entry.key for entry in entries} <= {"listed"}
    return [entry.state or {} for entry in entries]


def stale(concern: Concern) -> None:
    """As if its supports had been said long ago."""
    long_ago = timezone.now() - timedelta(minutes=1)
    Concern.objects.filter(pk=concern.pk).update(tallied_at=long_ago)


def test_a_list_hears_of_what_is_published_said_and_moved(db):
    commune = make_commune()
    clerk = make_person(commune, "clerk")
    concern = a_concern(commune, make_person())
    comment = said_by(concern, make_person())
    act(concern, clerk, "concern.move", state="planned", office="Voirie")
    act(concern, clerk, "concern.answer", text="En mars.", office="Voirie")
    moderator = make_person(commune, "moderator")
    act(concern, moderator, "comment.reject", comment=comment.pk, code="insult")
    said = [(one["now"]["state"], one["now"]["comments"]) for one in told(commune)]
    assert said == [
        ("received", 0),
        ("received", 1),
        ("planned", 1),
        ("planned", 2),
        ("planned", 1),
    ]
    assert {one["id"] for one in told(commune)} == {concern.pk}
    assert told(commune)[0]["now"]["category"] == "roads"


def test_nothing_is_said_to_everyone_of_what_is_not_public(db):
    commune, author = make_commune(), make_person()
    moderator = make_person(commune, "moderator")
    waiting = a_concern(commune, author, published=False)
    act(waiting, moderator, "concern.reject", code="insult", reason="Injurieux.")
    withdrawn = a_concern(commune, author, f"{ROAD} Encore.", published=False)
    act(withdrawn, author, "concern.withdraw")
    assert told(commune) == []
    board = commune.concern_board.timeline_id
    assert snapshot(board, Stream.PUBLIC, 0).states == {}
    assert snapshot(board, Stream.STAFF, 0).states


def test_what_is_taken_back_or_joined_leaves_the_list_and_comes_again(db):
    commune = make_commune()
    moderator = make_person(commune, "moderator")
    one = a_concern(commune, make_person())
    other = a_concern(commune, make_person(), f"{ROAD} Encore.")
    act(one, moderator, "concern.merge", target=other.pk, concerns=[one.pk])
    assert {"id": one.pk, "now": None} in told(commune)
    # Its author supports the one that carries on, and the list says so.
    assert told(commune)[-1]["now"]["supports"] == 1
    act(one, moderator, "concern.split", concerns=[one.pk])
    back = [entry["now"] for entry in told(commune) if entry["id"] == one.pk][-1]
    assert back is not None and back["state"] == "received"
    act(other, moderator, "concern.reject", code="insult")
    assert told(commune)[-1] == {"id": other.pk, "now": None}


def test_supports_move_in_the_list_whoever_looks_and_are_said_once(db):
    commune, elsewhere = make_commune(), make_commune()
    concern, there = a_concern(commune, make_person()), a_concern(elsewhere, make_person())
    for _ in range(2):
        act(concern, make_person(), "concern.support")
    act(there, make_person(), "concern.support")
    here = concern_supports.moving_in_lists([str(commune.pk)])
    assert set(here) == {str(commune.pk)}
    moving = here[str(commune.pk)]
    assert moving.values == {f"backing/{concern.pk}": {"supports": 2}}
    assert moving.due == [("concern", concern.pk)]
    for _ in range(2):  # two processes at once
        with transaction.atomic():
            concern_supports.write(str(commune.pk), "concern", concern.pk)
    assert concern_supports.moving_in_lists([str(commune.pk)]) == {}
    assert [one["now"]["supports"] for one in told(commune)] == [0, 2]
    act(concern, make_person(), "concern.support")
    soon = concern_supports.moving_in_lists([str(commune.pk)])[str(commune.pk)]
    assert soon.values and not soon.due, "at most every five seconds"
    stale(concern)
    assert concern_supports.moving_in_lists([str(commune.pk)])[str(commune.pk)].due


def test_supports_of_what_is_no_longer_public_do_not_move_in_the_list(db):
    commune = make_commune()
    concern = a_concern(commune, make_person())
    act(concern, make_person(), "concern.support")
    act(concern, make_person(commune, "moderator"), "concern.reject", code="insult")
    Concern.objects.filter(pk=concern.pk).update(supports=7)
    assert concern_supports.moving_in_lists([str(commune.pk)]) == {}


def test_what_is_no_longer_public_keeps_nothing_public_from_moving(db, monkeypatch):
    # Who deletes the account takes supports back from what was joined or refused too.
    monkeypatch.setattr(concern_supports, "MOST_AT_ONCE", 2)
    commune = make_commune()
    moderator = make_person(commune, "moderator")
    for n in range(2):
        gone = a_concern(commune, make_person(), f"{ROAD} {n}.")
        act(gone, moderator, "concern.reject", code="insult")
        Concern.objects.filter(pk=gone.pk).update(supports=7)
    shown = a_concern(commune, make_person())
    act(shown, make_person(), "concern.support")
    Concern.objects.filter(pk=shown.pk).update(tallied_at=timezone.now())
    moving = concern_supports.moving_in_lists([str(commune.pk)])
    assert set(moving[str(commune.pk)].values) == {f"backing/{shown.pk}"}


def test_a_board_where_nothing_moves_is_looked_up_in_an_index_of_what_does(db):
    asked: list[tuple[str, tuple[str, ...]]] = []

    def noted(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(noted):
        concern_supports.moving_in_lists(["1"])
    [(sql, params)] = asked
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if postgresql:  # of a table of nothing it would read all
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {'' if postgresql else 'QUERY PLAN '}{sql}", params)
        plan = str(cursor.fetchall())
    assert "concerns_that_move" in plan, plan

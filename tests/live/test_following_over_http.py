"""`GET …/timeline`: what the socket says, by asking; and the little that one follows in writing."""

import gzip
import json

import pytest
from django.test import Client

from live.models import KeyState
from live.protocol.frames import Stream
from live.timeline.read import snapshot
from tests.consultations.polling import an_open_poll

from .acting import a_person, a_sitting, act, context

pytestmark = pytest.mark.django_db

BOTH_WAYS = pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])


@pytest.fixture
def sitting():
    return a_sitting()


@pytest.fixture
def clerk(sitting):
    return context(sitting, a_person("Greffe", "clerk", "moderator"), "clerk", "moderator")


def asked(sitting, clerk, text: str) -> int:
    """A question of somebody new that is published."""
    number = act(context(sitting, a_person()), "question.submit", text=text).result["question"]
    act(clerk, "question.approve", question=number)
    return number


def read(sitting, **query):
    return Client().get(f"/api/v1/sittings/{sitting.pk}/timeline", query)


def test_what_one_lacks_comes_by_position_and_ends_where_the_snapshot_does(sitting, clerk):
    first = read(sitting).json()
    assert first["type"] == "snapshot"
    asked(sitting, clerk, "Quand le marché rouvrira-t-il ?")
    act(clerk, "sitting.close_questions")
    more = read(sitting, since=first["seq"], epoch=first["epoch"]).json()
    assert [entry["seq"] for entry in more["entries"]] == list(
        range(first["seq"] + 1, first["seq"] + 1 + len(more["entries"]))
    )
    states = first["states"]
    for entry in more["entries"]:
        states[entry["key"]] = entry["state"]
    assert (
        states == snapshot(sitting.timeline_id, Stream.PUBLIC, 0).model_dump(mode="json")["states"]
    )


@BOTH_WAYS
@pytest.mark.parametrize("query", [{}, {"since": 1}, {"in_writing": True}])
def test_the_same_is_not_sent_twice_and_is_fresh_for_a_second(sitting, clerk, query, packed):
    asked(sitting, clerk, "Quand le marché rouvrira-t-il ? " * 12)
    if "since" in query:
        query = {**query, "epoch": read(sitting).json()["epoch"]}
    address = f"/api/v1/sittings/{sitting.pk}/timeline"
    headers = {"Accept-Encoding": "gzip, br"} if packed else {}
    answer = Client().get(address, query, headers=headers)
    assert answer["Cache-Control"] == "public, max-age=1"
    assert "Accept-Encoding" in answer["Vary"]
    assert answer.get("Content-Encoding") == ("gzip" if packed else None)
    text = gzip.decompress(answer.content) if packed else answer.content
    assert json.loads(text)["timeline"] == sitting.timeline_id
    again = Client().get(address, query, headers={**headers, "If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    act(clerk, "sitting.close_questions")
    moved = Client().get(address, query, headers={**headers, "If-None-Match": answer["ETag"]})
    assert moved.status_code == 200


def test_in_writing_there_is_the_agenda_what_is_on_screen_and_the_votes(sitting, clerk):
    shown = asked(sitting, clerk, "Quand le marché rouvrira-t-il ?")
    other = asked(sitting, clerk, "Qui entretient les lampadaires ?")
    poll, _ = an_open_poll(clerk)
    act(clerk, "question.show", question=shown)
    found = read(sitting, in_writing=True).json()["states"]
    families = {key.partition("/")[0] for key in found}
    assert families == {"sitting", "agenda", "screen", "poll", "question"} | (
        {"tally"} if f"tally/{poll}" in found else set()
    )
    assert found[f"question/{shown}"]["state"] == "on_screen"
    assert f"question/{other}" not in found
    public = KeyState.objects.filter(timeline=sitting.timeline, public=True)
    assert set(found) <= set(public.values_list("key", flat=True))


def test_what_does_not_concern_it_moves_nothing_in_writing(sitting, clerk):
    before = read(sitting, in_writing=True)
    asked(sitting, clerk, "Qui entretient les lampadaires ?")
    after = read(sitting, in_writing=True)
    assert after["ETag"] == before["ETag"]
    assert after.json()["seq"] > before.json()["seq"]


def test_a_draft_is_followed_by_its_staff_alone_and_kept_by_no_cache():
    sitting = a_sitting("draft")
    for query in ({}, {"in_writing": True}):
        assert read(sitting, **query).status_code == 404
        client = Client()
        client.force_login(a_person("Greffe", "clerk"))
        answer = client.get(f"/api/v1/sittings/{sitting.pk}/timeline", query)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, max-age=1"

"""The WebSocket of a running server: who gets in, what they are sent, what their commands do."""

import json
import time

import pytest
from django.conf import settings
from websockets.exceptions import InvalidStatus

from communes.permissions import revoke
from live.models import CommandReceipt
from live.protocol.signing import sign_token
from live.protocol.tickets import TicketClaims
from tests.support.factories import make_commune, make_person, make_sitting, move, orm
from tests.support.socket import LiveSocket

TEXT = "Quand l'éclairage de la rue 12 sera-t-il rétabli ?"


# ── getting in ────────────────────────────────────────────────────────────────────────────────


async def test_a_visitor_is_welcomed_and_given_the_present_state(palabre, sitting):
    async with await palabre.ws(sitting) as socket:
        await socket.ready()
        assert [frame["type"] for frame in socket.frames[:2]] == ["welcome", "snapshot"]
        assert socket.frames[0]["me"] is None
        assert socket.states["sitting"]["state"] == "live"
        await socket.until("presence", lambda s: s.latest.get("presence"))


async def test_somebody_signed_in_is_known_and_sent_what_is_theirs(palabre, sitting, citizen):
    async with await palabre.ws(sitting, citizen) as socket:
        await socket.until("mine", lambda s: s.of("mine"))
        assert socket.frames[0]["me"] == {
            "id": citizen.public_id,
            "name": citizen.display_name,
            "roles": [],
        }
        assert socket.of("mine")[0]["whole"] is True


async def test_a_foreign_page_is_refused_at_the_handshake(palabre, sitting):
    with pytest.raises(InvalidStatus) as error:
        await palabre.ws(sitting, origin="https://evil.example")
    assert error.value.response.status_code == 403


@pytest.mark.parametrize("state", ["draft", "rehearsal", "unknown"])
async def test_what_is_not_public_looks_like_what_does_not_exist(palabre, commune, state):
    sitting = await orm(
        make_sitting, commune, "draft" if state != "rehearsal" else "live",
        rehearsal=state == "rehearsal",
    )  # fmt: skip
    if state == "unknown":
        sitting.pk = "22222222222z"
    async with await palabre.ws(sitting) as socket:
        assert await socket.closed() == 4404
        assert [frame["code"] for frame in socket.of("refused")] == ["not_found"]
        assert not socket.of("snapshot")


async def test_staff_see_their_draft(palabre, commune, moderator):
    sitting = await orm(make_sitting, commune, "draft")
    async with await palabre.ws(sitting, moderator, stream="staff") as socket:
        assert (await socket.ready()).states["sitting"]["state"] == "draft"


async def test_the_staff_stream_is_for_staff_of_this_commune(palabre, sitting, citizen):
    elsewhere = await orm(make_commune)
    other = await orm(make_person, elsewhere, "admin")
    for person in (None, citizen, other):
        async with await palabre.ws(sitting, person, stream="staff") as socket:
            assert await socket.closed() == 4403
            assert not socket.of("snapshot")


def a_ticket(person, to, *, key: bytes | None = None, **changes) -> str:
    claims = {
        "exp": int(time.time()) + 60,
        "sitting": to.pk,
        "person": person.pk,
        "public_id": person.public_id,
        "name": "",
        "roles": [],
        "language": "fr",
        **changes,
    }
    return sign_token(TicketClaims(**claims), key or f"ticket:{settings.SECRET_KEY}".encode())


@pytest.mark.parametrize(
    ("flaw", "code"),
    [
        ({"exp": 1_700_000_000}, 4401),
        ({"sitting": "22222222222z"}, 4403),
        ({"key": b"somebody else's"}, 4403),
    ],
    ids=["expired", "of another sitting", "forged"],
)
async def test_a_bad_ticket_opens_nothing(palabre, sitting, citizen, flaw, code):
    url = f"{palabre.ws_url}/ws/sittings/{sitting.pk}/"
    ticket = a_ticket(citizen, sitting, **flaw)
    async with await LiveSocket.open(url, palabre.url, ticket=ticket) as socket:
        assert await socket.closed() == code
        assert not socket.of("snapshot")


async def test_a_ticket_is_given_to_whoever_is_signed_in(palabre, sitting, citizen):
    path = f"/api/v1/sittings/{sitting.pk}/ticket"
    async with await palabre.async_client() as visitor:
        answer = await visitor.post(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")
        assert answer.headers["content-type"] == "application/problem+json"
    async with await palabre.async_client(citizen) as client:
        await client.get("/confidentialite/")
        token = client.cookies.get("csrftoken") or ""
        answer = await client.post(path, headers={"X-CSRFToken": token, "Referer": palabre.url})
        assert answer.status_code == 200
    url = f"{palabre.ws_url}/ws/sittings/{sitting.pk}/"
    async with await LiveSocket.open(url, palabre.url, ticket=answer.json()["ticket"]) as socket:
        await socket.ready()
        assert socket.frames[0]["me"]["id"] == citizen.public_id


# ── asking, deciding ──────────────────────────────────────────────────────────────────────────


async def test_a_question_goes_to_moderators_then_to_everyone(palabre, sitting, citizen, moderator):
    async with (
        await palabre.ws(sitting, citizen) as asking,
        await palabre.ws(sitting) as watching,
        await palabre.ws(sitting, moderator, stream="staff") as deciding,
    ):
        for socket in (asking, watching, deciding):
            await socket.ready()
        question = (await asking.do("question.submit", text=TEXT))["question"]
        await deciding.state(f"review/{question}")
        assert asking.mine[f"question/{question}"]["state"] == "pending"
        await deciding.do("question.approve", question=question)
        for socket in (asking, watching):
            assert (await socket.state(f"question/{question}"))["text"] == TEXT
        await asking.until(
            "told the author", lambda s: s.mine[f"question/{question}"]["state"] == "approved"
        )


async def test_a_refused_question_is_told_to_its_author_alone(palabre, sitting, citizen, moderator):
    async with (
        await palabre.ws(sitting, citizen) as asking,
        await palabre.ws(sitting, citizen) as second_tab,
        await palabre.ws(sitting) as watching,
        await palabre.ws(sitting, moderator, stream="staff") as deciding,
    ):
        for socket in (asking, second_tab, watching, deciding):
            await socket.ready()
        question = (await asking.do("question.submit", text=TEXT))["question"]
        await deciding.do(
            "question.reject", question=question, code="duplicate", reason="Déjà posée"
        )
        for tab in (asking, second_tab):
            await tab.until(
                "the reason",
                lambda s: s.mine.get(f"question/{question}", {}).get("reason") == "Déjà posée",
            )
        # Something public after it, so that whatever was sent before has arrived.
        await deciding.do("poll.prepare", prompt="Faut-il paver ?", options=["Oui", "Non"])
        clerk_poll = await deciding.until(
            "the poll", lambda s: [k for k in s.states if k.startswith("prepared/")]
        )
        await deciding.do("poll.open", poll=int(clerk_poll[0].partition("/")[2]))
        await watching.until("the open poll", lambda s: s.states.get("screen"))
        assert TEXT not in json.dumps(watching.frames)
        assert "Déjà posée" not in json.dumps(watching.frames)


async def test_no_staff_entry_reaches_a_citizens_socket_and_positions_hide_how_many_there_were(
    palabre, sitting, citizen, moderator
):
    async with (
        await palabre.ws(sitting) as watching,
        await palabre.ws(sitting, citizen) as asking,
        await palabre.ws(sitting, moderator, stream="staff") as deciding,
    ):
        for socket in (watching, asking, deciding):
            await socket.ready()
        began = watching.seq
        for n in range(4):
            await asking.do("question.submit", text=f"{TEXT} ({n})")
        question = (await deciding.state("review/1", lambda _: True)) or None
        keys = await deciding.until(
            "four reviews",
            lambda s: len(r := [k for k in s.states if k.startswith("review/")]) == 4 and r,
        )
        question = int(keys[-1].partition("/")[2])
        await deciding.do("question.approve", question=question)
        await watching.state(f"question/{question}")
        for socket in (watching, asking):
            public_keys = {entry["key"].partition("/")[0] for entry in socket.entries}
            assert not public_keys & {"review", "prepared", "publisher"}
        assert [entry["seq"] for entry in watching.entries] == [began + 1]


async def test_votes_are_acknowledged_once_and_counted_at_the_end(
    palabre, sitting, citizen, moderator
):
    async with (
        await palabre.ws(sitting, citizen) as voting,
        await palabre.ws(sitting, moderator, stream="staff") as deciding,
    ):
        poll = (await deciding.do("poll.prepare", prompt="Paver ?", options=["Oui", "Non"]))["poll"]
        await deciding.do("poll.open", poll=poll)
        shown = await voting.state(f"poll/{poll}")
        yes, no = (option["id"] for option in shown["options"])
        assert (await voting.do("ballot.cast", poll=poll, options=[yes])) == {"accepted": True}
        again = await voting.ask("ballot.cast", poll=poll, options=[no])
        assert again["code"] == "already_voted"
        await deciding.do("poll.close", poll=poll)
        tally = await voting.state(f"tally/{poll}", lambda t: t and t["final"])
        assert tally["votes"] == {str(yes): 1, str(no): 0}
        late = await voting.ask("ballot.cast", poll=poll, options=[no])
        assert late["code"] == "poll_closed"


# ── promises ──────────────────────────────────────────────────────────────────────────────────


async def test_a_command_sent_twice_is_done_once(palabre, sitting, citizen):
    async with await palabre.ws(sitting, citizen) as socket:
        first = await socket.do("question.submit", "same-id-0001", text=TEXT)
    async with await palabre.ws(sitting, citizen) as socket:
        again = await socket.do("question.submit", "same-id-0001", text=TEXT)
    assert again == first
    assert await orm(sitting.questions.count) == 1
    receipts = CommandReceipt.objects.filter(person=citizen)
    assert await orm(receipts.count) == 1


async def test_coming_back_from_every_position_leads_to_the_same_state(
    palabre, commune, sitting, moderator
):
    async with await palabre.ws(sitting, moderator, stream="staff") as deciding:
        await deciding.ready()
        for n in range(3):
            asked = await deciding.do("question.submit", text=f"{TEXT} ({n})")
            await deciding.do("question.approve", question=asked["question"])
        await deciding.do("question.show", question=asked["question"])
        # The answer may come before the entry has reached the room.
        shown = f"question/{asked['question']}"
        await deciding.state("screen", lambda s: s and s["shows"] == shown)
    async with await palabre.ws(sitting) as fresh:
        await fresh.ready()
        whole, last, epoch = dict(fresh.states), fresh.seq, fresh.epoch
    for since in range(last + 1):
        async with await palabre.ws(sitting, since=since, epoch=epoch) as socket:
            await socket.ready()
            assert not socket.of("snapshot")
            # The newest may come twice, when they were just on their way to everyone.
            await socket.until("caught up", lambda s: s.seq == last or not s.entries)
            came = list(dict.fromkeys(entry["seq"] for entry in socket.entries))
            assert came == list(range(since + 1, last + 1))
    for query in ({"since": last + 5, "epoch": epoch}, {"since": 1, "epoch": "gone"}):
        async with await palabre.ws(sitting, **query) as socket:
            await socket.ready()
            assert socket.states == whole


async def test_changes_by_another_process_arrive_too(palabre, sitting):
    async with await palabre.ws(sitting) as socket:
        await socket.ready()
        await orm(move, sitting, "pause")
        await socket.state("sitting", lambda s: s["state"] == "paused")


async def test_two_tabs_are_one_person(palabre, sitting, citizen):
    async with (
        await palabre.ws(sitting, citizen) as first,
        await palabre.ws(sitting, citizen),
        await palabre.ws(sitting),
    ):
        await first.until("two people", lambda s: s.latest.get("presence") == {"people": 2})


async def test_somebody_whose_role_is_taken_away_can_no_longer_act_nor_listen(
    palabre, commune, sitting, moderator, citizen
):
    async with (
        await palabre.ws(sitting, citizen) as asking,
        await palabre.ws(sitting, moderator, stream="staff") as deciding,
    ):
        question = (await asking.do("question.submit", text=TEXT))["question"]
        await deciding.state(f"review/{question}")
        await orm(revoke, moderator, commune, "moderator")
        refused = await deciding.ask("question.approve", question=question)
        assert refused["code"] == "forbidden"
        await deciding.closed()


async def test_a_support_taken_back_at_once_is_not_shown_for_ever(
    palabre, sitting, citizen, moderator
):
    async with (
        await palabre.ws(sitting) as watching,
        await palabre.ws(sitting, citizen) as asking,
        await palabre.ws(sitting, moderator, stream="staff") as deciding,
    ):
        question = (await asking.do("question.submit", text=TEXT))["question"]
        await deciding.do("question.approve", question=question)
        key = f"support/{question}"
        await deciding.do("question.support", question=question)
        await watching.state(key, lambda tally: tally and tally["supports"] == 1)
        await asking.do("question.support", question=question)
        await watching.until("two", lambda s: (s.latest.get(key) or {}).get("supports") == 2)
        await asking.do("question.unsupport", question=question)
        # Withdrawn: what the timeline said stands again.
        await watching.until("one again", lambda s: s.latest.get(key, "kept") is None)
        assert watching.states[key]["supports"] == 1

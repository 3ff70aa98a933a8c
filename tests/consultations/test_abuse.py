"""What people and their scripts try, on a running server."""

import asyncio
import time
from contextlib import AsyncExitStack

import pytest
from django.conf import settings

from communes.permissions import revoke
from consultations.actions.levels import hall_code
from consultations.models import BallotMarker, HallEntry, Poll, PollOption, Support
from live.models import Sitting
from live.protocol.signing import sign_token
from live.protocol.tickets import TicketClaims
from live.transport.limits import MAX_TOO_OFTEN
from live.transport.tickets import make_ticket
from tests.support.factories import make_commune, make_person, make_sitting, orm
from tests.support.socket import LiveSocket
from tests.support.waiting import DEADLINE_S, eventually

HONEST, SCRIPTS = 8, 4
TEXT = "Quand l'éclairage de la rue {n} sera-t-il rétabli ?"


@pytest.fixture
async def commune(palabre):
    return await orm(make_commune)


@pytest.fixture
async def sitting(commune) -> Sitting:
    return await orm(make_sitting, commune)


@pytest.fixture
async def host(commune):
    return await orm(make_person, commune, "host")


async def opened(palabre, sitting, host, **wanted) -> tuple[int, list[int]]:
    """A poll that is open, and its options."""
    given = {"prompt": "Faut-il paver la rue ?", "options": ["Oui", "Non"], **wanted}
    async with await palabre.ws(sitting, host, stream="staff") as socket:
        poll = (await socket.do("poll.prepare", **given))["poll"]
        await socket.do("poll.open", poll=poll)
    options = PollOption.objects.filter(poll=poll).values_list("pk", flat=True)
    return poll, await orm(list, options)


async def close(palabre, sitting, host, poll: int) -> dict:
    async with await palabre.ws(sitting, host, stream="staff") as socket:
        await socket.do("poll.close", poll=poll)
        return await socket.state(f"tally/{poll}", lambda tally: tally and tally["final"])


async def test_two_devices_at_once_cast_one_vote(palabre, sitting, host):
    poll, (yes, no) = await opened(palabre, sitting, host)
    people = [await orm(make_person) for _ in range(8)]
    async with AsyncExitStack() as stack:
        pairs = [
            [await stack.enter_async_context(await palabre.ws(sitting, who)) for _ in range(2)]
            for who in people
        ]
        answers = await asyncio.gather(
            *(
                device.ask("ballot.cast", poll=poll, options=[choice])
                for pair in pairs
                for device, choice in zip(pair, (yes, no), strict=True)
            )
        )
        # Both devices learn that the vote is cast.
        for device in (device for pair in pairs for device in pair):
            await device.until("told", lambda s: s.mine.get(f"ballot/{poll}", {}).get("voted"))
    accepted = [answer for answer in answers if answer["type"] == "ack"]
    refused = [answer["code"] for answer in answers if answer["type"] == "refused"]
    assert len(accepted) == len(people)
    assert refused == ["already_voted"] * len(people)
    tally = await close(palabre, sitting, host, poll)
    assert tally["voters"] == sum(tally["votes"].values()) == len(people)


async def test_a_replayed_command_changes_nothing(palabre, sitting, host):
    poll, (yes, no) = await opened(palabre, sitting, host)
    citizen = await orm(make_person)
    async with await palabre.ws(sitting, citizen) as socket:
        await socket.do("ballot.cast", "replayed-0001", poll=poll, options=[yes])
        asked = await socket.do("question.submit", "replayed-0002", text=TEXT.format(n=12))
    async with await palabre.ws(sitting, citizen) as socket:
        again = await socket.ask("ballot.cast", "replayed-0001", poll=poll, options=[no])
        assert again["code"] == "already_voted"
        # The id of an answered question does not make another command pass for it.
        assert await socket.do("question.submit", "replayed-0002", text="Autre chose ?") == asked
    # Nor does somebody else's id.
    async with await palabre.ws(sitting, await orm(make_person)) as socket:
        other = await socket.do("question.submit", "replayed-0002", text="Et nous, rue 14 ?")
        assert other["question"] != asked["question"]
    tally = await close(palabre, sitting, host, poll)
    assert tally["votes"] == {str(yes): 1, str(no): 0}


async def test_roles_that_are_claimed_or_gone_open_nothing(palabre, commune, sitting, host):
    poll, _ = await opened(palabre, sitting, host, results="on_reveal")
    await close_hidden(palabre, sitting, host, poll)
    citizen = await orm(make_person)
    async with await palabre.ws(sitting, citizen) as socket:
        for command in ("poll.reveal", "poll.close", "participation.set", "commitment.make"):
            args = {"poll": poll} if command.startswith("poll.") else {}
            assert (await socket.ask(command, **args))["code"] == "forbidden"
    # A ticket signed with our key, by whatever means, is checked again when it is written.
    claims = TicketClaims(
        exp=int(time.time()) + 60, sitting=sitting.pk, person=citizen.pk,
        public_id=citizen.public_id, name="", roles=["host"], language="fr",
    )  # fmt: skip
    ticket = sign_token(claims, f"ticket:{settings.SECRET_KEY}".encode())
    url = f"{palabre.ws_url}/ws/sittings/{sitting.pk}/"
    async with await LiveSocket.open(url, ticket=ticket) as socket:
        assert (await socket.ask("poll.reveal", poll=poll))["code"] == "forbidden"
    # So is a role that was taken away while its holder was connected.
    async with await palabre.ws(sitting, host) as socket:
        await orm(revoke, host, commune, "host")
        assert (await socket.ask("poll.reveal", poll=poll))["code"] == "forbidden"
    assert not (await orm(Poll.objects.get, pk=poll)).revealed


async def close_hidden(palabre, sitting, host, poll: int) -> None:
    async with await palabre.ws(sitting, host, stream="staff") as socket:
        await socket.do("poll.close", poll=poll)


async def test_a_held_back_result_reaches_no_citizens_socket(palabre, sitting, host):
    poll, (yes, _) = await opened(palabre, sitting, host, results="on_reveal", secret=False)
    people = [await orm(make_person) for _ in range(12)]
    async with await palabre.ws(sitting) as visitor, AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(await palabre.ws(sitting, who)) for who in people
        ]
        for socket in sockets:
            await socket.do("ballot.cast", poll=poll, options=[yes])
        await visitor.until(
            "how many voted", lambda s: s.latest.get(f"tally/{poll}", {}).get("voters") == 12
        )
        await close_hidden(palabre, sitting, host, poll)
        await visitor.state(f"poll/{poll}", lambda state: state["state"] == "closed")
        async with await palabre.ws(sitting) as late:
            await late.ready()
            everything = [frame for one in (visitor, late, sockets[0]) for frame in one.frames]
        # Only one's own open ballot may name the option.
        for frame in everything:
            values = frame.get("states") or frame.get("values") or {}
            values |= {entry["key"]: entry["state"] for entry in frame.get("entries", [])}
            assert not (values.get(f"tally/{poll}") or {}).get("votes")
            assert f"result/{poll}" not in values
        async with await palabre.ws(sitting, host, stream="staff") as revealing:
            await revealing.ready()
            assert revealing.states[f"result/{poll}"]["votes"][str(yes)] == 12
            await revealing.do("poll.reveal", poll=poll)
        tally = await visitor.state(f"tally/{poll}", lambda tally: tally["final"])
        assert tally["votes"][str(yes)] == 12


async def test_the_code_of_the_hall_is_not_found_by_trying(palabre, sitting):
    right = (await orm(hall_code, sitting.pk)).code
    guesses = [f"{number:06d}" for number in range(1000, 1020) if f"{number:06d}" != right]
    guesser = await orm(make_person)
    async with await palabre.ws(sitting, guesser) as socket:
        answers = [await socket.ask("hall.enter", code=guess) for guess in guesses]
        assert {answer["code"] for answer in answers} == {"wrong_code", "too_often"}
        # Not even with the right one, once there were too many.
        assert (await socket.ask("hall.enter", code=right))["code"] == "too_often"
    assert not await orm(HallEntry.objects.filter(sitting=sitting).exists)


async def test_a_script_that_floods_is_stopped_and_sent_away(palabre, sitting, host):
    poll, (yes, _) = await opened(palabre, sitting, host)
    async with await palabre.ws(sitting, await orm(make_person)) as socket:
        await socket.ready()
        for _ in range(MAX_TOO_OFTEN + 100):
            try:
                await socket.send("ballot.cast", poll=poll, options=[yes])
            except Exception:  # noqa: BLE001 - sent away meanwhile
                break
        assert await socket.closed() == 4429
    # The first ones may still be on their way to the database; they are one vote, however many.
    count = BallotMarker.objects.filter(poll=poll).count
    await eventually("the vote is kept", lambda: orm(count))
    assert await orm(count) == 1


async def test_honest_citizens_get_through_beside_floods_from_their_own_address(
    palabre, sitting, host, commune
):
    """A mobile operator's town shares an address with scripts that send as fast as they can,
    reconnecting whenever they are sent away. Everybody else votes, supports and asks, and is
    answered."""
    poll, (yes, _) = await opened(palabre, sitting, host)
    moderator = await orm(make_person, commune, "moderator")
    async with (
        await palabre.ws(sitting, await orm(make_person)) as asking,
        await palabre.ws(sitting, moderator, stream="staff") as deciding,
    ):
        question = (await asking.do("question.submit", text=TEXT.format(n=1)))["question"]
        await deciding.do("question.approve", question=question)
    scripts = [await orm(make_person) for _ in range(SCRIPTS)]
    honest = [await orm(make_person) for _ in range(HONEST)]
    url = f"{palabre.ws_url}/ws/sittings/{sitting.pk}/"
    stop, under_way = asyncio.Event(), asyncio.Event()
    sent = 0

    async def flood(person) -> None:
        nonlocal sent
        ticket = await orm(make_ticket, person, sitting)
        while not stop.is_set():
            try:
                async with await LiveSocket.open(url, ticket=ticket) as socket:
                    while not stop.is_set() and socket.close_code is None:
                        await socket.send("question.support", question=question)
                        await socket.send("ballot.cast", poll=poll, options=[yes])
                        await socket.send("question.submit", text=TEXT.format(n=sent))
                        sent += 3
                        if sent > 300:
                            under_way.set()
                        await asyncio.sleep(0)
            except Exception:  # noqa: BLE001 - sent away; comes again
                await asyncio.sleep(0)

    floods = [asyncio.create_task(flood(person)) for person in scripts]
    try:
        await asyncio.wait_for(under_way.wait(), DEADLINE_S)
        async with AsyncExitStack() as stack:
            for n, person in enumerate(honest):
                socket = await stack.enter_async_context(await palabre.ws(sitting, person))
                assert await socket.do("ballot.cast", poll=poll, options=[yes])
                assert await socket.do("question.support", question=question)
                assert await socket.do("question.submit", text=f"{TEXT.format(n=n)} Merci.")
    finally:
        stop.set()
        await asyncio.gather(*floods, return_exceptions=True)
    everyone = {person.pk for person in [*honest, *scripts]}
    voted = set(
        await orm(list, BallotMarker.objects.filter(poll=poll).values_list("person_id", flat=True))
    )
    assert {person.pk for person in honest} <= voted <= everyone
    supports = Support.objects.filter(question=question)
    assert await orm(supports.count) == len(await orm(list, supports.distinct())) <= len(everyone)
    by_script = [await orm(sitting.questions.filter(author=person).count) for person in scripts]
    assert max(by_script) <= 6
    assert await orm(sitting.questions.filter(author__in=honest).count) == HONEST
    tally = await close(palabre, sitting, host, poll)
    assert tally["voters"] == len(voted)

"""Concerns in real time, through running servers: one timeline, two devices, races."""

import asyncio

from django.utils import timezone

from communes.models import Person
from communes.permissions import EVERY_ROLE
from consultations.actions.concern_boards import board_subject
from consultations.actions.concern_states import subject_of
from consultations.models import Concern, ConcernSupport, PendingRefusal
from live.actions.subjects import Subject, find_subject, subject_kind, subject_kinds
from live.transport.tickets import ticket_to
from moderation.models import Claim
from tests.moderation.deciding import REPROACH
from tests.support.factories import make_commune, make_person, make_sitting, orm
from tests.support.socket import LiveSocket
from tests.support.world import World

from .concerning import ROAD, a_concern

OFFICE = "Rachidath Fictive, voirie"


async def follow(
    palabre: World, subject: Subject, path: str, person: Person | None = None, **options
) -> LiveSocket:
    ticket = await orm(ticket_to, subject, person) if person else None
    address = f"{palabre.ws_url}/ws/{path}/{subject.id}/"
    return await LiveSocket.open(address, palabre.url, ticket=ticket, **options)


async def a_published_concern(**fields) -> tuple[Concern, Subject]:
    commune = await orm(make_commune)
    author = await orm(make_person)
    concern = await orm(a_concern, commune, author, ROAD, **fields)
    return concern, subject_of(concern)


def supports_of(concern: Concern) -> tuple[int, int]:
    counted = Concern.objects.values_list("supports", flat=True).get(pk=concern.pk)
    return counted, ConcernSupport.objects.filter(concern=concern).count()


async def test_votes_comments_and_states_arrive_by_themselves(palabre):
    concern, subject = await a_published_concern()
    clerk = await orm(make_person, concern.commune, "clerk")
    afi = await orm(make_person)
    async with (
        await follow(palabre, subject, "concerns") as visitor,
        await follow(palabre, subject, "concerns", afi) as citizen,
        await follow(palabre, subject, "concerns", clerk) as office,
    ):
        for socket in (visitor, citizen, office):
            await socket.ready()
        await citizen.do("concern.support", concern=concern.pk)
        key = f"backing/{concern.pk}"
        await visitor.until(
            "the count",
            lambda s: (s.latest.get(key) or s.states.get(key) or {}).get("supports") == 1,
        )
        said = await citizen.do("comment.submit", concern=concern.pk, text="Chez nous.")
        await visitor.until("the comment", lambda s: s.states.get(f"comment/{said['comment']}"))
        await office.do("concern.move", concern=concern.pk, state="taken_up", office=OFFICE)
        await visitor.until(
            "the state", lambda s: s.states[f"concern/{concern.pk}"]["state"] == "taken_up"
        )


async def test_one_person_on_two_devices_counts_once_and_both_show_it(palabre):
    concern, subject = await a_published_concern()
    afi = await orm(make_person)
    async with (
        await follow(palabre, subject, "concerns", afi) as telephone,
        await follow(palabre, subject, "concerns", afi) as laptop,
    ):
        for socket in (telephone, laptop):
            await socket.ready()
        await asyncio.gather(
            *(
                socket.do("concern.support", concern=concern.pk)
                for socket in (telephone, laptop)
                for _ in range(5)
            )
        )
        assert await orm(supports_of, concern) == (1, 1)
        for socket in (telephone, laptop):
            await socket.until(
                "mine", lambda s: (s.mine.get(f"backing/{concern.pk}") or {}).get("supported")
            )


async def test_commented_while_it_is_joined_nothing_is_lost_or_half_done(palabre):
    concern, subject = await a_published_concern()
    target = await orm(a_concern, concern.commune, await orm(make_person), f"{ROAD} Encore.")
    moderator = await orm(make_person, concern.commune, "moderator")
    people = [await orm(make_person) for _ in range(4)]
    board = board_subject(await orm(lambda: concern.commune.concern_board))
    async with await follow(palabre, board, "boards", moderator, stream="staff") as desk:
        await desk.ready()
        sockets = [await follow(palabre, subject, "concerns", person) for person in people]
        for socket in sockets:
            await socket.ready()

        async def take_part(socket: LiveSocket) -> int:
            done = 0
            for name, args in (
                ("concern.support", {}),
                ("comment.submit", {"text": "Pendant la jonction."}),
            ):
                answer = await socket.ask(name, concern=concern.pk, **args)
                if answer["type"] == "refused":
                    assert answer["code"] in {"not_found", "wrong_state"}
                else:
                    done += name == "comment.submit"
            return done

        joining = desk.do("concern.merge", target=target.pk, concerns=[concern.pk])
        commented, _ = await asyncio.gather(asyncio.gather(*map(take_part, sockets)), joining)
        for socket in sockets:
            await socket.close()
    counted, rows = await orm(supports_of, target)
    assert counted == rows
    joined = await orm(lambda: Concern.objects.get(pk=concern.pk))
    assert joined.comments == sum(commented)
    here = set(await orm(lambda: list(joined.supporters.values_list("person_id", flat=True))))
    there = set(await orm(lambda: list(target.supporters.values_list("person_id", flat=True))))
    assert here <= there


async def test_a_list_moves_by_itself_and_says_nothing_that_is_not_public(palabre):
    concern, subject = await a_published_concern()
    commune = concern.commune
    board = board_subject(await orm(lambda: commune.concern_board))
    clerk, afi = await orm(make_person, commune, "clerk"), await orm(make_person)
    async with (
        await follow(palabre, board, "boards") as reader,
        await follow(palabre, subject, "concerns", afi) as citizen,
        await follow(palabre, subject, "concerns", clerk) as office,
    ):
        for socket in (reader, citizen, office):
            await socket.ready()
        await citizen.do("concern.support", concern=concern.pk)
        key = f"backing/{concern.pk}"
        await reader.until("the count", lambda s: s.latest.get(key) == {"supports": 1})

        def shown(socket: LiveSocket, **facts) -> bool:
            listed = socket.states.get("listed") or {}
            return listed.get("id") == concern.pk and facts.items() <= (listed["now"] or {}).items()

        await reader.until("the count in writing", lambda s: shown(s, supports=1))
        # What waits is told to staff alone; what follows it shows that nothing of it came.
        hidden = await orm(a_concern, commune, afi, f"{ROAD} Bis.", published=False)
        await citizen.do("comment.submit", concern=concern.pk, text="Chez nous.")
        await reader.until("the comment", lambda s: shown(s, comments=1))
        await office.do("concern.move", concern=concern.pk, state="taken_up", office=OFFICE)
        await reader.until("the state", lambda s: shown(s, state="taken_up"))
        assert set(reader.states) == {"listed"}
        assert set(reader.latest) <= {key, "presence"}
        assert hidden.text not in str(reader.frames) and "review" not in str(reader.frames)
        assert (await reader.ask("concern.merge"))["code"] == "sign_in"


async def test_the_boards_staff_stream_is_for_staff_and_shows_what_waits(palabre):
    concern, _ = await a_published_concern()
    commune = concern.commune
    board = board_subject(await orm(lambda: commune.concern_board))
    moderator, stranger = await orm(make_person, commune, "moderator"), await orm(make_person)
    elsewhere = await orm(make_person, await orm(make_commune), "admin")
    for who in (None, stranger, elsewhere):
        socket = await follow(palabre, board, "boards", who, stream="staff")
        assert await socket.closed() == 4403
    async with await follow(palabre, board, "boards", moderator, stream="staff") as desk:
        await desk.ready()
        waiting = await orm(a_concern, commune, stranger, f"{ROAD} Bis.", published=False)
        key = f"concern_review/{waiting.pk}"
        await desk.until("what waits", lambda s: s.states.get(key))
        await desk.do("concern.approve", concern=waiting.pk, seen="pending")
        await desk.until("public", lambda s: s.states[key]["state"] == "received")


async def test_what_falls_due_at_a_board_is_done_by_its_room(palabre):
    concern, _ = await a_published_concern()
    commune = concern.commune
    board = board_subject(await orm(lambda: commune.concern_board))
    sika, bio = [await orm(make_person, commune, "moderator") for _ in range(2)]
    waiting = await orm(a_concern, commune, await orm(make_person), REPROACH, published=False)
    key = f"concern_claim/{waiting.pk}"
    async with (
        await follow(palabre, board, "boards", sika, stream="staff") as hers,
        await follow(palabre, board, "boards", bio, stream="staff") as his,
    ):
        for desk in (hers, his):
            await desk.ready()
        await hers.do("review.claim", concerns=[waiting.pk])
        await his.until("the claim", lambda s: s.states.get(key))
        answer = await his.ask("concern.approve", concern=waiting.pk, seen="pending")
        assert answer["data"]["claim"]["by"] == sika.public_id
        await orm(Claim.objects.filter(concern=waiting).update, until=timezone.now())
        await his.until("the claim's end", lambda s: s.states.get(key) is None)

        args = {"concern": waiting.pk, "code": "insult"}
        done = await his.do("concern.reject", None, **args, seen="pending")
        assert done["second_opinion"] is True
        refusals = PendingRefusal.objects.filter(concern=waiting)
        await orm(refusals.update, until=timezone.now())
        review = f"concern_review/{waiting.pk}"
        await hers.until("published", lambda s: s.states[review]["state"] == "received")
        answers = await asyncio.gather(
            *(desk.ask("concern.reject", None, **args, seen="received") for desk in (hers, his))
        )
        # Two at once: one asks for another's word, the other gives it.
        assert sorted(answer["result"]["second_opinion"] for answer in answers) == [False, True]
        await his.until("refused", lambda s: s.states[review]["state"] == "rejected")


async def test_what_is_not_public_is_not_followed_and_what_no_longer_is_sends_away(palabre):
    concern, subject = await a_published_concern()
    hidden = await orm(
        a_concern, concern.commune, await orm(make_person), f"{ROAD} Bis.", published=False
    )
    socket = await follow(palabre, subject_of(hidden), "concerns")
    assert await socket.closed() == 4404
    moderator = await orm(make_person, concern.commune, "moderator")
    async with (
        await follow(palabre, subject, "concerns") as visitor,
        await follow(palabre, subject, "concerns", moderator) as staff,
    ):
        for one in (visitor, staff):
            await one.ready()
        await staff.do("concern.reject", concern=concern.pk, code="insult")
        assert await visitor.closed() == 4404
        await staff.until("gone", lambda s: s.states.get(f"concern/{concern.pk}") is None)


async def test_a_ticket_is_for_one_subject_of_one_kind(palabre):
    concern, subject = await a_published_concern()
    person = await orm(make_person)
    sitting = await orm(make_sitting, concern.commune, "live")
    other = Subject("board", subject.id, subject.timeline_id, subject.commune_id)
    ticket = await orm(ticket_to, other, person)
    for path, key in (("concerns", subject.id), ("sittings", sitting.pk), ("nothing", "1")):
        address = f"{palabre.ws_url}/ws/{path}/{key}/"
        socket = await LiveSocket.open(address, palabre.url, ticket=ticket)
        assert await socket.closed() in {4403, 4404}


async def test_commands_of_a_sitting_mean_nothing_on_a_concern(palabre):
    concern, subject = await a_published_concern()
    admin = await orm(make_person, concern.commune, "admin")
    async with await follow(palabre, subject, "concerns", admin) as socket:
        await socket.ready()
        for name in ("question.submit", "sitting.open", "concern.merge"):
            assert (await socket.ask(name))["code"] == "unknown_command"


async def test_coming_back_one_catches_up_from_ones_position(palabre):
    concern, subject = await a_published_concern()
    afi = await orm(make_person)
    async with await follow(palabre, subject, "concerns") as visitor:
        await visitor.ready()
        since, epoch = visitor.seq, visitor.epoch
    async with await follow(palabre, subject, "concerns", afi) as citizen:
        await citizen.ready()
        said = await citizen.do("comment.submit", concern=concern.pk, text="Entre-temps.")
    async with await follow(palabre, subject, "concerns", since=since, epoch=epoch) as back:
        await back.until("the comment", lambda s: s.states.get(f"comment/{said['comment']}"))
        assert not back.of("snapshot")


async def test_no_socket_tells_staff_of_another_commune_what_is_not_public(palabre):
    """Every kind of timeline there is, so that a new one is judged too."""
    secret = "Projet que personne ne connaît encore ici."
    commune = await orm(make_commune)
    draft = await orm(make_sitting, commune, "draft", title=secret)
    hidden = await orm(a_concern, commune, await orm(make_person), secret, published=False)
    theirs = {
        "sitting": await orm(find_subject, "sitting", draft.pk),
        "concern": subject_of(hidden),
        "board": board_subject(await orm(lambda: commune.concern_board)),
    }
    assert set(theirs) == set(subject_kinds())
    ailleurs = await orm(make_commune)
    stranger = await orm(make_person, ailleurs, *EVERY_ROLE)
    own = await orm(make_sitting, ailleurs, "live")
    for kind, subject in theirs.items():
        path = subject_kind(kind).path
        wrong = await orm(ticket_to, await orm(find_subject, "sitting", own.pk), stranger)
        for stream in ("public", "staff"):
            socket = await follow(palabre, subject, path, stranger, stream=stream)
            if kind == "board" and stream == "public":
                await socket.ready()
                assert secret not in str(socket.frames) and not socket.states
                await socket.close()
            else:
                assert await socket.closed() in {4403, 4404}, (kind, stream)
            address = f"{palabre.ws_url}/ws/{path}/{subject.id}/"
            forged = await LiveSocket.open(address, palabre.url, ticket=wrong, stream=stream)
            assert await forged.closed() in {4401, 4403, 4404}, (kind, stream)
            assert secret not in str(forged.frames)

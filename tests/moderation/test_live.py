"""Moderation on a running server: several moderators at once, and what happens by itself."""

import asyncio

import pytest
from django.utils import timezone

from consultations.models import PendingRefusal
from live.models import Sitting
from moderation.models import Claim, Decision
from tests.support.factories import make_commune, make_person, make_sitting, orm

TEXT = "Quand l'éclairage de la rue 12 sera-t-il rétabli ?"


@pytest.fixture
async def commune(palabre):
    return await orm(make_commune)


@pytest.fixture
async def sitting(commune) -> Sitting:
    return await orm(make_sitting, commune)


@pytest.fixture
async def citizen(palabre):
    return await orm(make_person)


@pytest.fixture
async def moderators(commune):
    return [await orm(make_person, commune, "moderator") for _ in range(2)]


async def test_staff_alone_are_told_how_the_work_goes(palabre, sitting, citizen, moderators):
    async with (
        await palabre.ws(sitting, citizen) as asking,
        await palabre.ws(sitting, moderators[0], stream="staff") as deciding,
    ):
        await asking.do("question.submit", text=TEXT)
        await deciding.until("the backlog", lambda s: s.latest.get("desk", {}).get("backlog") == 1)
        await asking.until("presence", lambda s: s.latest.get("presence"))
        assert "desk" not in asking.latest


async def test_a_claim_is_seen_at_once_and_keeps_the_other_moderator_off(
    palabre, sitting, citizen, moderators
):
    async with (
        await palabre.ws(sitting, citizen) as asking,
        await palabre.ws(sitting, moderators[0], stream="staff") as one,
        await palabre.ws(sitting, moderators[1], stream="staff") as two,
    ):
        question = (await asking.do("question.submit", text=TEXT))["question"]
        await two.state(f"review/{question}")
        assert (await one.do("review.claim", questions=[question]))["claimed"] == [
            f"claim/{question}"
        ]
        claim = await two.state(f"claim/{question}")
        assert claim["by"] == moderators[0].public_id
        refused = await two.ask("question.approve", question=question)
        assert refused["code"] == "conflict"
        assert refused["data"]["claim"]["by"] == moderators[0].public_id
        # Its lease runs out: the room ends it, and the other decides.
        await orm(Claim.objects.filter(question=question).update, until=timezone.now())
        await two.until("the claim's end", lambda s: not s.states.get(f"claim/{question}"))
        assert (await two.do("question.approve", question=question))["state"] == "approved"


async def test_of_two_decisions_at_once_one_counts_and_the_other_is_told(
    palabre, sitting, citizen, moderators
):
    async with (
        await palabre.ws(sitting, citizen) as asking,
        await palabre.ws(sitting, moderators[0], stream="staff") as one,
        await palabre.ws(sitting, moderators[1], stream="staff") as two,
    ):
        questions = [
            (await asking.do("question.submit", text=f"{TEXT} {n}"))["question"] for n in range(4)
        ]
        for question in questions:
            seen = {"question": question, "seen_state": "pending"}
            answers = await asyncio.gather(
                one.ask("question.approve", **seen),
                two.ask("question.reject", code="duplicate", **seen),
            )
            assert sorted(answer["type"] for answer in answers) == ["ack", "refused"]
            refused = next(answer for answer in answers if answer["type"] == "refused")
            assert refused["code"] == "conflict"
            assert refused["data"]["state"] in {"approved", "rejected"}
    assert await orm(Decision.objects.filter(question__in=questions).count) == len(questions)


async def test_a_refusal_that_nobody_confirms_is_published_by_the_room(
    palabre, sitting, citizen, moderators
):
    async with (
        await palabre.ws(sitting, citizen) as asking,
        await palabre.ws(sitting, moderators[0], stream="staff") as deciding,
    ):
        question = (await asking.do("question.submit", text=TEXT))["question"]
        result = await deciding.do("question.reject", question=question, code="off_topic")
        assert result == {"state": "pending", "second_opinion": True}
        await orm(PendingRefusal.objects.filter(question=question).update, until=timezone.now())
        assert (await asking.state(f"question/{question}"))["state"] == "approved"


async def test_a_ban_follows_the_person_to_every_device_and_is_told_there(
    palabre, sitting, citizen, moderators
):
    async with (
        await palabre.ws(sitting, citizen) as phone,
        await palabre.ws(sitting, citizen) as tablet,
        await palabre.ws(sitting, moderators[0], stream="staff") as deciding,
    ):
        question = (await phone.do("question.submit", text=TEXT))["question"]
        await deciding.state(f"review/{question}")
        done = await deciding.do(
            "sanction.issue", question=question, kind="ban", reason="Insultes répétées"
        )
        key = f"sanction/{done['sanction']}"
        for device in (phone, tablet):
            await device.until("the ban", lambda s: s.mine.get(key))
            refused = await device.ask("question.submit", text=f"{TEXT} Alors ?")
            assert refused["code"] == "sanctioned"
            assert "Insultes répétées" in refused["message"]

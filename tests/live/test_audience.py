"""Whoever was let in while a sitting was public is sent away when it no longer is."""

from django.db import transaction

from live.actions.sittings import SittingDraft, edit_sitting
from live.timeline.append import SYSTEM
from tests.support.factories import make_commune, make_person, make_sitting, orm

SECRET = "Cession du terrain 14 (à ne pas publier)"


async def test_a_withdrawn_announcement_closes_the_doors_of_its_room(palabre):
    commune = await orm(make_commune)
    clerk = await orm(make_person, commune, "clerk")
    citizen = await orm(make_person)
    sitting = await orm(make_sitting, commune, "scheduled")
    async with (
        await palabre.ws(sitting) as visitor,
        await palabre.ws(sitting, citizen) as known,
        await palabre.ws(sitting, clerk) as watching,
        await palabre.ws(sitting, clerk, stream="staff") as staff,
    ):
        for socket in (visitor, known, watching, staff):
            await socket.ready()
        await staff.do("sitting.unschedule")
        for socket in (visitor, known):
            await socket.closed()
        await watching.state("sitting", lambda s: s["state"] == "draft")
        await orm(retitle, sitting, SECRET)
        await watching.state("sitting", lambda s: s["title"] == SECRET)
        for socket in (visitor, known):
            assert SECRET not in str(socket.frames)
            assert '"draft"' not in str(socket.frames)
    async with await palabre.ws(sitting, citizen) as again:
        assert await again.closed() == 4404


async def test_a_sitting_made_a_rehearsal_closes_them_too(palabre):
    commune = await orm(make_commune)
    sitting = await orm(make_sitting, commune, "scheduled")
    async with await palabre.ws(sitting) as visitor:
        await visitor.ready()
        await orm(retitle, sitting, SECRET, rehearsal=True)
        await visitor.closed()
        assert SECRET not in str(visitor.frames)


def retitle(sitting, title, *, rehearsal=False):
    draft = SittingDraft(
        kind=sitting.kind,
        title=title,
        scheduled_at=sitting.scheduled_at,
        rehearsal=rehearsal,
    )
    with transaction.atomic():
        edit_sitting(sitting.pk, draft, SYSTEM)


async def test_an_interpreter_rehearses_too_and_what_was_ones_own_goes_with_it(palabre):
    commune = await orm(make_commune)
    clerk = await orm(make_person, commune, "clerk")
    interpreter = await orm(make_person, commune, "interpreter")
    sitting = await orm(make_sitting, commune, "draft", rehearsal=True)
    async with (
        await palabre.ws(sitting, clerk, stream="staff") as staff,
        await palabre.ws(sitting, interpreter) as watching,
    ):
        await staff.ready()
        await watching.ready()
        await staff.do("sitting.open")
        asked = await watching.do("question.submit", text="Est-ce que cela marche ?")
        key = f"question/{asked['question']}"
        await watching.until("one's own question", lambda one: key in one.mine)
        await staff.do("sitting.end")
        await watching.until("nothing left of it", lambda one: key not in one.mine)

"""What a running server tells everyone of the crowd: attention and reactions."""

from tests.support.factories import make_commune, make_person, make_sitting, orm


async def test_attention_and_reactions_reach_whoever_watches(palabre):
    sitting = await orm(make_sitting, await orm(make_commune))
    async with (
        await palabre.ws(sitting) as watching,
        await palabre.ws(sitting, await orm(make_person)) as reacting,
    ):
        await reacting.do("reaction.send", reaction="applaud")
        counts = await watching.until("reactions", lambda s: s.latest.get("reactions"))
        assert counts["applaud"] == 1
        said = await watching.state("reactions")
        assert said == counts
        await watching.until(
            "two people seen", lambda s: (s.latest.get("exposure") or {}).get("people") == 2
        )
        await watching.until(
            "attention that grows", lambda s: s.latest["exposure"]["person_minutes"] > 0
        )
    async with await palabre.ws(sitting) as late:
        await late.until("exposure on joining", lambda s: s.latest.get("exposure"))

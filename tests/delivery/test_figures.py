"""`/metrics` of a running web process: each figure moves when what it counts happens."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.factories import make_commune, make_person, make_sitting, orm
from tests.support.waiting import eventually

Figures = dict[str, float]


def parse(text: str) -> Figures:
    """Every sample; labels as Prometheus writes them."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


@pytest.fixture
async def figures(palabre) -> AsyncIterator[Callable[[], Awaitable[Figures]]]:
    async with await palabre.async_client() as http:

        async def read() -> Figures:
            return parse((await http.get("/metrics")).raise_for_status().text)

        yield read


async def nobody(figures: Callable[[], Awaitable[Figures]]) -> Figures | None:
    """The figures once nobody is connected."""
    now = await figures()
    streams = [f"palabre_connections{{stream={stream}}}" for stream in ("public", "staff")]
    return None if any(now[name] for name in streams) else now


async def test_connections_entries_and_deliveries_are_counted(palabre, figures):
    commune = await orm(make_commune)
    sitting = await orm(make_sitting, commune)
    clerk = await orm(make_person, commune, "clerk")
    # Whoever a test before this one connected may still be leaving.
    before = await eventually("nobody is connected", lambda: nobody(figures))
    async with (
        await palabre.ws(sitting) as one,
        await palabre.ws(sitting) as two,
        await palabre.ws(sitting, clerk, stream="staff") as staff,
    ):
        for socket in (one, two, staff):
            await socket.ready()
        there = await figures()
        for stream, more in (("public", 2), ("staff", 1)):
            name = f"palabre_connections{{stream={stream}}}"
            assert there[name] == before[name] + more
        await staff.do("sitting.close_questions")
        await staff.do("sitting.open_questions")
        for socket in (one, two, staff):
            # They were open before as well: both changes have come, not only that state.
            await socket.until("closed, and open again", lambda s: len(s.entries) >= 2)
            assert socket.states["sitting"]["questions_open"]

        def moved(after: Figures, name: str) -> float:
            return after[name] - there[name]

        after = await figures()
        assert moved(after, "palabre_entries_total") == 2
        # Two entries to three sockets in one packet each or in two, and latest values beside.
        assert moved(after, "palabre_deliveries_total") >= 3
        packets = moved(after, "palabre_entries_per_packet_count")
        assert 1 <= packets <= 2
        assert moved(after, "palabre_entries_per_packet_sum") == 2
        assert moved(after, "palabre_lag_seconds_count") == packets
        assert moved(after, "palabre_commit_to_socket_seconds_count") >= 1
        assert 0 < moved(after, "palabre_commit_to_socket_seconds_sum") < 20
        assert moved(after, "palabre_writer_commands_total") >= 2
        assert moved(after, "palabre_writer_batch_commands_sum") >= 2
        assert after["palabre_writer_batch_commands_count"] == after["palabre_writer_batches_total"]

        async def idle() -> bool:
            return (await figures())["palabre_writer_waiting"] == 0

        await eventually("nothing waits for the writer", idle)

    await eventually("nobody is counted any more", lambda: nobody(figures))


async def test_buckets_include_those_before_them_and_end_with_the_count(palabre, figures):
    found = await figures()
    for name in (
        "palabre_lag_seconds",
        "palabre_commit_to_socket_seconds",
        "palabre_entries_per_packet",
        "palabre_writer_batch_commands",
    ):
        bounds = sorted(
            (float(key.partition("le=")[2].rstrip("}")), value)
            for key, value in found.items()
            if key.startswith(f"{name}_bucket")
        )
        counts = [value for _, value in bounds]
        assert counts == sorted(counts)
        assert counts[-1] == found[f"{name}_count"]


async def test_whoever_is_sent_away_is_counted_by_why(palabre, figures):
    commune = await orm(make_commune)
    sitting = await orm(make_sitting, commune, "scheduled")
    clerk = await orm(make_person, commune, "clerk")
    before = await figures()
    async with (
        await palabre.ws(sitting) as visitor,
        await palabre.ws(sitting, clerk, stream="staff") as staff,
    ):
        await visitor.ready()
        await staff.ready()
        await staff.do("sitting.unschedule")
        assert await visitor.closed() == 4404
    name = "palabre_clients_closed_total{reason=not_public}"
    assert (await figures())[name] == before[name] + 1

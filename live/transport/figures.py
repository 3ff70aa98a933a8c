"""What this process did and holds, in Prometheus' terms. `docs/operations.md` lists the names."""

from collections.abc import Iterator, Mapping

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from live.delivery.orders import OrderKeeper
from live.delivery.process import WebProcess
from live.delivery.statistics import Histogram, statistics
from live.delivery.writer import current_writer
from live.protocol.frames import Stream


class DeliveryFigures:
    """A collector of `live.delivery.statistics`."""

    def collect(self) -> Iterator[Metric]:
        counted = {
            "entries": ("Timeline entries that rooms sent", statistics.entries),
            "deliveries": ("Packets written to WebSockets", statistics.deliveries),
            "latest_skipped": ("Latest values that slow clients were spared", statistics.skipped),
            "clients_dropped": ("Clients let go because they did not keep up", statistics.dropped),
        }
        for name, (text, value) in counted.items():
            yield CounterMetricFamily(f"palabre_{name}", text, value)
        yield _labelled(
            "palabre_clients_closed",
            "Clients that this process sent away, by why",
            "reason",
            {
                "slow": statistics.dropped,
                "not_public": statistics.expelled,
                "restart": statistics.restarted,
            },
        )
        yield _labelled(
            "palabre_caught_up",
            "Clients brought up to date, by where from",
            "source",
            {
                "ring": statistics.from_ring,
                "kept_snapshot": statistics.from_memory,
                "database": statistics.from_database,
            },
        )
        yield _histogram(
            "palabre_entries_per_packet", "Entries that went out together", statistics.gathered
        )
        yield _histogram(
            "palabre_lag_seconds",
            "From an entry's own time, whoever wrote it, to the start of its fan-out",
            statistics.lag,
        )
        yield _histogram(
            "palabre_commit_to_socket_seconds",
            "From a commit of this process to the last socket of its fan-out",
            statistics.commit_to_socket,
        )


class ProcessFigures:
    """A collector of a web process: its rooms and its writer."""

    def __init__(self, process: WebProcess) -> None:
        self._process = process

    def collect(self) -> Iterator[Metric]:
        rooms = self._process.rooms
        yield GaugeMetricFamily(
            "palabre_rooms", "Sittings followed by this process", len(rooms.sizes)
        )
        connections = GaugeMetricFamily(
            "palabre_connections", "Open WebSockets, by stream", labels=["stream"]
        )
        for stream in Stream:
            connections.add_metric([stream.value], rooms.connections(stream))
        yield connections
        if self._process.orders is not None:
            yield from _media(self._process.orders)
        writer = current_writer().statistics
        counted = {
            "commands": ("Commands done", writer.commands),
            "batches": ("Transactions committed", writer.batches),
            "refused": ("Commands refused", writer.refused),
            "failed": ("Commands lost to the database", writer.failed),
        }
        for name, (text, value) in counted.items():
            yield CounterMetricFamily(f"palabre_writer_{name}", text, value)
        yield GaugeMetricFamily("palabre_writer_waiting", "Commands that wait", writer.waiting())
        yield _histogram(
            "palabre_writer_batch_commands", "Commands of one transaction", writer.sizes
        )


def _media(orders: OrderKeeper) -> Iterator[Metric]:
    """The media processes as this one sees them."""
    up = GaugeMetricFamily("palabre_media_server_up", "Whether it answers", labels=["server"])
    sending = GaugeMetricFamily(
        "palabre_media_server_publishers", "Publishers connected to it", labels=["server"]
    )
    for name, health in sorted(orders.watch.health.items()):
        up.add_metric([name], health.is_up)
        sending.add_metric([name], health.publishers)
    yield up
    yield sending
    yield CounterMetricFamily(
        "palabre_media_sittings_moved", "Sittings given to another process", orders.moved
    )


def _labelled(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, text, labels=[label])
    for of, value in values.items():
        family.add_metric([of], value)
    return family


def _histogram(name: str, text: str, counted: Histogram) -> Metric:
    """Prometheus wants buckets that include those before them."""
    total, buckets = 0, []
    for bound, count in zip(counted.bounds, counted.counts, strict=True):
        total += count
        buckets.append((str(bound), float(total)))
    buckets.append(("+Inf", float(counted.number)))
    return HistogramMetricFamily(name, text, buckets=buckets, sum_value=counted.total)

"""What delivery counted, in Prometheus' terms."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

from live.delivery.statistics import Histogram, statistics


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
        caught_up = CounterMetricFamily(
            "palabre_caught_up", "Clients brought up to date, by where from", labels=["source"]
        )
        caught_up.add_metric(["ring"], statistics.from_ring)
        caught_up.add_metric(["kept_snapshot"], statistics.from_memory)
        caught_up.add_metric(["database"], statistics.from_database)
        yield caught_up
        yield histogram(
            "palabre_lag_seconds", "From an entry's own time to its fan-out", statistics.lag
        )


def histogram(name: str, text: str, counted: Histogram) -> Metric:
    """Prometheus wants buckets that include those before them."""
    total, buckets = 0, []
    for bound, count in zip(counted.bounds, counted.counts, strict=True):
        total += count
        buckets.append((str(bound), float(total)))
    buckets.append(("+Inf", float(counted.number)))
    return HistogramMetricFamily(name, text, buckets=buckets, sum_value=counted.total)

"""Health and metrics of the media process."""

import time

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily

from ..elsewhere import Elsewhere
from ..ladder import state as ladder
from ..ladder.rungs import RUNGS
from ..process import MediaProcess
from .messages import Problem, Response

_TEXT = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")]


def healthz() -> Response:
    """The process answers."""
    return Response(200, b"ok\n", list(_TEXT))


def readyz(process: MediaProcess) -> Response:
    """Recordings are recovered. A full disk is no reason to stop playing what there is."""
    if not process.started:
        raise Problem(503, "starting", "Recordings are being recovered.")
    return Response(200, b"ready\n", list(_TEXT))


def holder(process: MediaProcess, sitting_id: str) -> Response:
    """For a proxy that wants to send on to the right process at once: its `host:port`. Where there
    is none, or nothing to do but to read, it is this one."""
    found = process.find(sitting_id)
    address = process.me.address
    if isinstance(found, Elsewhere) and not found.over:
        address = found.holder.address or address
    headers = [("palabre-holder", address), ("x-accel-expires", "1"), ("cache-control", "no-store")]
    return Response(204, b"", headers)


class _Counters:
    """Numbers that only grow, read when asked."""

    def __init__(self, process: MediaProcess, relayed: int) -> None:
        self._process = process
        self._relayed = relayed

    def collect(self) -> list[CounterMetricFamily]:
        p = self._process
        rows = {
            "palabre_media_written_bytes": ("Bytes of segments written.", p.disk.written_bytes),
            "palabre_media_requests": ("HTTP requests.", p.requests),
            "palabre_media_publications": ("Publishers let in.", p.published),
            "palabre_media_taken": ("Sittings taken over from another process.", p.taken),
            "palabre_media_lost": ("Sittings that another process took.", p.lost),
            "palabre_media_relayed": ("Requests passed on to another process.", self._relayed),
            "palabre_media_facts_forgotten": ("Facts dropped unheard.", p.facts.forgotten),
        }
        return [CounterMetricFamily(n, help_, value=v) for n, (help_, v) in rows.items()]


def _ladder_gauges(process: MediaProcess) -> dict[str, tuple[str, float]]:
    """What the ladder last said; 0 rungs where it is not there."""
    state = ladder.read(process.config.media_dir, time.time())
    there = state is not None
    return {
        "palabre_media_rungs_made": (
            "Smaller pictures that are made now.",
            len(RUNGS) - len(state.dropped) if state else 0,
        ),
        "palabre_media_ladder_up": ("Whether the process that makes them is there.", there),
        "palabre_media_ladder_behind_seconds": (
            "How long the oldest waiting segment has waited.",
            state.behind_s if state else 0,
        ),
        "palabre_media_ladder_cpu_seconds": ("Its processor time.", state.cpu_s if state else 0),
        "palabre_media_ladder_drops": (
            "Rungs dropped for want of room since it started.",
            state.drops if state else 0,
        ),
    }


def metrics(process: MediaProcess, relayed: int) -> Response:
    """Prometheus text format."""
    registry = CollectorRegistry()
    busy = [s for s in process.sittings.values() if s.busy]
    tracks = [t for s in busy if s.recording for t in s.recording.catalogue.tracks.values()]
    gauges: dict[str, tuple[str, float]] = {
        "palabre_media_publishers": (
            "Publishers connected.",
            sum(s.publisher is not None for s in busy),
        ),
        "palabre_media_sittings": ("Sittings that are not over.", len(busy)),
        "palabre_media_held": ("Sittings that this process holds.", len(process.sittings)),
        "palabre_media_segments": ("Segments listed.", sum(len(t.segments) for t in tracks)),
        "palabre_media_disk_free_bytes": ("Free where recordings go.", process.disk_free),
        "palabre_media_queued_bytes": ("Bytes waiting for the disk.", process.disk.queued_bytes),
        "palabre_media_facts_waiting": ("Facts web has not heard.", process.facts.waiting),
        "palabre_media_archive_reads": ("Files asked of the archive.", process.away.reads),
        "palabre_media_archive_failures": (
            "Those that it did not answer for.",
            process.away.failures,
        ),
        "palabre_media_loop_lag_seconds": ("Lateness of the last tick.", process.loop_lag),
    }
    budget = process.budget
    gauges |= {
        "palabre_media_uplink_share": ("Share of the line in use; 0: no limit.", budget.load),
        "palabre_media_sent_bits": ("Bits per second sent; 0: no limit.", budget.measured),
        "palabre_media_watched_bits": ("The same as players tell it.", budget.estimated),
        "palabre_media_others_bits": (
            "What other processes of this machine need of the line.",
            budget.others,
        ),
        "palabre_media_viewers": ("Players with a session.", budget.viewers),
        "palabre_media_pictures_level": (
            "What newcomers get: 0 all, 1 smaller pictures, 2 sound.",
            budget.look(),
        ),
        "palabre_media_reduced_viewers": ("Newcomers who got less.", budget.reduced),
    }
    gauges |= _ladder_gauges(process)
    for name, (help_, value) in gauges.items():
        Gauge(name, help_, registry=registry).set(value)
    registry.register(_Counters(process, relayed))
    headers = [("content-type", "text/plain; version=0.0.4; charset=utf-8")]
    return Response(200, generate_latest(registry), headers)

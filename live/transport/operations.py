"""`/healthz`, `/readyz`, `/metrics`."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from live.delivery.process import current_process
from live.delivery.writer import current_writer

from .figures import DeliveryFigures


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """The process can serve: database reachable, services started, not draining."""
    process = current_process()
    problems = []
    if process is None or not process.ready:
        problems.append("starting or draining")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        problems.append(f"database: {error}")
    return JsonResponse(
        {"ready": not problems, "problems": problems}, status=503 if problems else 200
    )


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures of this process, in Prometheus' text format."""
    registry = CollectorRegistry()

    def gauge(name: str, text: str, value: float) -> None:
        Gauge(f"palabre_{name}", text, registry=registry).set(value)

    registry.register(DeliveryFigures())
    process = current_process()
    if process is not None:
        sizes = process.rooms.sizes
        gauge("rooms", "Sittings followed by this process", len(sizes))
        gauge("connections", "Open WebSockets", sum(sizes.values()))
        statistics = current_writer().statistics
        gauge("writer_commands_total", "Commands done since start", statistics.commands)
        gauge("writer_batches_total", "Transactions committed since start", statistics.batches)
        gauge("writer_refused_total", "Commands refused since start", statistics.refused)
        gauge("writer_failed_total", "Commands lost to the database", statistics.failed)
        gauge("writer_waiting", "Commands that wait", statistics.waiting())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

"""`/healthz`, `/readyz`, `/metrics`."""

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from live.delivery.process import current_process

from .figures import DeliveryFigures, ProcessFigures

logger = logging.getLogger(__name__)


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
    except DatabaseError:
        # What the driver says names hosts, users and files: that is for the log.
        logger.exception("the database cannot be reached")
        problems.append("the database cannot be reached")
    return JsonResponse(
        {"ready": not problems, "problems": problems}, status=503 if problems else 200
    )


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures of this process, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(DeliveryFigures())
    process = current_process()
    if process is not None:
        registry.register(ProcessFigures(process))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

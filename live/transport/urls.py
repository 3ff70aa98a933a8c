"""Addresses of operations and of our own processes. The API is `live.transport.api`."""

from django.urls import path

from . import facts, operations

urlpatterns = [
    path("healthz", operations.healthz),
    path("readyz", operations.readyz),
    path("metrics", operations.metrics),
    path("internal/media/facts", facts.media_facts),
]

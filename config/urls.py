"""Addresses of web. Media has its own (`live.media`)."""

from django.urls import include, path

from .api import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("live.transport.urls")),
    path("", include("communes.urls")),
    path("", include("portal.urls")),
]

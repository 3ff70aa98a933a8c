"""Addresses of web. Media has its own (`live.media`)."""

from django.urls import include, path

urlpatterns = [
    path("", include("communes.urls")),
    path("", include("live.transport.urls")),
    path("", include("portal.urls")),
]

"""What goes for every request: no nonsense in its address, and response headers that keep pages to
themselves: nothing from elsewhere, no inline script."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

CAMERA_OFF = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
CAMERA_ON = "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()"


def nonce_of(request: HttpRequest) -> str:
    """The nonce of this response's inline styles (a commune's colour); made on first use."""
    nonce: str | None = getattr(request, "csp_nonce", None)
    if nonce is None:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
    return nonce


def policy(request: HttpRequest) -> str:
    """The Content-Security-Policy of a response to `request` (CSP level 3).

    Media has its own origin; hls.js plays from `blob:` and works in a `blob:` worker. A WebSocket
    to our own host is named because older Safari does not count it as 'self'.
    """
    media = settings.MEDIA_SERVER_URL
    socket = f"{'wss' if request.is_secure() else 'ws'}://{request.get_host()}"
    styles = ["'self'"]
    nonce: str | None = getattr(request, "csp_nonce", None)
    if nonce is not None:
        styles.append(f"'nonce-{nonce}'")
    rules = {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": styles,
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'", socket, media],
        "media-src": ["'self'", "blob:", media],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


class NoNul:
    """Refuses addresses with a NUL in them (400): none of ours has one, and PostgreSQL raises on
    every look-up of such a text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("NUL in an address")
        return self.get_response(request)


class ContentSecurityPolicy:
    """Adds the policy, and keeps camera and microphone off where a view has not asked for them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # With DEBUG, Django's own error pages carry their styles and scripts in themselves.
        if not (settings.DEBUG and response.status_code >= 400):
            response.headers.setdefault("Content-Security-Policy", policy(request))
        response.headers.setdefault("Permissions-Policy", CAMERA_OFF)
        return response

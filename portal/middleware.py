"""What goes for every request: no nonsense in its address, and response headers that keep pages to
themselves: nothing from elsewhere, no inline script."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag
from django.utils.translation import get_language

from live.protocol.errors import ErrorCode, Refused
from live.transport.wording import message

API = "/api/v1/"
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


def _nonsense() -> HttpResponse:
    """Programs get a problem (RFC 9457), not a page."""
    words = message(Refused(ErrorCode.INVALID), get_language() or "fr")
    body = {"type": "about:blank", "title": words, "status": 400, "code": ErrorCode.INVALID}
    return JsonResponse(body, status=400, content_type="application/problem+json")


class NoNul:
    """Refuses addresses with a NUL in them (400): none of ours has one, and PostgreSQL raises on
    every look-up of such a text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            if request.path_info.startswith(API):
                return _nonsense()
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


class OpenReading:
    """Lets programs of other sites read `/api/v1/`, and answers 304 to who has it already.

    No cookie comes with such a request (`*` excludes credentials), so what they read is what
    everybody may. Writing stays with our own pages: nothing but GET is allowed across sites
    (Fetch standard, CORS protocol; RFC 9110 section 13).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(API):
            return self.get_response(request)
        if request.method == "OPTIONS":
            return self._preflight()
        response = self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return response
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        if response.status_code == 200 and not response.streaming:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
            response.headers.setdefault("Cache-Control", "private, no-cache")
            if not response.has_header("ETag"):
                set_response_etag(response)
            etag = response["ETag"]
            return get_conditional_response(request, etag=etag, response=response) or response
        return response

    def _preflight(self) -> HttpResponse:
        return HttpResponse(
            status=204,
            headers={
                "Access-Control-Allow-Origin": "*",
                "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
                "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match",
                "Access-Control-Max-Age": "86400",
            },
        )

"""Notifications: their service worker, and the links that end them."""

from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from consultations.sending.stopping import Subscription
from live.delivery.writer import perform


@cache
def _worker() -> str:
    return (settings.BASE_DIR / "frontend" / "static" / "js" / "sw.js").read_text("utf-8")


def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root of the site, so that every page is in its scope (Service Workers § 8.1); always
    asked for anew, so that an old one does not stay."""
    return HttpResponse(
        _worker(),
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )


# The token is the permission; mail programs post without our cookie (RFC 8058 § 3.2).
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """End messages of one sort without signing in. A visit alone ends nothing: mail scanners
    follow links."""
    try:
        subscription = Subscription.of(token)
    except ValueError as error:
        raise Http404 from error
    ended = request.method == "POST"
    if ended:
        perform(subscription.end)
    return render(request, "commitments/stop.html", {"what": subscription.what, "ended": ended})

"""What the pages of identity share."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from communes.identity.limits import TooMany
from communes.models import Person


def safe_next(request: HttpRequest) -> str:
    """The page to come back to, from `next`; empty when it is not a path of this site."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    if url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        return url
    return ""


def too_many(
    request: HttpRequest, template: str, context: dict[str, Any], refused: TooMany
) -> HttpResponse:
    """The page again with status 429, saying when to come back (RFC 6585, section 4)."""
    notice = _("Too many requests. Try again in {wait}.").format(wait=duration(refused.retry_after))
    response = render(request, template, context | {"notice": notice}, status=429)
    response["Retry-After"] = str(refused.retry_after)
    return response


def duration(seconds: int) -> str:
    """`40 s`, `12 min` or `5 h`, rounded up."""
    if seconds < 100:
        return f"{seconds} s"
    if seconds < 100 * 60:
        return f"{-(-seconds // 60)} min"
    return f"{-(-seconds // 3600)} h"


def speak(request: HttpRequest, response: HttpResponseBase, person: Person, *, over: bool) -> None:
    """Keep a person's language in the browser; a choice made there stays unless `over`."""
    if over or settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            person.language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.SECURE,
            samesite="Lax",
        )

"""Uploads that go on after a cut: tus 1.0.0 (tus.io), core with creation and termination.

A client asks for a place (`POST`, with the length and the name), sends parts to it (`PATCH`, each
from the position that `HEAD` tells), and then has the documents page take it.
"""

import base64
import binascii
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from communes.documents import uploads
from communes.documents.problems import Problem, Unfit
from communes.models import Commune, Upload
from communes.permissions import roles_in
from live.delivery.writer import perform

from .documents import WRITER

VERSION = "1.0.0"
BLOCK = 64 * 1024
#: What a part may carry; the rest of it is asked for again.
MOST_PART = 16 * 1024 * 1024
STATUS = {Problem.TOO_LARGE: 413, Problem.OFFSET: 409}
View = Callable[..., HttpResponse]


def problem(unfit: Unfit) -> JsonResponse:
    """The refusal as a problem (RFC 9457)."""
    status = STATUS.get(unfit.problem, 422)
    body = {
        "type": "about:blank",
        "title": unfit.words,
        "status": status,
        "code": unfit.problem.value,
        "document": unfit.document,
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _plain(code: str, status: int) -> JsonResponse:
    body = {"type": "about:blank", "title": code, "status": status, "code": code}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _may(request: HttpRequest, commune: str) -> Commune | HttpResponse:
    """The commune, for those who publish its documents; otherwise the refusal."""
    if not request.user.is_authenticated:
        return _plain("sign_in", 401)
    place = Commune.objects.filter(slug=commune).first()
    if place is None:
        return _plain("not_found", 404)
    if WRITER not in roles_in(request.user, place):
        return _plain("forbidden", 403)
    return place


def _with_version(response: HttpResponse) -> HttpResponse:
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    return response


@never_cache
@require_http_methods(["OPTIONS", "POST"])
def create(request: HttpRequest, commune: str) -> HttpResponse:
    """A place for a file, at `Location`."""
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response["Tus-Version"] = VERSION
        response["Tus-Extension"] = "creation,termination"
        return _with_version(response)
    place = _may(request, commune)
    if isinstance(place, HttpResponse):
        return _with_version(place)
    length = request.headers.get("Upload-Length", "")
    if not (length.isascii() and length.isdecimal() and len(length) < 15):
        return _with_version(_plain("length", 400))
    name = _name_in(request.headers.get("Upload-Metadata", ""))
    person = request.user
    if not person.is_authenticated:
        raise TypeError("asked above")
    try:
        upload = perform(lambda: uploads.begin(place, person, name, int(length)))
    except Unfit as unfit:
        return _with_version(problem(unfit))
    response = HttpResponse(status=201)
    response["Location"] = reverse("upload", args=[place.slug, upload.pk])
    response["Upload-Offset"] = "0"
    return _with_version(response)


def _name_in(metadata: str) -> str:
    """The file's name in `Upload-Metadata`: pairs of a key and its value in Base64."""
    for pair in metadata.split(","):
        key, _, value = pair.strip().partition(" ")
        if key in {"filename", "name"}:
            try:
                return base64.b64decode(value, validate=True).decode(errors="replace")
            except (binascii.Error, ValueError):
                return ""
    return ""


@never_cache
@require_http_methods(["HEAD", "PATCH", "DELETE"])
def upload(request: HttpRequest, commune: str, key: str) -> HttpResponse:
    """How far a file has come; more of it; or that it is not wanted any more."""
    place = _may(request, commune)
    if isinstance(place, HttpResponse):
        return _with_version(place)
    found = Upload.objects.filter(pk=key, commune=place, by_id=request.user.pk).first()
    if found is None:
        return _with_version(_plain("not_found", 404))
    if request.method == "DELETE":
        perform(lambda: uploads.end(found))
        uploads.forget(found)
        return _with_version(HttpResponse(status=204))
    if request.method == "PATCH":
        return _with_version(_append(request, found))
    response = HttpResponse(status=200)
    response["Upload-Offset"] = str(uploads.offset(found))
    response["Upload-Length"] = str(found.size)
    return _with_version(response)


def _append(request: HttpRequest, found: Upload) -> HttpResponse:
    if request.content_type != "application/offset+octet-stream":
        return _plain("content_type", 415)
    at = request.headers.get("Upload-Offset", "")
    if not (at.isascii() and at.isdecimal() and len(at) < 15):
        return _plain("offset", 400)
    try:
        position = uploads.append(found, int(at), _blocks(request))
    except Unfit as unfit:
        return problem(unfit)
    response = HttpResponse(status=204)
    response["Upload-Offset"] = str(position)
    return response


def _blocks(request: HttpRequest) -> Iterator[bytes]:
    left = MOST_PART
    while left > 0 and (block := request.read(min(BLOCK, left))):
        left -= len(block)
        yield block

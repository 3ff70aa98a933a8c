"""Documents that caches may keep (RFC 9110 section 13, RFC 9111)."""

import hashlib

from django.http import HttpRequest, HttpResponse

from live.protocol.base import Message


def cacheable(
    request: HttpRequest,
    document: Message,
    *,
    age_s: int,
    private: bool = False,
    identity: str | None = None,
) -> HttpResponse:
    """The document as JSON with an ETag and `age_s` seconds of freshness; 304 to who has it.

    `identity`: what the ETag is made of, where the document says something that may differ
    without being news. `private`: it is not public, and kept by the browser
    alone.
    """
    text = document.model_dump_json()
    tag = f'"{hashlib.sha256((identity or text).encode()).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": f"{'private' if private else 'public'}, max-age={age_s}",
    }
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(text, content_type="application/json", headers=headers)

"""Documents that caches may keep (RFC 9110 section 13, RFC 9111)."""

import gzip
import hashlib

from django.http import HttpRequest, HttpResponse

from live.protocol.base import Message

#: Shorter ones travel in one packet either way.
COMPRESS_FROM = 500


def cacheable(
    request: HttpRequest,
    document: Message,
    *,
    age_s: int,
    private: bool = False,
    identity: str | None = None,
) -> HttpResponse:
    """The document as JSON with an ETag and `age_s` seconds of freshness; 304 to who has it.
    Compressed for whoever takes that: there is no secret in it that its length could tell.

    `identity`: what the ETag is made of, where the document says something that may differ
    without being news. `private`: it is not public, and kept by the browser
    alone.
    """
    text = document.model_dump_json()
    packed = len(text) >= COMPRESS_FROM and "gzip" in request.headers.get("Accept-Encoding", "")
    name = hashlib.sha256((identity or text).encode()).hexdigest()[:32]
    # Other bytes, another name (RFC 9110 section 8.8.3.3).
    tag = f'"{name}-gzip"' if packed else f'"{name}"'
    headers = {
        "Vary": "Accept-Encoding",
        "ETag": tag,
        "Cache-Control": f"{'private' if private else 'public'}, max-age={age_s}",
    }
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    if not packed:
        return HttpResponse(text, content_type="application/json", headers=headers)
    body = gzip.compress(text.encode(), 6, mtime=0)
    headers["Content-Encoding"] = "gzip"
    return HttpResponse(body, content_type="application/json", headers=headers)

"""Asking the process that holds a sitting, for whoever came to another one.

With nginx as in `deploy/` nobody comes to another one, but for some moments after a sitting has
moved; any other proxy may send anything to any process.
"""

import re

import httpx

from ..elsewhere import Elsewhere
from .messages import Headers, Request, Response

#: So that two processes that disagree do not ask each other for ever.
MARK = "palabre-relayed"
#: A blocked reload is answered within three target durations.
_TIMEOUT = httpx.Timeout(10.0, connect=1.0)
_ON = ("authorization", "content-type", "if-match", "if-none-match", "range", "accept-encoding")
_BACK = (
    "content-type",
    "content-encoding",
    "content-range",
    "accept-ranges",
    "cache-control",
    "etag",
    "vary",
    "location",
    "link",
    "allow",
    "accept-post",
    "retry-after",
    "www-authenticate",
    "palabre-pictures",
)


_EDGE = re.compile(r".+\.m3u8|budget\.json|[va]p\d+\.m4s")


def needs_holder(method: str, rest: list[str]) -> bool:
    """Whether an address below `/hls/<id>/` is about what is happening now: whole segments, and
    what is over, any process has from disk."""
    if method not in ("GET", "HEAD") or not rest:
        return False
    return "preview" in rest[:2] or _EDGE.fullmatch(rest[-1]) is not None


class Relay:
    """One pool of connections to the other processes."""

    def __init__(self) -> None:
        self._http: httpx.AsyncClient | None = None
        #: Requests passed on since the start.
        self.passed = 0

    async def ask(self, request: Request, sitting: Elsewhere, me: str) -> Response | None:
        """The holder's answer; `None` where there is no other holder, or it does not answer."""
        address = sitting.holder.address
        if not address or address == me or MARK in request.headers:
            return None
        if self._http is None:
            self._http = httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False)
        headers = {name: request.headers[name] for name in _ON if name in request.headers}
        url = f"http://{address}{request.path}" + (f"?{request.query}" if request.query else "")
        try:
            async with self._http.stream(
                request.method, url, content=request.body or None, headers={**headers, MARK: "1"}
            ) as answer:
                # As it came: compressed once, for all.
                body = b"".join([piece async for piece in answer.aiter_raw()])
        except httpx.HTTPError:
            return None
        self.passed += 1
        found: Headers = [
            (name, value) for name, value in answer.headers.multi_items() if name in _BACK
        ]
        return Response(answer.status_code, body, found)

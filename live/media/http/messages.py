"""A request and a response, as small as this process needs them."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[str, str]]

#: An SDP offer or an order; a browser's offer has about 6 kB.
MAX_BODY = 64 * 1024


class Problem(Exception):
    """An error that is answered as a problem document (RFC 9457)."""

    def __init__(
        self, status: int, code: str, detail: str, headers: Iterable[tuple[str, str]] = ()
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = list(headers)


@dataclass(frozen=True)
class Request:
    """A whole request. Header names are in lower case; of several of one name the last counts."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def bearer(self) -> str | None:
        """The token of `Authorization: Bearer` (RFC 6750 section 2.1)."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token.strip() else None


@dataclass
class Response:
    """A response with a body in memory, or one that is read while it is sent."""

    status: int = 200
    body: bytes = b""
    headers: Headers = field(default_factory=list)
    #: Instead of `body`: `size` bytes in pieces, each read in a thread when there is room for it.
    pieces: Iterator[bytes] | None = None
    size: int = 0
    #: Whose threads read them; None: those that all share.
    executor: Executor | None = None


_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def problem(error: Problem) -> Response:
    """The problem document of an error."""
    document = {
        "type": "about:blank",
        "title": _TITLES.get(error.status, "Error"),
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
    }
    headers = [("content-type", "application/problem+json"), ("cache-control", "no-store")]
    return Response(error.status, json.dumps(document).encode(), [*headers, *error.headers])


def json_response(text: str, status: int = 200) -> Response:
    """JSON that is already text."""
    headers = [("content-type", "application/json"), ("cache-control", "no-store")]
    return Response(status, text.encode(), headers)


def etag_of(body: bytes) -> str:
    """A strong entity tag."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


async def read_request(scope: Scope, receive: Receive) -> Request:
    """Read a whole request; raises `Problem` 413 where it is too large."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        if len(body) <= MAX_BODY:
            body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    if len(body) > MAX_BODY:
        raise Problem(413, "too-large", f"The body is larger than {MAX_BODY} bytes.")
    query = scope.get("query_string", b"").decode("latin-1")
    return Request(scope["method"], scope["path"], query, headers, bytes(body))


async def send_response(send: Send, response: Response, *, head: bool) -> None:
    """Send it; to `HEAD` without its body."""
    headers = response.headers
    if response.status not in (204, 304):
        headers = [*headers, ("content-length", str(len(response.body)))]
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})
    body = b"" if head or response.status in (204, 304) else response.body
    await send({"type": "http.response.body", "body": body})

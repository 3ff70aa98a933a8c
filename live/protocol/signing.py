"""HMAC signatures for what travels between our own processes and for bearer tokens.

Two uses, one key each, both plain HMAC-SHA256 (RFC 2104):

* **tokens**: `<base64url claims>.<base64url mac>`; carried in `Authorization: Bearer`, in a
  path segment of an HLS address, or in the query of a WebSocket;
* **requests** between web and media: header `X-Palabre-Signature: t=<unix>,v1=<hex>` over
  `t`, method, path and body.
"""

import base64
import binascii
import hashlib
import hmac
import time
from typing import TypeVar

from pydantic import ValidationError

from .base import Message

SIGNATURE_HEADER = "x-palabre-signature"
REQUEST_TOLERANCE_S = 60


class BadSignature(Exception):
    """The signature is missing, malformed, wrong or too old. `expired` tells the last apart."""

    def __init__(self, reason: str, *, expired: bool = False) -> None:
        super().__init__(reason)
        self.expired = expired


class Claims(Message):
    """What every token says: what it is for, and until when (Unix seconds)."""

    use: str
    exp: int


C = TypeVar("C", bound=Claims)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


def sign_token(claims: Claims, key: bytes) -> str:
    """The token that carries `claims`."""
    payload = _encode(claims.model_dump_json().encode())
    return f"{payload}.{_encode(_mac(key, payload.encode()))}"


def read_token(token: str, kind: type[C], key: bytes, *, now: float | None = None) -> C:
    """The claims of a token made by `sign_token`; raises `BadSignature`.

    `kind` must pin `use` with a `Literal`, so that a token made for one thing never opens another.
    """
    payload, _, mac = token.partition(".")
    try:
        given = _decode(mac)
        body = _decode(payload)
    except (binascii.Error, ValueError) as error:
        raise BadSignature("malformed token") from error
    if not hmac.compare_digest(given, _mac(key, payload.encode())):
        raise BadSignature("wrong signature")
    try:
        claims = kind.model_validate_json(body)
    except ValidationError as error:
        raise BadSignature("token made for something else") from error
    if claims.exp < (time.time() if now is None else now):
        raise BadSignature("expired token", expired=True)
    return claims


def _request_mac(key: bytes, stamp: str, method: str, path: str, body: bytes) -> str:
    data = b"\n".join([stamp.encode(), method.upper().encode(), path.encode(), body])
    return _mac(key, data).hex()


def sign_request(method: str, path: str, body: bytes, key: bytes) -> dict[str, str]:
    """The header that proves that one of our processes sent this request."""
    stamp = str(int(time.time()))
    return {SIGNATURE_HEADER: f"t={stamp},v1={_request_mac(key, stamp, method, path, body)}"}


def check_request(header: str | None, method: str, path: str, body: bytes, key: bytes) -> None:
    """Raise `BadSignature` unless `header` signs this request and is less than a minute old."""
    parts = dict(part.partition("=")[::2] for part in (header or "").split(","))
    stamp = parts.get("t", "")
    if not (stamp.isascii() and stamp.isdigit()):
        raise BadSignature("unsigned request")
    expected = _request_mac(key, stamp, method, path, body)
    if not hmac.compare_digest(parts.get("v1", "").encode(), expected.encode()):
        raise BadSignature("wrong signature")
    if abs(time.time() - int(stamp)) > REQUEST_TOLERANCE_S:
        raise BadSignature("stale request", expired=True)

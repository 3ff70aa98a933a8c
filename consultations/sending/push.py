"""Notices by web push (RFC 8030), encrypted for the browser alone (RFC 8291) and signed with our
key (RFC 8292)."""

import base64
import json
from functools import lru_cache
from urllib.parse import urlsplit

import http_ece
import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from py_vapid import Vapid02

from consultations.models import PushDevice

from .notice import Notice

#: Seconds for which a push service keeps a message for a device that is away.
KEEP_S = 4 * 3600
TIMEOUT_S = 10.0


class Gone(Exception):
    """The browser no longer takes messages at this address."""


class NotTaken(OSError):
    """The push service is away, or will not take the message."""


#: Order of the group of P-256 (FIPS 186-5): private keys are below it.
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@lru_cache(maxsize=4)
def _vapid(secret: str) -> Vapid02:
    """The key pair that signs what we push, made from a secret of any form."""
    derived = HKDF(algorithm=SHA256(), length=48, salt=None, info=b"palabre vapid")
    number = int.from_bytes(derived.derive(secret.encode())) % (P256_ORDER - 1) + 1
    return Vapid02(ec.derive_private_key(number, ec.SECP256R1()))


def public_key() -> str:
    """What browsers subscribe with (`applicationServerKey`): base64url without padding."""
    raw = _vapid(settings.VAPID_SECRET).public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def is_push_service(endpoint: str) -> bool:
    """Whether an address that a browser gave belongs to a push service: we post nowhere else."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    if parts.scheme != "https":
        return False
    return any(host == known or host.endswith(f".{known}") for known in settings.PUSH_HOSTS)


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def readable_keys(p256dh: str, auth: str) -> bool:
    """Whether the keys of a browser are a point of P-256 and 16 bytes."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(p256dh))
        return len(_bytes(auth)) == 16
    except ValueError:
        return False


def encrypt(content: bytes, p256dh: str, auth: str) -> bytes:
    """One message that only the browser with these keys can read (RFC 8291)."""
    sealed: bytes = http_ece.encrypt(
        content,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(p256dh),
        auth_secret=_bytes(auth),
        version="aes128gcm",
    )
    return sealed


def send_push(device: PushDevice, notice: Notice) -> None:
    """Hand a notice to the device's push service. Raises `Gone` or `NotTaken`."""
    message = {
        "title": notice.title[:120],
        "body": notice.body[:400],
        "url": notice.url,
        "tag": notice.tag,
    }
    parts = urlsplit(device.endpoint)
    signed = _vapid(settings.VAPID_SECRET).sign(
        {"aud": f"{parts.scheme}://{parts.netloc}", "sub": settings.PUSH_CONTACT}
    )
    headers = {
        **signed,
        "TTL": str(KEEP_S),
        "Urgency": "high",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
    }
    body = encrypt(json.dumps(message, ensure_ascii=False).encode(), device.p256dh, device.auth)
    try:
        answer = httpx.post(device.endpoint, content=body, headers=headers, timeout=TIMEOUT_S)
    except httpx.HTTPError as error:
        raise NotTaken(str(error)) from error
    if answer.status_code in {404, 410}:
        raise Gone(str(answer.status_code))
    if not answer.is_success:
        raise NotTaken(f"the push service says {answer.status_code}")

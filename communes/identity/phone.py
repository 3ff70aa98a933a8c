"""Telephone numbers: read as people write them, looked up by a keyed hash, stored encrypted.

A number has ten digits at most, so a plain hash can be reversed by trying them all; the key of
the HMAC is what protects it, and lives outside the database like the key of the cipher. Both
settings are lists: the first key writes, the others are still read, so that a key can be changed
(`manage.py account rekey`).
"""

import base64
import hashlib
import hmac
import re
from functools import lru_cache

import phonenumbers
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from phonenumbers import PhoneNumberFormat, PhoneNumberType

BENIN = "BJ"
#: Benin's operators get new blocks faster than the library's tables know; 012… are land lines.
BENIN_MOBILE = re.compile(r"01[3-9]\d{7}")
SENDABLE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


class NotANumber(ValueError):
    """The text is no telephone number."""


class NoTextMessages(ValueError):
    """The number exists but cannot receive a text message."""


def parse(text: str, region: str = BENIN) -> str:
    """A number as typed, in E.164 form: `+2290197123456`.

    Without a country it is one of `region`. Benin's numbers of eight digits, from before
    30 November 2024, get the `01` that was then put before all of them.
    Raises NotANumber, NoTextMessages.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise NotANumber from None
    national = phonenumbers.national_significant_number(number)
    if number.country_code == 229:
        if len(national) == 8:
            national = f"01{national}"
        if BENIN_MOBILE.fullmatch(national):
            return f"+229{national}"
        number = phonenumbers.parse(f"+229{national}")
    if not phonenumbers.is_valid_number(number):
        raise NotANumber
    if phonenumbers.number_type(number) not in SENDABLE:
        raise NoTextMessages
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def readable(number: str) -> str:
    """`+229 01 97 12 34 56`, for the eyes of its owner."""
    return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)


def masked(number: str) -> str:
    """`+229 •••• 56`, for logs and for other people's eyes."""
    parsed = phonenumbers.parse(number)
    return f"+{parsed.country_code} •••• {number[-2:]}"


def _derive(secret: str, purpose: bytes) -> bytes:
    """32 bytes from a secret of any form, different for every purpose (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


@lru_cache(maxsize=16)
def _hash_keys(secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(_derive(secret, b"palabre contact hash") for secret in secrets)


@lru_cache(maxsize=16)
def _cipher(secrets: tuple[str, ...]) -> MultiFernet:
    keys = (_derive(secret, b"palabre contact cipher") for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def digests(value: str) -> list[str]:
    """Keyed hashes (HMAC-SHA256, 64 hexadecimal digits) of a number or another contact.

    The first is the one to store; the others find what was stored under older keys.
    """
    keys = _hash_keys(tuple(settings.PHONE_HASH_KEYS))
    return [hmac.new(key, value.encode(), hashlib.sha256).hexdigest() for key in keys]


def digest(value: str) -> str:
    """The keyed hash to store."""
    return digests(value)[0]


def encrypt(text: str) -> str:
    """Encrypted and authenticated with the first key (Fernet)."""
    return _cipher(tuple(settings.PHONE_CIPHER_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """What `encrypt` was given. Raises ValueError when no key fits."""
    try:
        return _cipher(tuple(settings.PHONE_CIPHER_KEYS)).decrypt(token).decode()
    except InvalidToken:
        raise ValueError("encrypted with a key that is not in PHONE_CIPHER_KEYS") from None

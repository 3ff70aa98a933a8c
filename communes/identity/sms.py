"""Sending text messages, through the backend named by the setting `SMS_BACKEND`."""

import json
import logging
import sys
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
from django.conf import settings
from django.utils.module_loading import import_string

from .phone import masked

logger = logging.getLogger(__name__)


class SmsFailed(Exception):
    """The gateway did not take the message. Holds no number."""


class SmsBackend(Protocol):
    """Sends one message to one number in E.164 form. Raises SmsFailed."""

    def send(self, number: str, text: str) -> None: ...


def send(number: str, text: str) -> None:
    """Send through the configured backend. Raises SmsFailed."""
    backend: SmsBackend = import_string(settings.SMS_BACKEND)()
    backend.send(number, text)


class ConsoleBackend:
    """Prints the message where the server runs, with the number masked: for development."""

    def send(self, number: str, text: str) -> None:
        sys.stderr.write(f"--- text message to {masked(number)}\n{text}\n---\n")
        sys.stderr.flush()


class DemoBackend:
    """Sends nothing: in a demonstration the code is shown on the page."""

    def send(self, number: str, text: str) -> None:
        logger.info("demonstration: no text message is sent to %s", masked(number))


@dataclass(frozen=True)
class Sms:
    number: str
    text: str


#: What `MemoryBackend` was given, like `django.core.mail.outbox`.
outbox: list[Sms] = []


class MemoryBackend:
    """Keeps messages in `outbox`: for tests."""

    def send(self, number: str, text: str) -> None:
        outbox.append(Sms(number, text))


def _fill(body: Any, values: dict[str, str]) -> Any:
    """A copy of a JSON value with `{to}`, `{text}` and `{sender}` replaced in its strings."""
    if isinstance(body, dict):
        return {key: _fill(value, values) for key, value in body.items()}
    if isinstance(body, list):
        return [_fill(value, values) for value in body]
    if isinstance(body, str):
        for name, value in values.items():
            if body == f"{{{name}}}":
                return value
    return body


class HttpBackend:
    """Posts JSON to a gateway.

    Settings: `SMS_URL`, `SMS_AUTHORIZATION` (the whole header, empty for none), `SMS_SENDER` and
    `SMS_BODY`, the JSON to post in which the strings `{to}`, `{text}` and `{sender}` stand for
    the values. Any answer but 2xx within ten seconds is a failure.
    """

    timeout_s = 10.0

    def send(self, number: str, text: str) -> None:
        values = {"to": number, "text": text, "sender": settings.SMS_SENDER}
        body = _fill(json.loads(settings.SMS_BODY), values)
        headers = (
            {"Authorization": settings.SMS_AUTHORIZATION} if settings.SMS_AUTHORIZATION else {}
        )
        try:
            answer = httpx.post(
                settings.SMS_URL, json=body, headers=headers, timeout=self.timeout_s
            )
        except httpx.HTTPError as error:
            logger.error("text messages: the gateway is out of reach (%s)", type(error).__name__)
            raise SmsFailed("out of reach") from None
        if not answer.is_success:
            # The answer's body may repeat the number, so it is not logged.
            logger.error("text messages: the gateway answered %s", answer.status_code)
            raise SmsFailed(f"status {answer.status_code}")

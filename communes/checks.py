"""Checks of `manage.py check --deploy`: what would leave citizens without a code."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

SENDS_NOTHING = {"ConsoleBackend", "DemoBackend", "MemoryBackend"}


@register(Tags.security, deploy=True)
def codes_are_sent(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Text messages and mail leave the machine, unless this is a demonstration."""
    found: list[CheckMessage] = []
    if settings.DEMO:
        return found
    if settings.SMS_BACKEND.rpartition(".")[2] in SENDS_NOTHING:
        found.append(
            Warning(
                "No text message is sent: codes are only printed where the server runs.",
                hint="Set SMS_URL, or SMS_BACKEND to a class of your own.",
                id="communes.W001",
            )
        )
    if not settings.EMAIL_HOST:
        found.append(
            Warning(
                "No mail is sent: it is only printed where the server runs.",
                hint="Set EMAIL_HOST.",
                id="communes.W002",
            )
        )
    return found

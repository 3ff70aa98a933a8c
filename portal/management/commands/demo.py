"""`manage.py demo`: the simulated sittings, against the servers of this machine."""

import asyncio
import logging
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from portal.demo.driver import Play, drive
from portal.demo.hearing import Pace
from portal.demo.seeding import seed


class Command(BaseCommand):
    help = (
        "Play the demonstration until Ctrl-C: once a short council session that can then be "
        "replayed, and a hearing that is live without end. Seeds what is missing."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--past-only",
            action="store_true",
            default=not settings.DEMO,
            help="only the past sitting, then stop; so it is with DEMO=0",
        )
        parser.add_argument(
            "--hours", type=float, default=Pace.hours, help="length of one live hearing"
        )
        parser.add_argument(
            "--speed", type=float, default=1.0, help="play so many times faster (for tests)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # A line per request and per candidate address would drown what happens.
        for name in ("httpx", "aioice"):
            logging.getLogger(name).setLevel(logging.WARNING)
        live = not options["past_only"]
        speed = options["speed"]
        pace = Pace(hours=options["hours"]).faster(speed)
        play = Play(hearing=live, pace=pace, speed=speed)
        try:
            seed(hearing=live)
        except (OperationalError, ValueError) as error:
            raise CommandError(str(error)) from error
        asyncio.run(_until_stopped(play))


async def _until_stopped(play: Play) -> None:
    """Play until the end, or SIGTERM or Ctrl-C: then everybody leaves politely."""
    playing = asyncio.ensure_future(drive(play))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, playing.cancel)
    try:
        await playing
    except asyncio.CancelledError:
        logging.getLogger(__name__).info("the demonstration has stopped")

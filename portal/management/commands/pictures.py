"""`manage.py pictures`: draw the icons and the card of shared links again."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.pictures import favicon, icon, welcome


class Command(BaseCommand):
    help = "Draws frontend/static/img again, after the mark or the motto has changed."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.BASE_DIR / "frontend" / "static" / "img"
        folder.mkdir(parents=True, exist_ok=True)
        with override("fr"):
            motto = _("Under the tree, everyone may speak.")
        drawings = {
            "icon-192.png": icon(192),
            "icon-512.png": icon(512),
            "favicon.ico": favicon(),
            "card.png": welcome(motto),
        }
        for name, drawing in drawings.items():
            (folder / name).write_bytes(drawing)
            self.stdout.write(f"{name}: {len(drawing)} bytes")

"""Days as people write them."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language


def written(moment: datetime | date, pattern: str = "j F Y") -> str:
    """A day by Django's formats, in the site's time zone; French says "1er janvier"."""
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment)
    text = date_format(moment, pattern)
    if moment.day == 1 and (get_language() or "").startswith("fr"):
        return " ".join("1er" if word == "1" else word for word in text.split(" "))
    return text

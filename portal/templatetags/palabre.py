"""What templates say often: dates, states, islands, a commune's colour."""

import logging
import re
from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django_vite.core.asset_loader import DjangoViteAssetLoader  # type: ignore[import-untyped]
from django_vite.core.exceptions import DjangoViteAssetNotFoundError  # type: ignore[import-untyped]

from communes import days
from communes.colour import Header, header
from communes.models import Commune
from live.models import SittingState
from portal.middleware import nonce_of

logger = logging.getLogger(__name__)
register = template.Library()

#: The chip of each state: `components.css` has these.
CHIPS = {
    SittingState.LIVE: "chip--live",
    SittingState.PAUSED: "chip--paused",
    SittingState.CLOSED_DOORS: "chip--closed",
    SittingState.ENDED: "chip--done",
    SittingState.ARCHIVED: "chip--done",
}


@register.filter
def day(moment: datetime | date) -> str:
    """`jeudi 26 novembre 2026`, in the site's time zone."""
    return days.written(moment, "l j F Y")


@register.filter
def written(moment: datetime | date | None, pattern: str = "j F Y") -> str:
    """`1er janvier 2026`; nothing for no day."""
    return days.written(moment, pattern) if moment else ""


@register.filter
def clock(moment: datetime) -> str:
    """`10 h 30` in French, `10:30` in English."""
    local = timezone.localtime(moment)
    if (get_language() or "").startswith("fr"):
        minutes = f"\u00a0{local:%M}" if local.minute else ""
        return f"{local.hour}\u00a0h{minutes}"
    return f"{local:%H:%M}"


@register.filter
def near(moment: datetime) -> str:
    """`today`, `tomorrow`, `in 5 days` for the next two weeks; otherwise nothing."""
    days = (timezone.localdate(moment) - timezone.localdate()).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if 1 < days <= 14:
        return _("in {days} days").format(days=days)
    return ""


@register.filter
def lasting(seconds: float) -> str:
    """`1 h 25 min`, `45 s`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}\u00a0s"
    hours, minutes = divmod(round(whole / 60), 60)
    if not hours:
        return f"{minutes}\u00a0min"
    return f"{hours}\u00a0h\u00a0{minutes:02}" if minutes else f"{hours}\u00a0h"


_SPACE_BEFORE = re.compile(r" (?=[;:!?»%])")
_SPACE_AFTER = re.compile(r"(?<=«) ")


@register.filter
def typeset(text: str) -> str:
    """French punctuation stays on the line of its word: its spaces do not break."""
    return _SPACE_AFTER.sub("\u00a0", _SPACE_BEFORE.sub("\u00a0", text))


@register.filter
def suffix(name: str) -> str:
    """`PDF`, of a file name."""
    return name.rpartition(".")[2].upper()


@register.filter
def weight(size: int) -> str:
    """`1,9 Mo` in French, `1.9 MB` in English: thousands of bytes, as mobile data is sold."""
    unit, value = (_("kB"), size / 1000) if size < 999_500 else (_("MB"), size / 1_000_000)
    digits = 1 if value < 10 and size >= 999_500 else 0
    return f"{number_format(round(max(value, 1), digits), digits)}\u00a0{unit}"


@register.filter
def amount(value: float) -> str:
    """`1 250 000` in French, `1,250,000` in English; at most two decimals."""
    whole = float(value).is_integer()
    return number_format(value, 0 if whole else 2, force_grouping=True).replace(" ", "\u00a0")


@register.filter
def state_label(state: str) -> str:
    """What a chip says of a sitting's state."""
    labels = {
        SittingState.DRAFT: pgettext("a sitting", "Draft"),
        SittingState.SCHEDULED: pgettext("a sitting", "Coming up"),
        SittingState.LIVE: pgettext("a sitting", "Live"),
        SittingState.PAUSED: pgettext("a sitting", "Paused"),
        SittingState.CLOSED_DOORS: pgettext("a sitting", "Behind closed doors"),
        SittingState.ENDED: pgettext("a sitting", "Ended"),
        SittingState.ARCHIVED: pgettext("a sitting", "Replay"),
        SittingState.CANCELLED: pgettext("a sitting", "Cancelled"),
    }
    return labels[SittingState(state)]


@register.simple_tag
def state_chip(state: str) -> SafeString:
    return format_html(
        '<span class="chip {}">{}</span>', CHIPS.get(SittingState(state), ""), state_label(state)
    )


@register.filter
def header_of(commune: Commune) -> Header:
    """The commune's colour and the ink on it, contrast 7:1."""
    return header(commune.colour)


@register.filter
def initials(commune: Commune) -> str:
    """Shown where a commune has given no arms: `CO`, `AC`."""
    words = commune.name.replace("-", " ").split()
    letters = words[0][:2] if len(words) == 1 else "".join(word[0] for word in words[:2])
    return letters.upper()


@register.simple_tag(takes_context=True)
def commune_style(context: Context, commune: Commune) -> SafeString:
    """The commune's colour for this page's canopy. The nonce lets it past the content policy."""
    colours = header(commune.colour)
    return format_html(
        '<style nonce="{}">:root{{--canopy:{};--on-canopy:{}}}</style>',
        nonce_of(context["request"]),
        colours.background,
        colours.ink,
    )


@cache
def _warn_once(path: str) -> None:
    logger.warning("%s is not built: run npm run build", path)


@register.simple_tag
def frontend(path: str) -> SafeString:
    """The tags that load a built entry. Where it is not built, pages stay readable without it."""
    try:
        tags: str = DjangoViteAssetLoader.instance().generate_vite_asset(path)
    except DjangoViteAssetNotFoundError:
        _warn_once(path)
        return SafeString("")
    return mark_safe(tags)  # noqa: S308 - addresses from our own manifest


@register.simple_tag
def frontend_ahead(*paths: str) -> SafeString:
    """Tags that fetch these built chunks, and what they import, while the page is still read: they
    come at once rather than one after the other."""
    loader = DjangoViteAssetLoader.instance()
    try:
        tags = "".join(loader.preload_vite_asset(path) for path in paths)
        # Vite asks for styles with `crossorigin`; without it here they would be fetched twice.
        tags = tags.replace(' rel="preload"', ' rel="preload" crossorigin')
    except DjangoViteAssetNotFoundError:
        return SafeString("")
    return mark_safe(tags)  # noqa: S308 - addresses from our own manifest


@register.simple_block_tag
def island(content: SafeString, name: str, props: dict[str, Any]) -> SafeString:
    """Where `frontend/src/islands/<name>` goes; what is inside shows until it is there."""
    return format_html(
        '<div class="island" data-island="{}">{}{}</div>', name, json_script(props), content
    )

"""A sitting at its one address: announced, live, and afterwards to see again."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from live.models import Sitting
from live.transport.addresses import media_address
from portal.access import OVER, find_sitting, is_public
from portal.downloads import downloads
from portal.hearing import papers_of
from portal.islands import WORKPLACES, absolute, island_props, page_url
from portal.pictures import announcement
from portal.qr import qr_svg
from portal.room import Room, read_room
from portal.stills import still_urls
from portal.templatetags.palabre import clock, day


def sitting(request: HttpRequest, commune: str, slug: str) -> HttpResponse:
    """Readable without JavaScript; the island `room` takes over where there is some."""
    found, roles = find_sitting(request.user, commune, slug)
    room = read_room(found)
    return render(
        request,
        "sitting/sitting.html",
        {
            "sitting": found,
            "commune": found.commune,
            "room": room,
            "recording": getattr(found, "recording", None),
            "begun": found.started_at is not None,
            "playable": _playable(found, room),
            "hls": media_address(found),
            "stills": still_urls(found),
            "audio": media_address(found, "audio.m3u8"),
            "downloads": downloads(found) if found.state in OVER else None,
            "workplaces": {name for name, wanted in WORKPLACES.items() if roles & wanted},
            "papers": papers_of(found),
            "props": island_props(request, found, roles),
            "description": describe(found),
        },
    )


def _playable(sitting: Sitting, room: Room) -> bool:
    """Something of this sitting can be fetched from media."""
    if sitting.state in OVER:
        return hasattr(sitting, "recording")
    return room.streaming


def describe(sitting: Sitting) -> str:
    """One line for messaging apps and search engines."""
    when = _("{day} at {time}").format(
        day=day(sitting.scheduled_at), time=clock(sitting.scheduled_at)
    )
    parts = [sitting.get_kind_display().capitalize(), when, sitting.place]
    line = " · ".join(part for part in parts if part)
    if sitting.summary:
        line = f"{line}. {strip_tags(sitting.summary)}"
    return Truncator(" ".join(line.split())).chars(200)


def projector(request: HttpRequest, commune: str, slug: str) -> HttpResponse:
    """For the hall's screen: what the host shows, and how to take part."""
    found, roles = find_sitting(request.user, commune, slug)
    address = absolute(page_url(found))
    return render(
        request,
        "sitting/projector.html",
        {
            "sitting": found,
            "commune": found.commune,
            "room": read_room(found),
            "props": island_props(request, found, roles),
            "address": address.partition("://")[2].rstrip("/"),
            "theme": "dark",
            "qr": qr_svg(address, _("QR code of this sitting's page")),
        },
    )


def picture(request: HttpRequest, commune: str, slug: str) -> HttpResponse:
    """The picture that messaging apps show beside the link, 1200 × 630."""
    found, _roles = find_sitting(request.user, commune, slug)
    place = found.commune
    arms = place.arms.name if place.arms else None
    said = {
        "commune": place.name,
        "colour": place.colour,
        "kind": found.get_kind_display().capitalize(),
        "title": found.title,
        "when": f"{day(found.scheduled_at)} · {clock(found.scheduled_at)}",
    }
    # Drawing takes a tenth of a second, which a much shared link would ask for again
    # and again.
    name = hashlib.sha256("\n".join([*said.values(), arms or ""]).encode()).hexdigest()
    drawn = cache.get(f"card/{name}")
    if drawn is None:
        emblem = place.arms.storage.open(arms) if arms and place.arms.storage.exists(arms) else None
        drawn = announcement(**said, arms=emblem)
        cache.set(f"card/{name}", drawn, timeout=24 * 3600)
    response = HttpResponse(drawn, content_type="image/png")
    audience = {"public": True} if is_public(found) else {"private": True}
    patch_cache_control(response, max_age=600, **audience)
    return response

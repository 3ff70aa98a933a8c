"""Where staff work during a sitting: each page is an island on the staff stream."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from communes.permissions import require_roles
from live.protocol.frames import Stream
from portal.access import find_sitting
from portal.islands import WORKPLACES, island_props
from portal.keeping import Keeping
from portal.middleware import CAMERA_ON

TITLES: dict[str, Promise] = {
    "desk": _("Moderation"),
    "host": _("Host's view"),
    "control": _("Running the sitting"),
    "studio": _("Studio"),
}
#: Pages used on a stage or in a darkened room.
DARK = frozenset({"host", "studio"})


def _workplace(name: str) -> Callable[..., HttpResponseBase]:
    @require_roles(*WORKPLACES[name])
    def view(request: HttpRequest, commune: Commune, slug: str) -> HttpResponse:
        sitting, roles = find_sitting(request.user, commune, slug)
        response = render(
            request,
            "sitting/work.html",
            {
                "sitting": sitting,
                "commune": sitting.commune,
                "island": name,
                "title": TITLES[name],
                "keeping": Keeping.of(sitting) if name == "control" else None,
                "theme": "dark" if name in DARK else "",
                "workplaces": {key for key, wanted in WORKPLACES.items() if roles & wanted},
                "props": island_props(request, sitting, roles, Stream.STAFF),
            },
        )
        if name == "studio":
            response.headers["Permissions-Policy"] = CAMERA_ON
        return response

    return view


desk = _workplace("desk")
host = _workplace("host")
control = _workplace("control")
studio = _workplace("studio")

"""The home page: what is live, what is next, what can be seen again."""

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from communes.models import Commune
from live.models import AgendaItem, AgendaState, Sitting, SittingState
from portal.access import OVER, RUNNING, public_sittings

NEXT_SHOWN = 6
RECENT_SHOWN = 6


def home(request: HttpRequest) -> HttpResponse:
    """Everything on it is public; drafts and rehearsals are in `staff`."""
    sittings = public_sittings()
    running = list(sittings.filter(state__in=RUNNING).order_by("started_at"))
    following = sittings.filter(state=SittingState.SCHEDULED).order_by("scheduled_at")
    recent = (
        sittings.filter(state__in=OVER)
        .select_related("commune", "recording")
        .order_by(F("ended_at").desc(nulls_last=True))
    )
    return render(
        request,
        "portal/home.html",
        {
            "running": with_points(running),
            "following": following[:NEXT_SHOWN],
            "recent": recent[:RECENT_SHOWN],
            "communes": Commune.objects.all(),
            "today": timezone.localdate(),
        },
    )


def with_points(sittings: list[Sitting]) -> list[tuple[Sitting, AgendaItem | None]]:
    """Each sitting with the point that it discusses now."""
    points = {
        item.sitting_id: item
        for item in AgendaItem.objects.filter(sitting__in=sittings, state=AgendaState.OPEN)
    }
    return [(sitting, points.get(sitting.pk)) for sitting in sittings]

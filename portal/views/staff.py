"""Where the people who work for a commune begin: their communes and sittings."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from communes.models import Commune, PracticeTrial, Role
from communes.permissions import EVERY_ROLE, Roles, communes_of, roles_in
from live.delivery.writer import perform
from live.models import Sitting, SittingState
from portal.access import OVER, RUNNING
from portal.hearing import rhythm
from portal.islands import WORKPLACES
from portal.overdue import silent_trials
from portal.views.answers import owed_to

PAST_SHOWN = 8


@dataclass
class Workplace:
    """One commune and what this person finds there."""

    commune: Commune
    roles: Roles
    running: list[Sitting]
    coming: list[Sitting]
    past: list[Sitting]
    #: The last day for a hearing that nobody has announced.
    hearing_due: date | None
    #: Practices of others that the commune tries, of which nothing was said for long.
    silent: list[PracticeTrial]
    #: Whether this person is written to when something is due there.
    told: bool

    @property
    def may_prepare(self) -> bool:
        return bool(self.roles & WORKPLACES["sitting_prepare"])

    @property
    def pages(self) -> set[str]:
        """The pages of a sitting that this person may open."""
        return {name for name, wanted in WORKPLACES.items() if self.roles & wanted}


@require_http_methods(["GET", "HEAD", "POST"])
def staff(request: HttpRequest) -> HttpResponseBase:
    """POST `tell`: be written to again when something is due in that commune."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    communes = communes_of(request.user)
    if not communes:
        raise PermissionDenied
    if request.method == "POST":
        wanted = Role.objects.filter(
            commune__slug=request.POST.get("tell", ""), person=request.user.pk
        )
        perform(lambda: wanted.update(told=True))
        return redirect("staff")
    return render(
        request,
        "staff/staff.html",
        {
            "places": _places(request, communes),
            "owed": owed_to(request.user).count(),
        },
    )


def _places(request: HttpRequest, communes: list[Commune]) -> list[Workplace]:
    sittings = Sitting.objects.filter(commune__in=communes).select_related("commune")
    running = list(sittings.filter(state__in=RUNNING).order_by("started_at"))
    coming = list(
        sittings.filter(state__in=(SittingState.DRAFT, SittingState.SCHEDULED)).order_by(
            "scheduled_at"
        )
    )
    places = []
    mute = set(
        Role.objects.filter(person=request.user.pk, told=False).values_list("commune", flat=True)
    )
    silent = list(silent_trials(timezone.now()).filter(commune__in=communes))
    for commune in communes:
        coming_hearing = rhythm(commune)
        due = None if coming_hearing.announced_in_time else coming_hearing.due_by
        past = sittings.filter(commune=commune, state__in=(*OVER, SittingState.CANCELLED))
        places.append(
            Workplace(
                commune,
                roles_in(request.user, commune) & EVERY_ROLE,
                [sitting for sitting in running if sitting.commune_id == commune.pk],
                [sitting for sitting in coming if sitting.commune_id == commune.pk],
                list(past.order_by("-scheduled_at")[:PAST_SHOWN]),
                due,
                [trial for trial in silent if trial.commune_id == commune.pk],
                commune.pk not in mute,
            )
        )
    return places

"""A commune's concerns: the list, a page for each, its pictures. Everything works without
JavaScript; the island `concern` takes over where there is some."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from communes.models import Commune
from communes.permissions import roles_in
from communes.pictures import SIZES
from consultations import photos
from consultations.actions.concern_states import OPEN, PUBLIC, facts, subject_of
from consultations.api.asking import address_of
from consultations.api.concern_doing import act, seen
from consultations.concern_listing import Order, narrowed, ordered, public_concerns
from consultations.models import (
    Concern,
    ConcernCategory,
    ConcernPhoto,
    ConcernReferral,
    ConcernState,
    ConcernSupport,
)
from consultations.protocol import ConcernRef
from live.protocol.errors import Refused
from live.transport.wording import message
from portal.concern_list import list_props, where_it_stands
from portal.concern_page import (
    DOES,
    PageForms,
    concern_props,
    discussion_of,
    do,
    happened,
    staff_part,
)
from portal.replay import second_of

PER_PAGE = 20
ORDERS: dict[Order, object] = {
    "new": _("newest"),
    "support": _("most supported"),
    "rising": _("rising"),
}
#: `components.css` has these.
CHIPS = {
    ConcernState.PENDING: "chip--paused",
    ConcernState.TAKEN_UP: "chip--paused",
    ConcernState.PLANNED: "chip--paused",
    ConcernState.DONE: "chip--done",
    ConcernState.REFUSED: "chip--closed",
    ConcernState.REJECTED: "chip--closed",
}
SHOWN = [state for state in ConcernState if state in PUBLIC]


@require_http_methods(["GET", "HEAD", "POST"])
def concerns(request: HttpRequest, commune: str) -> HttpResponseBase:
    """The list; `?categorie=`, `?etat=`, `?arrondissement=` narrow it, `?ordre=` orders it."""
    place = get_object_or_404(Commune, slug=commune)
    if request.method == "POST":
        return _support(request, place)
    following = where_it_stands(place)
    category = request.GET.get("categorie", "")
    # What cannot be narrowed by narrows nothing, for the island neither.
    state = request.GET.get("etat", "")
    state = state if state in SHOWN else ""
    part = request.GET.get("arrondissement", "")
    part = part if part.isascii() and part.isdigit() and len(part) < 10 else ""
    order: Order = next((one for one in ORDERS if one == request.GET.get("ordre")), "new")
    everything = public_concerns().filter(commune=place)
    found = narrowed(
        everything,
        category=category,
        state=state,
        arrondissement=int(part) if part else None,
    )
    page = Paginator(ordered(found, order), PER_PAGE).get_page(request.GET.get("page"))
    counts = dict(everything.order_by().values_list("state").annotate(Count("pk")))
    asked = {"categorie": category, "etat": state, "arrondissement": part, "ordre": order}
    query = urlencode({name: value for name, value in asked.items() if value})
    mine: list[Concern] = []
    supported: set[int] = set()
    if request.user.is_authenticated:
        theirs = ConcernSupport.objects.filter(person=request.user, concern__in=list(page))
        supported = set(theirs.values_list("concern_id", flat=True))
        own = Concern.objects.filter(commune=place, author=request.user)
        waiting = own.filter(state__in=(ConcernState.PENDING, ConcernState.REJECTED))
        mine = list(waiting.order_by("-submitted_at")[:5])
    return render(
        request,
        "concerns/list.html",
        {
            "commune": place,
            "page": page,
            "lines": [
                Line(one, CHIPS.get(ConcernState(one.state), ""), one.pk in supported)
                for one in page
            ],
            "props": list_props(request, place, following, asked),
            "mine": [(one, CHIPS.get(ConcernState(one.state), "")) for one in mine],
            "categories": ConcernCategory.objects.filter(commune=place),
            "states": [(one.value, one.label, counts.get(one, 0)) for one in SHOWN],
            "arrondissements": place.arrondissements.all(),
            "orders": ORDERS.items(),
            "asked": asked,
            "query": query,
            "narrowed": bool(category or state or part),
            "total": sum(counts.values()),
            "at_desk": bool(roles_in(request.user, place)),
        },
    )


@dataclass(frozen=True)
class Line:
    """A concern of the list. `supported`: by whoever looks at it."""

    concern: Concern
    chip: str
    supported: bool

    @property
    def open(self) -> bool:
        return self.concern.state in OPEN


def _support(request: HttpRequest, place: Commune) -> HttpResponseBase:
    """One tap in the list, without JavaScript: back to it, at the same line."""
    back = request.get_full_path()
    if not request.user.is_authenticated:
        return redirect_to_login(back)
    name = next((one for one in ("support", "unsupport") if one in request.POST), "")
    key = request.POST.get(name, "")
    if not key.isascii() or not key.isdigit() or len(key) > 15:
        raise Http404
    found = get_object_or_404(Concern, commune=place, pk=int(key))
    args = ConcernRef(concern=found.pk)
    try:
        act(request.user, subject_of(found), f"concern.{name}", args, address_of(request))
    except Refused as refused:
        messages.error(request, message(refused, get_language() or "fr"))
        return redirect(back)
    return redirect(f"{back}#c{found.pk}")


def find(commune: str, number: int) -> Concern:
    return get_object_or_404(
        Concern.objects.select_related(
            "commune", "category", "arrondissement", "author", "merged_into__commune"
        ),
        commune__slug=commune,
        pk=number,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def concern(request: HttpRequest, commune: str, number: int) -> HttpResponseBase:
    """One concern. The address of one that was joined to another leads there."""
    found = find(commune, number)
    person = request.user if request.user.is_authenticated else None
    if not seen(found, person):
        raise Http404
    state = facts(found)
    if state is not None and state.merged_into is not None:
        return redirect(state.merged_page, permanent=False)
    forms = PageForms(found)
    status = 200
    if request.method == "POST":
        if person is None:
            return redirect_to_login(request.get_full_path())
        name = request.POST.get("do", "")
        if name not in DOES:
            raise Http404
        try:
            outcome = do(request, found, person, name, forms)
        except Refused as refused:
            text = message(refused, get_language() or "fr")
            if not forms.blame(name, refused, text):
                messages.error(request, text)
                return redirect("concern", commune, number)
            outcome = None
        if outcome is not None:
            if outcome:
                messages.success(request, str(outcome))
            return redirect("concern", commune, number)
        status = 422
    roles = roles_in(request.user, found.commune)
    return render(
        request,
        "concerns/concern.html",
        {
            "commune": found.commune,
            "concern": found,
            "chip": CHIPS.get(ConcernState(found.state), ""),
            "facts": state,
            "public": state is not None,
            "history": happened(found),
            "discussion": discussion_of(found, person),
            "forms": forms,
            "props": None if state is None else concern_props(request, found, roles),
            **staff_part(found, person, roles),
        },
        status=status,
    )


@require_safe
def photo(request: HttpRequest, commune: str, name: str, size: int) -> HttpResponseBase:
    """A picture in one of its sizes; of what is not public, for its author and the staff."""
    found = get_object_or_404(
        ConcernPhoto.objects.select_related("concern__commune"),
        concern__commune__slug=commune,
        name=name,
    )
    person = request.user if request.user.is_authenticated else None
    path = photos.shelf.path(found.name, size)
    if size not in SIZES or not seen(found.concern, person):
        raise Http404
    if not default_storage.exists(path):
        raise Http404
    response = FileResponse(default_storage.open(path, "rb"), content_type="image/webp")
    public = not subject_of(found.concern).hidden
    audience = {"public": True} if public else {"private": True}
    patch_cache_control(response, max_age=24 * 3600 if public else 0, **audience)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def moment(request: HttpRequest, commune: str, number: int, referral: int) -> HttpResponseBase:
    """To the sitting that took a concern up, at the second where it was answered, once there is a
    recording of it."""
    found = get_object_or_404(
        ConcernReferral.objects.select_related("sitting__commune", "agenda_item"),
        concern__commune__slug=commune,
        concern=number,
        pk=referral,
    )
    sitting = found.sitting
    at = found.answered_at or (found.agenda_item.opened_at if found.agenda_item else None)
    second = None if at is None else second_of(sitting, at)
    page = f"/{sitting.commune.slug}/seances/{sitting.slug}/"
    return redirect(page if second is None else f"{page}?t={second}")


def when(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)

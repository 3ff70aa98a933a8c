"""Where moderators look at concerns and comments, and where a commune says how it takes them."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from communes.models import Commune, RoleName
from communes.permissions import require_roles, roles_in
from consultations.actions.concern_boards import (
    board_of,
    set_arrondissements,
    set_board,
    set_categories,
)
from consultations.api.concern_doing import board_to_act_on
from consultations.models import Comment, CommentState, Concern, ConcernState
from consultations.protocol import SetBoard
from live.actions.context import Context
from live.delivery.writer import perform
from portal.concern_forms import BoardForm
from portal.concern_page import offices_of

#: Shown to whoever has no JavaScript.
MOST = 100


@require_roles(RoleName.MODERATOR)
def desk(request: HttpRequest, commune: Commune) -> HttpResponseBase:
    """What waits for a moderator, on the board's staff stream."""
    subject = board_to_act_on(commune)
    roles = roles_in(request.user, commune)
    if not request.user.is_authenticated:
        return redirect("signin")
    get_token(request)
    scheme = "wss" if request.is_secure() else "ws"
    props: dict[str, Any] = {
        "commune": commune.slug,
        "me": {
            "id": request.user.public_id,
            "name": request.user.display_name,
            "roles": sorted(roles),
        },
        "urls": {
            "ws": f"{scheme}://{request.get_host()}/ws/boards/{subject.id}/",
            "timeline": "",
            "ticket": f"/api/v1/communes/{commune.slug}/concern-board/ticket",
            "list": f"/{commune.slug}/preoccupations/",
        },
        "language": (get_language() or settings.LANGUAGE_CODE)[:2],
        "offices": offices_of(commune),
        # Joined before it was kept who came through what: the server cannot separate them.
        "inseparable": list(
            Concern.objects.filter(
                commune=commune, state=ConcernState.MERGED, merged_from=""
            ).values_list("pk", flat=True)
        ),
    }
    waiting = Concern.objects.filter(commune=commune, state=ConcernState.PENDING)
    comments = Comment.objects.filter(concern__commune=commune, state=CommentState.PENDING)
    return render(
        request,
        "concerns/desk.html",
        {
            "commune": commune,
            "props": props,
            "waiting": waiting.order_by("submitted_at")[:MOST],
            "comments": comments.select_related("concern").order_by("submitted_at")[:MOST],
        },
    )


@require_roles(RoleName.CLERK)
def settings_page(request: HttpRequest, commune: Commune) -> HttpResponseBase:
    """How the commune takes concerns: moderation, categories, arrondissements."""
    board_to_act_on(commune)
    board = perform(lambda: board_of(commune))
    form = BoardForm(initial=BoardForm.values_of(commune, board))
    if request.method == "POST":
        form = BoardForm(request.POST)
        if form.is_valid():
            _save(request, commune, form)
            messages.success(request, _("It is saved."))
            return redirect("concern_settings", commune.slug)
    return render(
        request,
        "concerns/settings.html",
        {"commune": commune, "form": form},
        status=422 if form.is_bound else 200,
    )


def _save(request: HttpRequest, commune: Commune, form: BoardForm) -> None:
    if not request.user.is_authenticated:
        return
    roles = roles_in(request.user, commune)
    by = Context(str(commune.pk), request.user.pk, "", roles, "board").by("clerk")
    data = form.cleaned_data
    wanted = SetBoard(
        moderation=data["moderation"],
        comment_moderation=data["comment_moderation"],
        second_opinion=data["second_opinion"],
        second_opinion_hours=data["second_opinion_hours"],
    )
    own, parts = form.lines("own"), form.lines("arrondissements")

    def save() -> None:
        set_board(commune, wanted, by)
        set_categories(commune, data["categories"], own)
        set_arrondissements(commune, parts)

    perform(save)

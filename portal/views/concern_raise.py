"""Raising a concern: what, then where; and what others said already is offered between the two."""

import secrets

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from communes.models import Commune
from consultations import photos
from consultations.api.asking import address_of
from consultations.api.concern_doing import board_to_act_on, raise_with_photos
from consultations.models import ConcernState
from consultations.protocol import RaiseConcern
from consultations.protocol.concerns import CONCERN_MAX, CONCERN_MIN, MOST_PHOTOS
from consultations.text import readable
from live.protocol.errors import Refused
from live.transport.wording import message
from portal.api import concerns_like
from portal.concern_forms import WhatForm, WhereForm


@require_http_methods(["GET", "HEAD", "POST"])
def raise_concern(request: HttpRequest, commune: str) -> HttpResponseBase:
    """Two steps on one address; the second carries what the first said."""
    place = get_object_or_404(Commune, slug=commune)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    board_to_act_on(place)
    if request.method != "POST":
        return _show(request, place, WhatForm(place), None, 1)
    what = WhatForm(place, request.POST)
    where = WhereForm(place, request.POST if "send" in request.POST else None)
    if not _understood(what) or "back" in request.POST:
        return _show(request, place, what, None, 1)
    if "send" not in request.POST:
        return _show(request, place, what, where, 2)
    if where.is_valid():
        answer = _send(request, place, what, where)
        if answer is not None:
            return answer
    step = 1 if what.errors else 2
    return _show(request, place, what, where, step)


def _understood(what: WhatForm) -> bool:
    """Whether the first step is complete; says what lacks, as raising would."""
    if not what.is_valid():
        return False
    try:
        readable(what.cleaned_data["text"], CONCERN_MIN, CONCERN_MAX)
    except Refused as refused:
        what.add_error("text", message(refused, get_language() or "fr"))
        return False
    return True


def _send(
    request: HttpRequest, place: Commune, what: WhatForm, where: WhereForm
) -> HttpResponseBase | None:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    part = where.cleaned_data.get("arrondissement")
    wanted = {
        "category": what.cleaned_data["category"],
        "text": what.cleaned_data["text"],
        "arrondissement": int(part) if part else None,
        "quarter": where.cleaned_data["quarter"],
        "signed": where.cleaned_data["signed"],
        "client_id": request.POST.get("client_id", ""),
    }
    uploads = [upload for upload in request.FILES.getlist("photos") if upload.size]
    try:
        args = RaiseConcern.model_validate(wanted)
        concern = raise_with_photos(request.user, place, args, uploads, address_of(request))
    except Refused as refused:
        _blame(what, where, refused)
        return None
    except ValueError:
        where.add_error(None, _("Please check what you entered."))
        return None
    if concern.state == ConcernState.PENDING:
        messages.success(
            request, _("Thank you. A moderator reads it before it appears; you will be told.")
        )
    else:
        messages.success(request, _("Thank you. It is published."))
    return redirect("concern", place.slug, concern.pk)


def _blame(what: WhatForm, where: WhereForm, refused: Refused) -> None:
    text = message(refused, get_language() or "fr")
    if refused.field in what.fields:
        what.add_error(refused.field, text)
    elif refused.field in where.fields:
        where.add_error(refused.field, text)
    else:
        where.add_error(None, text)


def _show(
    request: HttpRequest, place: Commune, what: WhatForm, where: WhereForm | None, step: int
) -> HttpResponseBase:
    alike = []
    if step == 2 and what.is_valid():
        alike = concerns_like(place, what.cleaned_data["text"][:500])
    wrong = bool(what.errors) or (where is not None and bool(where.errors))
    return render(
        request,
        "concerns/raise.html",
        {
            "commune": place,
            "what": what,
            "where": where,
            "step": step,
            "alike": alike,
            "most_photos": MOST_PHOTOS,
            "most_mb": photos.MOST_BYTES // 1024 // 1024,
            "client_id": request.POST.get("client_id") or secrets.token_hex(10),
            "files_lost": bool(request.FILES),
        },
        status=422 if request.method == "POST" and wrong and "back" not in request.POST else 200,
    )

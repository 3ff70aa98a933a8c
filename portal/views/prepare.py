"""Preparing a sitting: the form, its agenda, announcing it and cancelling it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from communes.models import Commune
from communes.permissions import require_roles, roles_in
from live.actions.context import Context
from live.actions.lifecycle import allowed
from live.models import Sitting, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import Stream
from portal.access import OVER, find_sitting
from portal.forms import (
    ROWS_AT_FIRST,
    ROWS_MORE,
    Agenda,
    SittingForm,
    agenda_form,
    rows_of,
    typed_rows,
)
from portal.islands import WORKPLACES, Props, island_props
from portal.keeping import Keeping
from portal.preparing import CLERK, cancel, make, rewrite, version_of


@require_roles(CLERK)
def new(request: HttpRequest, commune: Commune) -> HttpResponse:
    """A new sitting of the commune."""
    if request.method != "POST":
        form = SittingForm()
        agenda = agenda_form(initial=rows_of([], ROWS_AT_FIRST))
        return _show(request, commune, None, form, agenda)
    if "more" in request.POST:
        return _with_more_rows(request, commune, None)
    form = SittingForm(request.POST)
    agenda = agenda_form(request.POST)
    if not _valid(form, agenda):
        return _show(request, commune, None, form, agenda, status=422)
    try:
        button = _button(request)
        sitting = make(commune, form.draft(), agenda.drafts(), _who(request, commune), button)
    except Refused as refusal:
        return _refused(request, commune, None, form, agenda, refusal)
    messages.success(request, _said(button))
    return redirect("sitting_prepare", commune.slug, sitting.slug)


@require_roles(CLERK)
def edit(request: HttpRequest, commune: Commune, slug: str) -> HttpResponse:
    """Change a sitting and its agenda, announce it, withdraw the announcement, cancel it."""
    sitting, _roles = find_sitting(request.user, commune, slug)
    points = list(sitting.agenda.all())
    if request.method != "POST" or sitting.state in OVER:
        form = SittingForm(sitting=sitting)
        more = 0 if sitting.state in OVER else max(1, ROWS_AT_FIRST - len(points))
        agenda = agenda_form(initial=rows_of(points, more))
        return _show(request, commune, sitting, form, agenda)
    if "more" in request.POST:
        return _with_more_rows(request, commune, sitting)
    if "cancel" in request.POST:
        return _cancel(request, commune, sitting)
    form = SittingForm(request.POST, sitting=sitting)
    agenda = agenda_form(request.POST, rows_of(points, 0))
    if not _valid(form, agenda):
        return _show(request, commune, sitting, form, agenda, status=422)
    try:
        button = _button(request)
        who = _who(request, commune, sitting)
        rewrite(sitting, _seen(request), form.draft(), agenda.drafts(), who, button)
    except Refused as refusal:
        return _refused(request, commune, sitting, form, agenda, refusal)
    messages.success(request, _said(button))
    return redirect("sitting_prepare", commune.slug, sitting.slug)


def _cancel(request: HttpRequest, commune: Commune, sitting: Sitting) -> HttpResponse:
    try:
        cancel(sitting, _who(request, commune, sitting))
    except Refused as refusal:
        messages.error(request, wording(refusal))
        return redirect("sitting_prepare", commune.slug, sitting.slug)
    messages.success(request, _("The sitting is cancelled. Its page says so."))
    return redirect("sitting", commune.slug, sitting.slug)


def _button(request: HttpRequest) -> str:
    return next((name for name in ("publish", "unpublish") if name in request.POST), "save")


def _said(button: str) -> str:
    return {
        "publish": _("The sitting is announced."),
        "unpublish": _("The sitting is a draft again: only the staff see it."),
    }.get(button, _("Saved."))


def _seen(request: HttpRequest) -> int:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdigit() else -1


def _who(request: HttpRequest, commune: Commune, sitting: Sitting | None = None) -> Context:
    roles = roles_in(request.user, commune)
    return Context(sitting.pk if sitting else "", request.user.pk, roles=roles)


def _valid(form: SittingForm, agenda: Agenda) -> bool:
    # Both, so that every error shows at once.
    return all([form.is_valid(), agenda.is_valid()])


def wording(refusal: Refused) -> str:
    """What a refusal says to the clerk."""
    return {
        ErrorCode.CONFLICT: _(
            "Somebody else changed this sitting meanwhile. Nothing of yours was saved: open the "
            "page again in another tab, compare, and save once more from there."
        ),
        ErrorCode.WRONG_STATE: _("The sitting has moved on, so that this can no longer be done."),
        ErrorCode.BUSY: _("The server is busy. Nothing was saved; please try again."),
    }.get(refusal.code, _("This could not be saved. Please try again."))


def _refused(
    request: HttpRequest,
    commune: Commune,
    sitting: Sitting | None,
    form: SittingForm,
    agenda: Agenda,
    refusal: Refused,
) -> HttpResponse:
    form.add_error(None, wording(refusal))
    return _show(request, commune, sitting, form, agenda, status=409)


def _with_more_rows(
    request: HttpRequest, commune: Commune, sitting: Sitting | None
) -> HttpResponse:
    """The form as it was typed, with more empty points; nothing is judged or saved."""
    form = SittingForm(initial=request.POST.dict(), sitting=sitting)
    agenda = agenda_form(initial=typed_rows(request.POST, ROWS_MORE))
    return _show(request, commune, sitting, form, agenda)


def _island(request: HttpRequest, sitting: Sitting) -> Props | None:
    """What the island of rules and votes gets; nothing once they can no longer change."""
    if sitting.state in OVER or sitting.state == SittingState.CANCELLED:
        return None
    roles = roles_in(request.user, sitting.commune)
    return island_props(request, sitting, roles, Stream.STAFF)


def _show(
    request: HttpRequest,
    commune: Commune,
    sitting: Sitting | None,
    form: SittingForm,
    agenda: Agenda,
    status: int = 200,
) -> HttpResponse:
    seen = request.POST.get("seen") if request.method == "POST" else None
    context: dict[str, Any] = {"commune": commune, "sitting": sitting, "form": form}
    context |= {"agenda": agenda, "problems": form.is_bound and status != 200}
    if sitting is not None:
        context |= {
            "allowed": allowed(sitting.state),
            "over": sitting.state in OVER,
            "keeping": Keeping.of(sitting),
            "seen": seen or version_of(sitting),
            "workplaces": {name for name, wanted in WORKPLACES.items() if wanted & {CLERK}},
            "props": _island(request, sitting),
        }
    return render(request, "staff/prepare.html", context, status=status)

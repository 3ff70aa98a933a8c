"""The public register of a commune's promises, and a page for each with its history."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from communes.models import Commune, RoleName
from communes.permissions import Roles, roles_in
from consultations.actions import commitments as actions
from consultations.api.commitments import public_commitments
from consultations.models import (
    Commitment,
    CommitmentFollower,
    CommitmentStatus,
    CommitmentUpdate,
    CommitmentVoice,
    LevelName,
)
from consultations.protocol import CommitmentState, UpdateCommitment
from live.actions.context import Context
from live.delivery.writer import perform
from live.protocol.errors import Refused
from live.protocol.frames import Stream
from live.timeline.read import entries_since
from live.transport.wording import message
from portal.evidence import TYPES, clean_evidence
from portal.islands import page_url
from portal.replay import second_of

PER_PAGE = 30
#: Who publishes news of a promise.
WRITERS: Roles = frozenset({RoleName.HOST, RoleName.CLERK})
CHIPS = {
    CommitmentStatus.OPEN: "",
    CommitmentStatus.LATE: "chip--paused",
    CommitmentStatus.KEPT: "chip--done",
    CommitmentStatus.DROPPED: "chip--closed",
}
HAPPENED: dict[str, Promise] = {
    "commitment.made": _("The commitment was made"),
    "commitment.edited": _("The wording was put right"),
    "commitment.updated": _("News"),
    "commitment.kept": _("Said to be kept"),
    "commitment.dropped": _("Dropped"),
    "commitment.reopened": _("Taken up again"),
    "commitment.late": _("The day it was due has passed"),
}
#: What carries news with it; later entries only repeat the last.
NEWS = frozenset(HAPPENED) - {"commitment.made", "commitment.edited", "commitment.late"}


class NewsForm(forms.Form):
    """News of a promise, with what proves it."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("as it is")),
            ("open", _("under way")),
            ("kept", _("kept")),
            ("dropped", _("dropped")),
        ],
    )
    note = forms.CharField(
        label=_("What was done, or why it is dropped"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    link = forms.URLField(
        label=_("A page that shows it"), max_length=400, required=False, assume_scheme="https"
    )
    file = forms.FileField(
        label=_("A document or a picture"),
        required=False,
        help_text=_("PDF, JPEG or PNG, at most 8 MB. Everyone can see it."),
    )

    def clean_file(self) -> ContentFile[bytes] | None:
        upload = self.cleaned_data["file"]
        return clean_evidence(upload) if upload else None


@dataclass(frozen=True)
class Happening:
    """One line of a promise's history."""

    at: datetime
    what: Promise
    by: str
    state: CommitmentState
    news: bool

    @property
    def chip(self) -> str:
        return CHIPS[CommitmentStatus(self.state.state)]


def commitments(request: HttpRequest, commune: str) -> HttpResponse:
    """The register, newest first; `?etat=` shows those in one state."""
    place = get_object_or_404(Commune, slug=commune)
    all_of_them = public_commitments(place.slug)
    counts = dict(all_of_them.order_by().values_list("state").annotate(Count("pk")))
    wanted = request.GET.get("etat", "")
    shown = all_of_them.filter(state=wanted) if wanted in CommitmentStatus.values else all_of_them
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "commitments/register.html",
        {
            "commune": place,
            "page": page,
            "lines": [(one, CHIPS[CommitmentStatus(one.state)]) for one in page],
            "wanted": wanted if wanted in CommitmentStatus.values else "",
            "tabs": [
                (state.value, state.label, counts.get(state, 0)) for state in CommitmentStatus
            ],
            "total": sum(counts.values()),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def commitment(request: HttpRequest, commune: str, number: int) -> HttpResponseBase:
    """One promise: the second it was made at, its history, what citizens say of it."""
    found = get_object_or_404(public_commitments(commune), pk=number)
    roles = roles_in(request.user, found.commune)
    form = NewsForm()
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        context = Context(found.sitting_id, request.user.pk, request.user.display_name, roles)
        if request.POST.get("do") != "news":
            return _do(request, found, context)
        if not roles & WRITERS:
            raise Http404
        form = NewsForm(request.POST, request.FILES)
        if form.is_valid() and _publish(form, found, context):
            messages.success(request, _("It is published, and those who follow it are told."))
            return redirect("commitment", found.commune.slug, found.pk)
    return _page(request, found, roles, form)


def _do(request: HttpRequest, found: Commitment, context: Context) -> HttpResponse:
    """What a citizen does with one button."""
    does = {
        "confirm": lambda: actions.speak(context, found.pk, True),
        "contest": lambda: actions.speak(context, found.pk, False),
        "recant": lambda: actions.speak(context, found.pk, None),
        "follow": lambda: actions.follow(context, found.pk, True),
        "unfollow": lambda: actions.follow(context, found.pk, False),
    }
    action = does.get(request.POST.get("do", ""))
    if action is None:
        raise Http404
    try:
        perform(action)
    except Refused as refused:
        messages.error(request, message(refused, get_language() or "fr"))
    return redirect("commitment", found.commune.slug, found.pk)


def _publish(form: NewsForm, found: Commitment, context: Context) -> bool:
    data = form.cleaned_data
    wanted = UpdateCommitment.model_validate(
        {
            "commitment": found.pk,
            "state": data["state"] or None,
            "note": data["note"],
            "link": data["link"] or None,
        }
    )
    try:
        perform(lambda: actions.update(context, wanted, data["file"]))
    except Refused as refused:
        text = _("Say what was done, or why it is dropped; or add a page or a file that shows it.")
        known = refused.field in form.fields
        form.add_error(
            refused.field if known else None,
            ValidationError(text if known else message(refused, get_language() or "fr")),
        )
        return False
    return True


def _notify(request: HttpRequest) -> dict[str, Any] | None:
    """Of the island `notify`: for those whom no e-mail reaches."""
    if request.user.is_anonymous or request.user.email:
        return None
    # What the island posts carries this token; asking for it has the cookie sent.
    get_token(request)
    return {"urls": {"push": "/api/v1/me/push"}, "language": (get_language() or "fr")[:2]}


def _page(request: HttpRequest, found: Commitment, roles: Roles, form: NewsForm) -> HttpResponse:
    second = second_of(found.sitting, found.made_at)
    page = page_url(found.sitting)
    voice = followed = None
    if request.user.is_authenticated:
        mine = {"commitment": found, "person_id": request.user.pk}
        voice = CommitmentVoice.objects.filter(**mine).first()
        followed = CommitmentFollower.objects.filter(**mine).exists()
    voices = actions.voices_of(found.pk, found.confirmed, found.contested)
    return render(
        request,
        "commitments/commitment.html",
        {
            "commune": found.commune,
            "commitment": found,
            "chip": CHIPS[CommitmentStatus(found.state)],
            "page": page if second is None else f"{page}?t={second}",
            "second": second,
            "judged": found.state in actions.JUDGED,
            "voices": voices,
            "levels": [
                (level.label, voices.levels[level]) for level in LevelName if level in voices.levels
            ],
            "voice": voice,
            "followed": followed,
            "notify": _notify(request) if followed else None,
            "history": _history(found),
            "writes": bool(roles & WRITERS),
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )


def _history(found: Commitment) -> list[Happening]:
    """What happened, the latest first."""
    roles = dict(RoleName.choices)
    return [
        Happening(
            at=datetime.fromtimestamp(entry.at / 1000, tz=UTC),
            what=HAPPENED[entry.kind],
            by=str(roles.get(entry.actor, "")),
            state=CommitmentState.model_validate(entry.state),
            news=entry.kind in NEWS,
        )
        for entry in reversed(entries_since(found.timeline_id, 0, Stream.PUBLIC))
    ]


@cache_control(max_age=24 * 3600, public=True)
def piece(request: HttpRequest, commune: str, number: int, update: int) -> HttpResponseBase:
    """A file that came with news of a promise."""
    found = get_object_or_404(public_commitments(commune), pk=number)
    news = get_object_or_404(CommitmentUpdate, commitment=found, pk=update)
    name = news.file.name or ""
    kind = TYPES.get(PurePath(name).suffix)
    if kind is None or not news.file.storage.exists(name):
        raise Http404
    return FileResponse(
        news.file.open("rb"), content_type=kind, as_attachment=kind == "application/pdf"
    )

"""Publishing documents: for a commune's clerks."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.base import File
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from communes.actions import revisions
from communes.documents import keep, uploads
from communes.documents.keep import Fields
from communes.documents.problems import Problem, Unfit
from communes.models import Commune, Document, Upload
from communes.permissions import person_of, require_roles
from live.delivery.writer import perform
from portal.documents.forms import AddForm, DocumentForm, PublishForm, SharedForm, VersionForm
from portal.documents.intake import adopt, adopt_upload, adopt_version, received, remove
from portal.history import lines

from .documents import WRITER, find_document
from .uploads import problem

PER_PAGE = 50
LAST_YEAR = 1
HISTORY_SHOWN = 12


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(WRITER)
def manage(request: HttpRequest, commune: Commune) -> HttpResponseBase:
    """Drafts and what is public; new files; publishing several at once."""
    do = request.POST.get("do", "")
    if do == "adopt":
        return _adopt(request, commune)
    if do == "publish":
        return _publish_many(request, commune)
    if request.method == "POST":
        form = AddForm(commune, request.POST, request.FILES)
        if form.is_valid():
            return _add(request, commune, form.fields_of(), form.chosen())
        return _manage(request, commune, form, 422)
    kept = {name: request.GET[name] for name in ("kind", "department") if name in request.GET}
    initial = {"year": timezone.localdate().year - LAST_YEAR, **kept}
    return _manage(request, commune, AddForm(commune, initial=initial), 200)


def _manage(request: HttpRequest, commune: Commune, form: AddForm, status: int) -> HttpResponse:
    now = timezone.now()
    everything = Document.objects.filter(commune=commune).prefetch_related("versions")
    public = everything.public(now).order_by("-published_at", "-pk")
    waiting = everything.exclude(pk__in=public.values("pk"))
    return render(
        request,
        "documents/manage.html",
        {
            "commune": commune,
            "form": form,
            "drafts": waiting.order_by("-created_at", "-pk")[:200],
            "page": Paginator(public, PER_PAGE).get_page(request.GET.get("page")),
            "props": {
                "language": get_language(),
                "uploads": reverse("uploads", args=[commune.slug]),
                "adopt": request.path,
                "most": settings.DOCUMENT_MAX_MB,
            },
        },
        status=status,
    )


def _add(
    request: HttpRequest, commune: Commune, fields: Fields, files: list[File[bytes]]
) -> HttpResponse:
    """Files of a form, for browsers without JavaScript: each by itself, one refused hurts none."""
    taken = 0
    for file in files:
        name = file.name or ""
        try:
            with received(file) as path:
                adopt(path, name, commune, fields, person_of(request))
            taken += 1
        except Unfit as unfit:
            messages.error(request, f"{name} : {unfit.words}")
    if taken:
        said = ngettext("%(n)s draft was made.", "%(n)s drafts were made.", taken) % {"n": taken}
        messages.success(request, said)
    return redirect("documents_manage", commune.slug)


def _adopt(request: HttpRequest, commune: Commune) -> JsonResponse:
    """Make a draft of an upload that has come whole; for the page's script."""
    person = person_of(request)
    upload = Upload.objects.filter(
        pk=request.POST.get("upload", ""), commune=commune, by=person
    ).first()
    form = SharedForm(commune, request.POST)
    if upload is None:
        return JsonResponse({"code": "not_found", "title": _("The upload is gone.")}, status=404)
    if not form.is_valid():
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"code": "invalid", "title": words}, status=422)
    if uploads.offset(upload) != upload.size:
        return problem(Unfit(Problem.OFFSET))
    try:
        document = adopt_upload(upload, commune, form.fields_of(), person)
    except Unfit as unfit:
        return problem(unfit)
    return JsonResponse(
        {
            "document": document.pk,
            "title": document.title,
            "edit": reverse("document_edit", args=[commune.slug, document.pk]),
        },
        status=201,
    )


def _publish_many(request: HttpRequest, commune: Commune) -> HttpResponse:
    chosen = [int(pk) for pk in request.POST.getlist("document") if pk.isdecimal()]
    drafts = Document.objects.filter(commune=commune, pk__in=chosen, published_at=None)

    def publish() -> int:
        return len([keep.publish(draft, by=person_of(request)) for draft in drafts])

    done = perform(publish)
    if done:
        said = ngettext(
            "%(n)s document is public now.", "%(n)s documents are public now.", done
        ) % {"n": done}
        messages.success(request, said)
    else:
        messages.error(request, _("Choose the drafts to publish."))
    return redirect("documents_manage", commune.slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(WRITER)
def edit(request: HttpRequest, commune: Commune, number: int) -> HttpResponseBase:
    """One document: what is said of it, when it is public, its versions."""
    found = find_document(request.user, commune.slug, number)
    do = request.POST.get("do", "")
    if request.method != "POST":
        return _edit(request, found)
    if do == "save":
        return _save(request, found)
    if do == "publish":
        return _publish(request, found)
    if do == "version":
        return _new_version(request, found)
    if do == "withdraw":
        perform(lambda: keep.withdraw(found, person_of(request)))
        messages.success(request, _("It is withdrawn: only the town hall sees it now."))
        return redirect("document_edit", commune.slug, found.pk)
    if do == "delete":
        try:
            remove(found, person_of(request))
        except Unfit as unfit:
            messages.error(request, unfit.words)
            return redirect("document_edit", commune.slug, found.pk)
        messages.success(request, _("The draft is deleted."))
        return redirect("documents_manage", commune.slug)
    raise Http404


def _edit(request: HttpRequest, found: Document, status: int = 200, **forms: Any) -> HttpResponse:
    present = get_object_or_404(Document.objects.select_related("commune"), pk=found.pk)
    return render(
        request,
        "documents/edit.html",
        {
            "commune": present.commune,
            "document": present,
            "version": present.latest,
            "form": forms.get("form") or DocumentForm(document=present),
            "publishing": forms.get("publishing")
            or PublishForm(initial={"at": present.published_at}),
            "newer": forms.get("newer") or VersionForm(),
            "history": lines(revisions.history(revisions.place_of(present))[:HISTORY_SHOWN]),
            "clash": forms.get("clash"),
        },
        status=status,
    )


def _save(request: HttpRequest, found: Document) -> HttpResponse:
    form = DocumentForm(request.POST, document=found)
    if not form.is_valid():
        return _edit(request, found, 422, form=form)
    seen = form.cleaned_data["seen"]
    try:
        perform(lambda: keep.change(found, seen, form.fields_of(), person_of(request)))
    except Unfit as unfit:
        # What was typed stays; saving again then means it.
        present = Document.objects.get(pk=found.pk)
        kept = DocumentForm({**request.POST.dict(), "seen": present.revision}, document=present)
        return _edit(request, present, 409, form=kept, clash=(unfit.words, present))
    messages.success(request, _("It is saved."))
    return redirect("document_edit", found.commune.slug, found.pk)


def _publish(request: HttpRequest, found: Document) -> HttpResponse:
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _edit(request, found, 422, publishing=form)
    moment = form.moment()
    perform(lambda: keep.publish(found, moment, person_of(request)))
    later = moment > timezone.now()
    messages.success(
        request, _("It will be public on that day.") if later else _("It is public now.")
    )
    return redirect("document_edit", found.commune.slug, found.pk)


def _new_version(request: HttpRequest, found: Document) -> HttpResponse:
    form = VersionForm(request.POST, request.FILES)
    if form.is_valid():
        file: File[bytes] = form.cleaned_data["file"]
        try:
            with received(file) as path:
                adopt_version(
                    path, file.name or "", found, person_of(request), form.cleaned_data["changes"]
                )
        except Unfit as unfit:
            form.add_error("file", unfit.words)
        else:
            messages.success(request, _("The new version is there; the older ones stay."))
            return redirect("document_edit", found.commune.slug, found.pk)
    return _edit(request, found, 422, newer=form)

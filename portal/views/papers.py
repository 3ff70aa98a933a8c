"""Preparing and completing what a sitting has on paper: for its clerks."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from communes.actions import revisions
from communes.models import Commune, Document, Person, RoleName
from communes.permissions import person_of, require_roles
from communes.pictures import SIZES, Damaged, Sized, TooManyPixels, sized
from live.actions import papers as actions
from live.actions.papers import FileDraft, TableDraft
from live.delivery.writer import perform
from live.models import HearingFile, HearingPicture, Sitting, SittingDocument, SittingKind
from live.protocol.errors import Refused
from portal.access import find_sitting, is_public
from portal.commune_forms import DAY, NO_DAY
from portal.figures import MOST_BYTES, BadTable, read_table
from portal.hearing import papers_of
from portal.history import history_at, shown

DOCUMENTS_SHOWN = 300
MOST_PICTURE_BYTES = 12 * 1024 * 1024


class FileForm(forms.Form):
    """The documents at hand and, of a hearing, what it is about."""

    theme = forms.CharField(label=_("Theme"), max_length=160, required=False)
    period_from = forms.DateField(
        label=_("Period from"), widget=DAY, required=False, error_messages=NO_DAY
    )
    period_to = forms.DateField(
        label=_("Period to"), widget=DAY, required=False, error_messages=NO_DAY
    )
    presenters = forms.CharField(
        label=_("Presenters, one per line"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    documents = forms.MultipleChoiceField(
        label=_("Documents at hand"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, sitting: Sitting, data: Any = None) -> None:
        said = HearingFile.objects.filter(sitting=sitting).first()
        names = ("theme", "period_from", "period_to", "presenters")
        initial: dict[str, Any] = {name: getattr(said, name) for name in names} if said else {}
        initial["documents"] = [
            str(pk)
            for pk in SittingDocument.objects.filter(sitting=sitting).values_list(
                "document_id", flat=True
            )
        ]
        super().__init__(data, initial=initial)
        known = Document.objects.filter(commune=sitting.commune)[:DOCUMENTS_SHOWN]
        self.fields["documents"].choices = [  # type: ignore[attr-defined]
            (
                str(one.pk),
                f"{one.title} · {one.year}" + ("" if one.is_public else f" · {_t('draft')}"),
            )
            for one in known
        ]
        if sitting.kind != SittingKind.HEARING:
            for name in names:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("period_from"), cleaned.get("period_to")
        if start and end and end < start:
            self.add_error("period_to", _("It cannot end before it begins."))
        return cleaned

    def draft(self) -> FileDraft:
        names = ("theme", "period_from", "period_to", "presenters")
        return FileDraft(**{name: self.cleaned_data[name] for name in names})


class FiguresForm(forms.Form):
    """A table to read figures from."""

    title = forms.CharField(
        label=_("Title"), max_length=160, error_messages={"required": _("Give the table a title.")}
    )
    unit = forms.CharField(
        label=_("Unit"), max_length=40, required=False, help_text=_("Such as: millions of francs.")
    )
    source = forms.CharField(label=_("Source"), max_length=160, required=False)
    table = forms.FileField(
        label=_("Table (CSV)"),
        help_text=_(
            "The first line names the columns, the first column the rows; at most 4 columns of"
            " numbers. Semicolons, decimal commas and spaces in numbers are understood."
        ),
        error_messages={"required": _("Choose the file of the table.")},
    )

    def clean_table(self) -> Any:
        upload: File[bytes] = self.cleaned_data["table"]
        try:
            return read_table(upload.read(MOST_BYTES + 1))
        except BadTable as bad:
            raise forms.ValidationError(list(bad.problems)) from None

    def draft(self) -> TableDraft:
        said = self.cleaned_data
        table = said["table"]
        return TableDraft(said["title"], said["unit"], said["source"], table.head, table.rows)


class PictureForm(forms.Form):
    """A picture, and what one sees on it."""

    picture = forms.FileField(
        label=_("Picture (JPEG, PNG, WebP)"),
        help_text=_("At most 12 MB. Where and when it was taken is not kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"required": _("Choose a picture.")},
    )
    alt = forms.CharField(
        label=_("What one sees"),
        max_length=200,
        help_text=_("Shown below it, and read aloud to those who do not see it."),
        error_messages={"required": _("Say what one sees on it.")},
    )

    def clean_picture(self) -> Sized:
        upload: File[bytes] = self.cleaned_data["picture"]
        if (upload.size or 0) > MOST_PICTURE_BYTES:
            raise forms.ValidationError(_("The picture has more than 12 MB."))
        try:
            return sized(upload.read())
        except TooManyPixels as error:
            raise forms.ValidationError(
                _("The picture has %(pixels)s million pixels; at most %(most)s can be opened."),
                params={"pixels": error.millions, "most": error.most},
            ) from None
        except Damaged:
            raise forms.ValidationError(
                _("This is no picture that we can read. Send a JPEG, PNG or WebP.")
            ) from None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(RoleName.CLERK)
def papers(request: HttpRequest, commune: Commune, slug: str) -> HttpResponseBase:
    """`do`: `save`, `figures` (add a table), `remove` (a table); of pictures `picture` (add one),
    `picture-said`, `picture-up`, `picture-down`, `picture-remove`."""
    sitting, _roles = find_sitting(request.user, commune, slug)
    do, by = request.POST.get("do", ""), person_of(request)
    form, figures = FileForm(sitting), FiguresForm()
    if request.method != "POST":
        return _show(request, sitting, form, figures)
    try:
        if do == "figures":
            figures = FiguresForm(request.POST, request.FILES)
            if not figures.is_valid():
                return _show(request, sitting, form, figures, 422)
            perform(lambda: actions.add_figures(sitting.pk, figures.draft(), by))
        elif do == "remove":
            pk = _number(request, "table")
            perform(lambda: actions.remove_figures(sitting.pk, pk, by))
        elif do == "picture":
            adding = PictureForm(request.POST, request.FILES)
            if not adding.is_valid():
                return _show(request, sitting, form, figures, 422, adding)
            _keep_picture(sitting, adding, by)
        elif do.startswith("picture-"):
            _change_picture(request, sitting, do, by)
        else:
            form = FileForm(sitting, request.POST)
            if not form.is_valid():
                return _show(request, sitting, form, figures, 422)
            perform(lambda: _save(sitting, form, by, shown(request)))
    except forms.ValidationError as changed:
        form.add_error(None, changed)
        return _show(request, sitting, form, figures, 409)
    except Refused:
        messages.error(request, _t("This could not be saved. Please try again."))
        return _show(request, sitting, form, figures, 409)
    messages.success(request, _t("It is saved."))
    return redirect("sitting_papers", commune.slug, sitting.slug)


def _number(request: HttpRequest, name: str) -> int:
    said = request.POST.get(name, "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else 0


def _keep_picture(sitting: Sitting, adding: PictureForm, by: Person | None) -> None:
    picture: Sized = adding.cleaned_data["picture"]
    alt = adding.cleaned_data["alt"]
    name = actions.shelf.store(picture)
    width, height = picture.width, picture.height
    try:
        perform(lambda: actions.add_picture(sitting.pk, name, width, height, alt, by))
    except BaseException:
        actions.shelf.discard([name])
        raise


def _change_picture(request: HttpRequest, sitting: Sitting, do: str, by: Person | None) -> None:
    pk = _number(request, "number")
    if do == "picture-said":
        alt = request.POST.get("alt", "")
        perform(lambda: actions.describe_picture(sitting.pk, pk, alt, by))
    elif do == "picture-remove":
        actions.shelf.discard(perform(lambda: actions.remove_picture(sitting.pk, pk, by)))
    else:
        steps = -1 if do == "picture-up" else 1
        perform(lambda: actions.move_picture(sitting.pk, pk, steps, by))


@require_safe
def picture(
    request: HttpRequest, commune: str, slug: str, name: str, size: int
) -> HttpResponseBase:
    """A picture of a hearing in one of its sizes; of what is not public, for staff."""
    sitting, _roles = find_sitting(request.user, commune, slug)
    found = get_object_or_404(HearingPicture, sitting=sitting, name=name)
    path = actions.shelf.path(found.name, size)
    if size not in SIZES or not default_storage.exists(path):
        raise Http404
    response = FileResponse(default_storage.open(path, "rb"), content_type="image/webp")
    public = is_public(sitting)
    response["Cache-Control"] = f"{'public' if public else 'private'}, max-age=86400"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _save(sitting: Sitting, form: FileForm, by: Person | None, seen: int | None) -> None:
    """Raises ValidationError where somebody changed it since the form showed it."""
    revisions.check(actions.place_of(sitting.pk), seen)
    actions.set_documents(sitting.pk, [int(pk) for pk in form.cleaned_data["documents"]], by)
    if sitting.kind == SittingKind.HEARING:
        actions.write_file(sitting.pk, form.draft(), by)


def _show(
    request: HttpRequest,
    sitting: Sitting,
    form: FileForm,
    figures: FiguresForm,
    status: int = 200,
    adding: PictureForm | None = None,
) -> HttpResponse:
    context = {
        "commune": sitting.commune,
        "sitting": sitting,
        "form": form,
        "adding": figures,
        "picture": adding or PictureForm(),
        "papers": papers_of(sitting),
        "hearing": sitting.kind == SittingKind.HEARING,
        **history_at(actions.place_of(sitting.pk)),
    }
    return render(request, "staff/papers.html", context, status=status)

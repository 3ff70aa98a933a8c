"""Preparing and completing what a sitting has on paper: for its clerks."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.base import File
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from communes.models import Commune, Document, RoleName
from communes.permissions import require_roles
from live.actions import papers as actions
from live.actions.papers import FileDraft, TableDraft
from live.delivery.writer import perform
from live.models import HearingFile, Sitting, SittingDocument, SittingKind
from live.protocol.errors import Refused
from portal.access import find_sitting
from portal.commune_forms import DAY, NO_DAY
from portal.figures import MOST_BYTES, BadTable, read_table
from portal.hearing import papers_of

DOCUMENTS_SHOWN = 300


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


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_roles(RoleName.CLERK)
def papers(request: HttpRequest, commune: Commune, slug: str) -> HttpResponseBase:
    """`do`: `save`, `figures` (add a table), `remove` (a table)."""
    sitting, _roles = find_sitting(request.user, commune, slug)
    do = request.POST.get("do", "")
    form, figures = FileForm(sitting), FiguresForm()
    if request.method != "POST":
        return _show(request, sitting, form, figures)
    try:
        if do == "figures":
            figures = FiguresForm(request.POST, request.FILES)
            if not figures.is_valid():
                return _show(request, sitting, form, figures, 422)
            perform(lambda: actions.add_figures(sitting.pk, figures.draft()))
        elif do == "remove":
            number = request.POST.get("table", "")
            pk = int(number) if number.isascii() and number.isdecimal() else 0
            perform(lambda: actions.remove_figures(sitting.pk, pk))
        else:
            form = FileForm(sitting, request.POST)
            if not form.is_valid():
                return _show(request, sitting, form, figures, 422)
            perform(lambda: _save(sitting, form))
    except Refused:
        messages.error(request, _t("This could not be saved. Please try again."))
        return _show(request, sitting, form, figures, 409)
    messages.success(request, _t("It is saved."))
    return redirect("sitting_papers", commune.slug, sitting.slug)


def _save(sitting: Sitting, form: FileForm) -> None:
    actions.set_documents(sitting.pk, [int(pk) for pk in form.cleaned_data["documents"]])
    if sitting.kind == SittingKind.HEARING:
        actions.write_file(sitting.pk, form.draft())


def _show(
    request: HttpRequest, sitting: Sitting, form: FileForm, figures: FiguresForm, status: int = 200
) -> HttpResponse:
    context = {
        "commune": sitting.commune,
        "sitting": sitting,
        "form": form,
        "adding": figures,
        "papers": papers_of(sitting),
        "hearing": sitting.kind == SittingKind.HEARING,
    }
    return render(request, "staff/papers.html", context, status=status)

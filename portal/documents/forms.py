"""Forms of those who publish documents: usable without JavaScript, nothing typed is lost."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.files.base import File
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.documents.keep import Fields
from communes.models import Commune, Document, DocumentKind, Language, Licence
from communes.models.document import FIRST_YEAR, LAST_YEAR

YEARS = {
    "min_value": _("Write a year from %(limit_value)s on."),
    "max_value": _("Write a year up to %(limit_value)s."),
    "invalid": _("Write a year of four digits."),
    "required": _("Say which year it is about."),
}


class SharedForm(forms.Form):
    """What several files have in common."""

    kind = forms.ChoiceField(label=_("Kind"), choices=DocumentKind.choices)
    year = forms.IntegerField(
        label=_("Year it is about"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        error_messages=YEARS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    department = forms.CharField(
        label=_("Department of the town hall"), max_length=120, required=False
    )
    language = forms.ChoiceField(label=_("Language"))
    licence = forms.ChoiceField(label=_("Licence"), choices=Licence.choices, initial=Licence.CC_BY)

    def __init__(
        self,
        commune: Commune,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        first = {"language": commune.languages[0], **(initial or {})}
        super().__init__(data, files, initial=first)
        # One that the commune no longer names stays with the documents that are in it.
        codes = dict.fromkeys([*commune.languages, str(first["language"])])
        self.fields["language"].choices = [(code, Language(code).label) for code in codes]  # type: ignore[attr-defined]

    def fields_of(self) -> Fields:
        return Fields(**{"title": "", **self.cleaned_data})


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files; the value is a list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(one, initial) for one in files]


class AddForm(SharedForm):
    """Several files at once."""

    uploads = ManyFilesField(
        label=_("Files"),
        allow_empty_file=True,
        error_messages={"required": _("Choose at least one file.")},
    )

    def fields_of(self) -> Fields:
        values = {name: value for name, value in self.cleaned_data.items() if name != "uploads"}
        return Fields(title="", **values)

    def chosen(self) -> list[File[bytes]]:
        return cast("list[File[bytes]]", self.cleaned_data["uploads"])


class DocumentForm(SharedForm):
    """All that is said of one document."""

    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        error_messages={"required": _("Give the document a title.")},
    )
    summary = forms.CharField(
        label=_("Summary"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    #: The revision that is edited; another's change meanwhile is not overwritten.
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("title", "summary", "kind", "year", "department", "language", "licence")

    def __init__(self, data: Mapping[str, Any] | None = None, *, document: Document) -> None:
        names = ("title", "summary", "kind", "year", "department", "language", "licence")
        initial = {name: getattr(document, name) for name in names}
        super().__init__(document.commune, data, initial={**initial, "seen": document.revision})

    def fields_of(self) -> Fields:
        values = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return Fields(**values)


class PublishForm(forms.Form):
    """Public now, or from a later day and hour on."""

    at = forms.DateTimeField(
        label=_("Public from (empty: at once)"),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%d/%m/%Y"],
        error_messages={"invalid": _("This is not a date. Write it as 31/12/2026 10:30.")},
    )

    def moment(self) -> datetime:
        return cast("datetime | None", self.cleaned_data["at"]) or timezone.now()


class VersionForm(forms.Form):
    """A newer file of the same document."""

    file = forms.FileField(label=_("File"), allow_empty_file=True)
    changes = forms.CharField(
        label=_("What changed"),
        max_length=500,
        error_messages={"required": _("Say in a few words what changed.")},
    )

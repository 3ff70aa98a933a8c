"""Forms of good practices and of the mayor's agenda."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communes.models import (
    Commune,
    Document,
    Engagement,
    GoodPractice,
    PracticeTheme,
    TrialState,
)

MOMENT = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
MOMENTS = ["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"]
NO_MOMENT = {
    "invalid": _("This is not a date. Write it as 31/12/2026 10:30."),
    "required": _("Say when."),
}
DOCUMENTS_SHOWN = 300


class PracticeForm(forms.ModelForm[GoodPractice]):
    """What a commune tells the others."""

    title = forms.CharField(
        label=_("Title"), max_length=160, error_messages={"required": _("Give it a title.")}
    )
    theme = forms.ChoiceField(label=_("Theme"), choices=PracticeTheme.choices)
    problem = forms.CharField(
        label=_("The problem"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say what the problem was.")},
    )
    done = forms.CharField(
        label=_("What was done"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Say what was done.")},
    )
    results = forms.CharField(
        label=_("Results"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    cost = forms.IntegerField(
        label=_("Cost, all in all (CFA francs)"),
        required=False,
        min_value=0,
        max_value=10**12,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    duration = forms.CharField(
        label=_("Duration"), max_length=80, required=False, help_text=_("Such as: three months.")
    )
    contact = forms.CharField(
        label=_("Whom to ask"),
        max_length=200,
        required=False,
        help_text=_("An office and how to reach it. Everyone can read it."),
    )
    tags = forms.CharField(label=_("Tags, separated by commas"), max_length=200, required=False)
    documents = forms.MultipleChoiceField(
        label=_("Documents and pictures"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = GoodPractice
        fields = (
            "title",
            "theme",
            "problem",
            "done",
            "results",
            "cost",
            "duration",
            "contact",
            "tags",
        )

    def __init__(self, data: Any = None, *, instance: GoodPractice, commune: Commune) -> None:
        chosen = []
        if instance.pk:
            chosen = [str(pk) for pk in instance.documents.values_list("pk", flat=True)]
        super().__init__(data, instance=instance, initial={"documents": chosen})
        known = Document.objects.filter(commune=commune)[:DOCUMENTS_SHOWN]
        self.fields["documents"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.title} · {one.year}") for one in known
        ]

    def chosen(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["documents"]]


class TrialForm(forms.Form):
    """How a practice goes elsewhere."""

    commune = forms.ChoiceField(label=_("Commune"))
    state = forms.ChoiceField(label=_("How it goes"), choices=TrialState.choices)
    report = forms.CharField(
        label=_("What we saw"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, communes: list[Commune], data: Any = None) -> None:
        super().__init__(data)
        self.fields["commune"].choices = [(one.slug, one.name) for one in communes]  # type: ignore[attr-defined]


class EngagementForm(forms.ModelForm[Engagement]):
    """Where the mayor is expected."""

    title = forms.CharField(
        label=_("Title"), max_length=160, error_messages={"required": _("Give it a title.")}
    )
    starts_at = forms.DateTimeField(
        label=_("Begins"), widget=MOMENT, input_formats=MOMENTS, error_messages=NO_MOMENT
    )
    ends_at = forms.DateTimeField(
        label=_("Ends"), widget=MOMENT, input_formats=MOMENTS, error_messages=NO_MOMENT
    )
    place = forms.CharField(label=_("Place"), max_length=160, required=False)
    about = forms.CharField(
        label=_("What it is about"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    public = forms.BooleanField(label=_("Everyone may see it"), required=False, initial=True)

    class Meta:
        model = Engagement
        fields = ("title", "starts_at", "ends_at", "place", "about", "public")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_at"), cleaned.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", _("It cannot end before it begins."))
        return cleaned

    def validate_constraints(self) -> None:
        """The order of the two moments is judged above, in words."""

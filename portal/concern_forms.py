"""Forms of concerns: usable without JavaScript, lose nothing of what was typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from consultations.actions.concern_boards import categories_of
from consultations.models import CATEGORIES, ConcernBoard, Moderation, ReasonCode
from consultations.protocol.concerns import (
    COMMENT_MAX,
    CONCERN_MAX,
    MOST_HOURS,
    OFFICIAL_MAX,
)
from live.models import Sitting, SittingState

#: What citizens report something for.
REPORTED = (
    ReasonCode.INSULT,
    ReasonCode.PERSONAL_DATA,
    ReasonCode.UNPROVEN_ACCUSATION,
    ReasonCode.ADVERTISING,
    ReasonCode.UNREADABLE,
    ReasonCode.OTHER,
)
SITTINGS = (SittingState.SCHEDULED, SittingState.LIVE, SittingState.PAUSED)


class WhatForm(forms.Form):
    """The first step: what it is about, in the citizen's words."""

    category = forms.ChoiceField(
        label=_("What is it about?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Say what it is about."),
            "invalid_choice": _("Say what it is about."),
        },
    )
    text = forms.CharField(
        label=_("What is the matter?"),
        max_length=2 * CONCERN_MAX,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": CONCERN_MAX}),
        help_text=_("What happens, where, since when. No names or numbers of other people."),
        error_messages={"required": _("Please write something.")},
    )

    def __init__(self, commune: Commune, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.slug, str(row)) for row in categories_of(commune)]
        self.fields["category"].choices = choices or list(CATEGORIES.items())  # type: ignore[attr-defined]


class WhereForm(forms.Form):
    """The second step: where, and how it is signed. Pictures are looked at by the view."""

    arrondissement = forms.ChoiceField(label=_("Arrondissement"), required=False)
    quarter = forms.CharField(
        label=_("Quarter, or a place that people know"), max_length=80, required=False
    )
    signed = forms.BooleanField(label=_("Show my name"), required=False)

    def __init__(self, commune: Commune, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(str(row.pk), row.name) for row in commune.arrondissements.all()]
        field = self.fields["arrondissement"]
        field.choices = [("", _("I do not know, or the whole commune")), *rows]  # type: ignore[attr-defined]
        if not rows:
            del self.fields["arrondissement"]


class CommentForm(forms.Form):
    text = forms.CharField(
        label=_("Say something about it"),
        max_length=2 * COMMENT_MAX,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": COMMENT_MAX}),
        error_messages={"required": _("Please write something.")},
    )
    signed = forms.BooleanField(label=_("Show my name"), required=False)


class OfficeForm(forms.Form):
    """Whatever the commune says, it says for an office."""

    office = forms.CharField(
        label=_("For whom (name and office)"),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "offices"}),
        error_messages={"required": _("Say for whom you speak.")},
    )


class AnswerForm(OfficeForm):
    text = forms.CharField(
        label=_("The commune's answer"),
        max_length=OFFICIAL_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write the answer.")},
    )
    field_order = ("text", "office")


class MoveForm(OfficeForm):
    state = forms.ChoiceField(label=_("What becomes of it"))
    note = forms.CharField(
        label=_("What is done, or why not"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    due_on = forms.DateField(
        label=_("By when, if it is planned"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    field_order = ("state", "note", "due_on", "office")

    def __init__(self, states: list[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = states  # type: ignore[attr-defined]


class ReferForm(forms.Form):
    sitting = forms.ChoiceField(label=_("Sitting"))
    target = forms.ChoiceField(
        label=_("How"),
        choices=[
            ("agenda", _("as a point of its agenda")),
            ("question", _("as a question that is asked there")),
        ],
    )

    def __init__(self, commune: Commune, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Sitting.objects.filter(commune=commune, rehearsal=False, state__in=SITTINGS)
        self.fields["sitting"].choices = [  # type: ignore[attr-defined]
            (row.pk, f"{row.title} ({row.scheduled_at:%d/%m/%Y})")
            for row in rows.order_by("scheduled_at")
        ]


class ReportForm(forms.Form):
    code = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=[(code.value, code.label) for code in REPORTED],
    )


class RejectForm(forms.Form):
    code = forms.ChoiceField(
        label=_("Why"),
        # Nothing of a sitting here.
        choices=[one for one in ReasonCode.choices if one[0] != ReasonCode.OFF_TOPIC],
    )
    reason = forms.CharField(
        label=_("In your words (the author reads it)"), max_length=300, required=False
    )


class BoardForm(forms.Form):
    """How a commune takes concerns."""

    moderation = forms.ChoiceField(label=_("Concerns"), choices=Moderation.choices)
    comment_moderation = forms.ChoiceField(label=_("Comments"), choices=Moderation.choices)
    second_opinion = forms.BooleanField(
        label=_("Refusing what criticises the commune takes two moderators"), required=False
    )
    second_opinion_hours = forms.IntegerField(
        label=_("Published by itself without a second moderator after (hours)"),
        min_value=1,
        max_value=MOST_HOURS,
        error_messages={
            "required": _("Give a number of hours from 1 to 240."),
            "invalid": _("Give a number of hours from 1 to 240."),
            "min_value": _("Give a number of hours from 1 to 240."),
            "max_value": _("Give a number of hours from 1 to 240."),
        },
    )
    categories = forms.MultipleChoiceField(
        label=_("Categories"),
        choices=list(CATEGORIES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    own = forms.CharField(
        label=_("Categories of your own, one per line"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    arrondissements = forms.CharField(
        label=_("Arrondissements, one per line"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("categories") and not self.lines("own"):
            self.add_error("categories", _("Keep at least one category."))
        return cleaned

    def lines(self, name: str) -> list[str]:
        """What was written, line by line."""
        text = str(self.cleaned_data.get(name) or "")
        return [line for line in (" ".join(raw.split()) for raw in text.splitlines()) if line]

    @staticmethod
    def values_of(commune: Commune, board: ConcernBoard) -> dict[str, Any]:
        rows = categories_of(commune)
        return {
            "moderation": board.moderation,
            "comment_moderation": board.comment_moderation,
            "second_opinion": board.second_opinion,
            "second_opinion_hours": board.second_opinion_hours,
            "categories": [row.slug for row in rows if row.slug in CATEGORIES],
            "own": "\n".join(str(row) for row in rows if row.slug not in CATEGORIES),
            "arrondissements": "\n".join(row.name for row in commune.arrondissements.all()),
        }

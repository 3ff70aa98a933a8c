"""The form that prepares a sitting: usable without JavaScript, loses nothing of what was typed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from live.actions.agenda import AgendaDraft
from live.actions.sittings import EDITABLE_STATES, SittingDraft
from live.models import AgendaItem, AgendaState, Sitting, SittingKind

#: Empty points offered on a new agenda, and added by "More points".
ROWS_AT_FIRST = 3
ROWS_MORE = 3
MOST_POINTS = 60


class SittingForm(forms.Form):
    """What is said of a sitting. `day` and `time` are in the site's time zone."""

    kind = forms.ChoiceField(
        label=_("Kind of sitting"),
        choices=SittingKind.choices,
        initial=SittingKind.HEARING,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say which kind of sitting it is.")},
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=160,
        error_messages={
            "required": _("Give the sitting a title."),
            "max_length": _("At most %(limit_value)d characters (there are %(show_value)d)."),
        },
    )
    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("Say on which day."),
            "invalid": _("This is not a date. Write it as 31/12/2026."),
        },
    )
    time = forms.TimeField(
        label=_("Time"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={
            "required": _("Say at what time."),
            "invalid": _("This is not a time. Write it as 10:30."),
        },
    )
    place = forms.CharField(label=_("Place"), max_length=160, required=False)
    summary = forms.CharField(
        label=_("Summary"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What it is about, in a few plain sentences. Everyone can read it."),
    )
    rehearsal = forms.BooleanField(
        label=_("Rehearsal"),
        required=False,
        help_text=_("Everything works, only the staff see it, nothing is kept."),
    )

    #: Fixed once the sitting has begun.
    FIXED = ("kind", "day", "time", "rehearsal")

    def __init__(self, *args: Any, sitting: Sitting | None = None, **kwargs: Any) -> None:
        self.sitting = sitting
        kwargs.setdefault("initial", values_of(sitting) if sitting else {})
        super().__init__(*args, **kwargs)
        if sitting is not None and sitting.state not in EDITABLE_STATES:
            for name in self.FIXED:
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day, time = cleaned.get("day"), cleaned.get("time")
        if day and time:
            moment = timezone.make_aware(datetime.combine(day, time))
            unchanged = self.sitting is not None and self.sitting.scheduled_at == moment
            if day < timezone.localdate() and not unchanged:
                self.add_error("day", _("This day has passed."))
            cleaned["scheduled_at"] = moment
        return cleaned

    def draft(self) -> SittingDraft:
        """What the action takes. Only after `is_valid`."""
        names = ("kind", "title", "scheduled_at", "place", "summary", "rehearsal")
        return SittingDraft(**{name: self.cleaned_data[name] for name in names})


def values_of(sitting: Sitting) -> dict[str, Any]:
    """A sitting as the form's initial values."""
    local = timezone.localtime(sitting.scheduled_at)
    # Seconds are not on the form; without them an untouched time compares as untouched.
    return {
        "kind": sitting.kind,
        "title": sitting.title,
        "day": local.date(),
        "time": local.time().replace(second=0, microsecond=0),
        "place": sitting.place,
        "summary": sitting.summary,
        "rehearsal": sitting.rehearsal,
    }


class AgendaForm(forms.Form):
    """One point. A row without a title, presenter and minutes is not a point."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    position = forms.IntegerField(
        label=_("No."),
        required=False,
        min_value=1,
        max_value=999,
        error_messages={"invalid": _("A whole number.")},
    )
    title = forms.CharField(
        label=_("Point"),
        max_length=200,
        required=False,
        error_messages={
            "max_length": _("At most %(limit_value)d characters (there are %(show_value)d).")
        },
    )
    presenter = forms.CharField(label=_("Presented by"), max_length=120, required=False)
    minutes = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        min_value=1,
        max_value=600,
        error_messages={
            "invalid": _("A whole number of minutes."),
            "min_value": _("At least one minute."),
            "max_value": _("At most 600 minutes."),
        },
    )
    remove = forms.BooleanField(label=_("Remove"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        written = cleaned.get("presenter") or cleaned.get("minutes")
        if written and not cleaned.get("title") and not cleaned.get("remove"):
            self.add_error("title", _("Say what this point is about."))
        return cleaned

    @property
    def begun(self) -> bool:
        """The point has been taken up, so that it can no longer be removed."""
        state = self.initial.get("state")
        return state is not None and state != AgendaState.PENDING


class Agenda(forms.BaseFormSet[AgendaForm]):
    def drafts(self) -> list[AgendaDraft]:
        """The points in the order of their numbers; rows without one stay after those before
        them. Only after `is_valid`."""
        numbered: list[tuple[float, int, AgendaDraft]] = []
        last = 0.0
        for index, form in enumerate(self.forms):
            row: Mapping[str, Any] = form.cleaned_data
            if not row.get("title") or row.get("remove"):
                continue
            last = float(row.get("position") or last)
            numbered.append(
                (
                    last,
                    index,
                    AgendaDraft(row["title"], row["presenter"], row["minutes"], row["id"]),
                )
            )
        return [draft for _last, _index, draft in sorted(numbered, key=lambda each: each[:2])]


_AgendaFormSet = forms.formset_factory(
    AgendaForm,
    formset=Agenda,
    extra=0,
    max_num=MOST_POINTS,
    validate_max=True,
    absolute_max=2 * MOST_POINTS,
)


def agenda_form(data: Any = None, initial: list[dict[str, Any]] | None = None) -> Agenda:
    """The agenda as posted, or as `initial` rows."""
    # The factory's stub forgets its own `formset` argument.
    return cast(Agenda, _AgendaFormSet(data, prefix="agenda", initial=initial))


def rows_of(items: list[AgendaItem], more: int) -> list[dict[str, Any]]:
    """An agenda as initial rows, with `more` empty ones."""
    rows: list[dict[str, Any]] = [
        {
            "id": item.pk,
            "position": number,
            "title": item.title,
            "presenter": item.presenter,
            "minutes": item.minutes,
            "state": item.state,
        }
        for number, item in enumerate(items, start=1)
    ]
    return rows + [{"position": len(rows) + n} for n in range(1, more + 1)]


def typed_rows(data: Mapping[str, Any], more: int) -> list[dict[str, Any]]:
    """The agenda as it was typed, not judged, with `more` empty rows."""
    try:
        total = min(int(data.get("agenda-TOTAL_FORMS", 0)), MOST_POINTS)
    except ValueError:
        total = 0
    names = ("id", "position", "title", "presenter", "minutes", "remove")
    rows: list[dict[str, Any]] = [
        {name: data[f"agenda-{n}-{name}"] for name in names if f"agenda-{n}-{name}" in data}
        for n in range(total)
    ]
    more = min(more, MOST_POINTS - len(rows))
    return rows + [{"position": len(rows) + n} for n in range(1, more + 1)]

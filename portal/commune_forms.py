"""Forms of a commune: its settings, a new one, and who holds its offices."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communes.arms import ARMS_BYTES, clean_arms
from communes.forms import clean_name
from communes.identity.contact import Contact
from communes.models import Commune, Language, Office, Population
from communes.models.language import french
from communes.slugs import validate_commune_slug
from communes.views.data_price import DEAREST

#: Cotonou has 13; nobody has more than some dozens.
MOST_ARRONDISSEMENTS = 100

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
NO_DAY = {"invalid": _("This is not a date. Write it as 31/12/2026.")}


class CommuneForm(forms.ModelForm[Commune]):
    """What administrators say of their commune."""

    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Give its name.")}
    )
    department = forms.CharField(
        label=pgettext_lazy("of the country", "Department"), max_length=120, required=False
    )
    motto = forms.CharField(label=_("Motto"), max_length=160, required=False)
    colour = forms.RegexField(
        r"(?i)^#[0-9a-f]{6}$",
        label=_("Colour"),
        initial="#1d4d2f",
        help_text=_(
            "Of the top of its pages. Where text would be hard to read on it, pages show a darker"
            " or lighter one."
        ),
        error_messages={"invalid": _("Six hexadecimal digits after a #.")},
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    picture = forms.FileField(
        label=_("Arms"),
        required=False,
        help_text=_("JPEG, PNG or WebP, at most 5 MB. Empty: they stay as they are."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    population = forms.ChoiceField(
        label=_("Size"), choices=[("", _("not said")), *Population.choices], required=False
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages spoken there"),
        choices=Language.choices,
        initial=french,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Documents can be in these, and the filter of words looks for these."),
        error_messages={"required": _("Say which languages are spoken there.")},
    )
    arrondissements = forms.CharField(
        label=_("Arrondissements, one per line"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    gigabyte_price = forms.IntegerField(
        label=_("Price of a gigabyte of mobile data, in CFA francs"),
        min_value=1,
        max_value=DEAREST,
        initial=1000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    gigabyte_source = forms.CharField(
        label=_("Who says so"),
        max_length=120,
        required=False,
        help_text=_("Shown beside the price, such as: ARCEP, survey of March 2026."),
    )

    class Meta:
        model = Commune
        fields: tuple[str, ...] = (
            "name",
            "department",
            "motto",
            "colour",
            "population",
            "languages",
            "gigabyte_price",
            "gigabyte_source",
        )

    field_order: Sequence[str] = (
        "name",
        "slug",
        "department",
        "motto",
        "colour",
        "picture",
        "population",
        "languages",
        "arrondissements",
        "gigabyte_price",
        "gigabyte_source",
    )

    def clean_colour(self) -> str:
        return str(self.cleaned_data["colour"]).lower()

    def clean_picture(self) -> ContentFile[bytes] | None:
        upload: File[bytes] | None = self.cleaned_data["picture"]
        if upload is None:
            return None
        if (upload.size or 0) > ARMS_BYTES:
            raise ValidationError(_("The picture of the arms has more than 5 MB."))
        return clean_arms(upload.read())

    def clean_arrondissements(self) -> list[str]:
        text = str(self.cleaned_data["arrondissements"])
        names = [line for line in (" ".join(raw.split()) for raw in text.splitlines()) if line]
        if len(names) > MOST_ARRONDISSEMENTS:
            raise ValidationError(_("At most 100 arrondissements."))
        for name in names:
            if len(name) > 80:
                raise ValidationError(
                    _("“%(name)s…” is longer than 80 characters."), params={"name": name[:30]}
                )
        return names

    @property
    def arms(self) -> ContentFile[bytes] | None:
        """The new ones. Only after `is_valid`."""
        return cast("ContentFile[bytes] | None", self.cleaned_data["picture"])


class NewCommuneForm(CommuneForm):
    """A commune to be, and who administers it."""

    slug = forms.CharField(
        label=_("Address"),
        max_length=60,
        help_text=_("As in /cotonou/: small letters, digits and dashes. It cannot be changed."),
        error_messages={"required": _("Give its address.")},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    contact = forms.CharField(
        label=_("First administrator: telephone number or e-mail address"),
        max_length=254,
        help_text=_("This person signs in with it and then forms the team."),
        error_messages={"required": _("A commune needs an administrator.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    administrator = forms.CharField(
        label=_("Name of the administrator"), max_length=60, required=False
    )

    class Meta(CommuneForm.Meta):
        fields = ("slug", *CommuneForm.Meta.fields)

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        validate_commune_slug(slug)
        return slug

    def clean_contact(self) -> Contact:
        return Contact.either(self.cleaned_data["contact"])

    def clean_administrator(self) -> str:
        return clean_name(self.cleaned_data["administrator"])


class OfficeHolderForm(forms.ModelForm[Office]):
    """Somebody holds an office from a day on, until another or still."""

    holder = forms.CharField(
        label=_("Who holds it"),
        max_length=120,
        error_messages={"required": _("Say who holds the office.")},
    )
    remit = forms.CharField(
        label=_("In charge of"),
        max_length=160,
        required=False,
        help_text=_("Such as: finances and budget; or the name of an arrondissement."),
    )
    starts_on = forms.DateField(
        label=_("From"), widget=DAY, error_messages={**NO_DAY, "required": _("Say since when.")}
    )
    ends_on = forms.DateField(
        label=_("Until"),
        widget=DAY,
        required=False,
        help_text=_("Empty: still. An office that has ended is kept in the list."),
        error_messages=NO_DAY,
    )

    class Meta:
        model = Office
        fields = ("kind", "holder", "remit", "starts_on", "ends_on")

    def clean_holder(self) -> str:
        return clean_name(self.cleaned_data["holder"])

    def _get_validation_exclusions(self) -> set[str]:
        # The order of days is judged by the action, in words.
        return {*super()._get_validation_exclusions(), "ends_on"}  # type: ignore[misc]


def add_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Put what an action refuses beside the fields that it names."""
    values: dict[str, Any]
    values = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
    for name, errors in values.items():
        for one in errors:
            form.add_error(name if name in form.fields else None, one)

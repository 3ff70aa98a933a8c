"""Forms of sign-in, the account and the team."""

import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .identity.contact import Contact
from .models import Person, RoleName


class ContactForm(forms.Form):
    """A telephone number or, when `by_email`, an e-mail address; and consent to its storage."""

    contact = forms.CharField(max_length=254)
    consent = forms.BooleanField(
        label=_("I have read how my data is used and I agree."),
        error_messages={"required": _("Without your agreement we may not keep your number.")},
    )

    def __init__(self, *args: Any, by_email: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_email = by_email
        field = self.fields["contact"]
        if by_email:
            field.label = _("Your e-mail address")
            kind = {"type": "email", "autocomplete": "email", "inputmode": "email"}
            self.fields["consent"].error_messages["required"] = _(
                "Without your agreement we may not keep your address."
            )
        else:
            field.label = _("Your telephone number")
            field.help_text = _("10 digits. From abroad, start with + and the country code.")
            kind = {"type": "tel", "autocomplete": "tel", "inputmode": "tel"}
        field.widget.input_type = kind.pop("type")
        field.widget.attrs |= {**kind, "maxlength": "254"}

    def clean_contact(self) -> Contact:
        text: str = self.cleaned_data["contact"]
        # Whoever types an address into the field for a number means it.
        return Contact.email(text) if self.by_email else Contact.either(text)


class CodeForm(forms.Form):
    """Six digits; blanks and dashes from pasting do not matter."""

    code = forms.CharField(
        label=_("Code of six digits"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
        error_messages={"required": _("Type the six digits.")},
    )


class ConsentForm(forms.Form):
    """Consent of somebody whose account was made by the town hall."""

    consent = forms.BooleanField(
        label=_("I have read how my data is used and I agree."),
        error_messages={"required": _("Without your agreement we may not keep your account.")},
    )


def clean_name(text: str) -> str:
    """A name on one line, without characters that cannot be seen. Raises ValidationError."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    # Cc, Cf…: control characters, among them those that turn the direction of writing.
    if any(unicodedata.category(char).startswith("C") for char in name):
        raise ValidationError(_("The name has characters that cannot be seen."), code="name")
    return name


class AccountForm(forms.ModelForm[Person]):
    """The name shown and the language."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = Person
        fields = ("display_name", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["display_name"]
        name.label = _("Name shown")
        name.help_text = _("Your questions are signed with it. Empty: they carry no name.")
        name.widget.attrs["autocomplete"] = "name"

    def clean_display_name(self) -> str:
        return clean_name(self.cleaned_data["display_name"])


class TeamForm(forms.Form):
    """Gives a role to somebody who has signed in before."""

    contact = forms.CharField(
        label=_("Telephone number or e-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=RoleName.choices)

    def clean_contact(self) -> Contact:
        return Contact.either(self.cleaned_data["contact"])

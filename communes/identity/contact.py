"""What a person is reached at, and the person behind it."""

import logging
from dataclasses import dataclass
from typing import Literal, Self

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models import Person

from . import phone

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Contact:
    """A telephone number (E.164) or an e-mail address (lower case). Its repr shows neither."""

    kind: Literal["phone", "email"]
    value: str

    def __repr__(self) -> str:
        return f"Contact({self.kind}, {self.masked})"

    @classmethod
    def phone(cls, text: str) -> Self:
        """A telephone number as typed. Raises ValidationError, in the user's language."""
        try:
            return cls("phone", phone.parse(text))
        except phone.NotANumber:
            raise ValidationError(
                _("This is not a telephone number. Example: 01 97 12 34 56."), code="phone"
            ) from None
        except phone.NoTextMessages:
            raise ValidationError(
                _("This number cannot receive text messages. Give a mobile number."), code="phone"
            ) from None

    @classmethod
    def email(cls, text: str) -> Self:
        """An e-mail address as typed. Raises ValidationError, in the user's language."""
        # Capitals never tell two mailboxes apart in practice, and phones put them at the start.
        value = text.strip().lower()
        try:
            validate_email(value)
        except ValidationError:
            raise ValidationError(_("This is not an e-mail address."), code="email") from None
        return cls("email", value)

    @classmethod
    def either(cls, text: str) -> Self:
        """A number or an address, told apart by the @. Raises ValidationError."""
        return cls.email(text) if "@" in text else cls.phone(text)

    @property
    def readable(self) -> str:
        """For the eyes of the person who gave it."""
        return phone.readable(self.value) if self.kind == "phone" else self.value

    @property
    def masked(self) -> str:
        """For everybody else's, and for logs."""
        if self.kind == "phone":
            return phone.masked(self.value)
        name, _at, domain = self.value.partition("@")
        return f"{name[:1]}•••@{domain}"

    @property
    def is_abroad(self) -> bool:
        """A number of another country than Benin."""
        return self.kind == "phone" and not self.value.startswith("+229")

    @property
    def digest(self) -> str:
        """A name for rate limits that does not give the contact away."""
        return phone.digest(self.value)

    def _query(self) -> Q:
        if self.kind == "phone":
            return Q(phone_hash__in=phone.digests(self.value))
        return Q(email=self.value)

    def person(self) -> Person | None:
        """Whoever signed in with it."""
        return Person.objects.filter(self._query()).first()

    def _fields(self) -> dict[str, object]:
        if self.kind == "email":
            return {"email": self.value}
        return {
            "phone_hash": phone.digest(self.value),
            "phone_cipher": phone.encrypt(self.value),
        }

    def attach(self, person: Person) -> None:
        """Write it on a person, without saving."""
        for name, value in self._fields().items():
            setattr(person, name, value)

    def confirm(self, language: str) -> tuple[Person, bool]:
        """The person who has just proved to hold it and accepted the privacy notice.

        Makes the account when there is none; the second value says so. Two confirmations at
        the same time end in one account, by the unique constraints.
        """
        now = timezone.now()
        proof: dict[str, object] = {"phone_verified": True} if self.kind == "phone" else {}
        fields = {**self._fields(), **proof, "language": language, "consented_at": now}
        person, created = Person.objects.filter(self._query()).get_or_create(
            defaults=fields | {"password": make_password(None)}
        )
        if not created:
            if self.kind == "phone" and person.phone_hash != self.digest:
                self.attach(person)
            person.phone_verified = person.phone_verified or self.kind == "phone"
            person.consented_at = person.consented_at or now
            person.save()
        return person, created


def contact_of(person: Person) -> Contact | None:
    """What a person can be reached at; None for one made with a link alone, or whose number was
    encrypted with a key that is gone."""
    if person.phone_cipher:
        try:
            return Contact("phone", phone.decrypt(person.phone_cipher))
        except ValueError as error:
            logger.error("the number of person %s cannot be read: %s", person.pk, error)
            return None
    return Contact("email", person.email) if person.email else None

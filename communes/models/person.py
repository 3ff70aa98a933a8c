"""A person who signed in. The telephone number is never stored readable (communes.identity)."""

import secrets
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _


def new_public_id() -> str:
    return secrets.token_hex(6)


class PersonManager(BaseUserManager["Person"]):
    """Makes people; a password is never set: one signs in with a code or a passkey."""

    def create_user(self, **fields: Any) -> "Person":
        person = self.model(**fields)
        person.set_unusable_password()
        person.save(using=self._db)
        return person

    def create_superuser(self, **fields: Any) -> "Person":
        return self.create_user(is_superuser=True, **fields)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody confirmed by a code sent to a telephone or an e-mail address."""

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    #: How this person signs; may be empty, then questions appear without a name.
    display_name = models.CharField(_("name shown"), max_length=60, blank=True)
    #: Keyed hash (HMAC-SHA256) of the E.164 number, for look-up.
    phone_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)
    #: The number encrypted (Fernet), for sending; keys live outside the database.
    phone_cipher = models.TextField(blank=True, editable=False)
    phone_verified = models.BooleanField(default=False)
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
    language = models.CharField(_("language"), max_length=5, default="fr")
    #: When the privacy notice was accepted (Code du numérique, loi 2017-20, art. 390).
    consented_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    demo = models.BooleanField(default=False)

    USERNAME_FIELD = "public_id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.display_name or self.public_id

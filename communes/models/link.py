"""A sign-in link given by an operator. Only its digest is stored, and only until it is used."""

from django.conf import settings
from django.db import models


class SignInLink(models.Model):
    """Signs one person in, once, until `expires_at`; the row goes when it is used."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_in_links"
    )
    #: SHA-256 of the token, which has 256 random bits and so needs no salt.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person} · {self.expires_at:%Y-%m-%d %H:%M}"

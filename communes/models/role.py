"""What a person may do in a commune."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RoleName(models.TextChoices):
    """Roles given by a commune. Whoever is signed in is a citizen; that is not stored."""

    MODERATOR = "moderator", _("moderator")
    HOST = "host", _("host")
    CLERK = "clerk", _("clerk")
    ADMIN = "admin", _("administrator")
    INTERPRETER = "interpreter", _("interpreter")


class Role(models.Model):
    """One person's role in one commune."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="roles"
    )
    commune = models.ForeignKey("Commune", on_delete=models.CASCADE, related_name="roles")
    name = models.CharField(_("role"), max_length=20, choices=RoleName.choices)
    since = models.DateTimeField(auto_now_add=True)

    #: Whether this person is written to when something of this commune is due.
    told = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "commune", "name"), name="one_role_of_a_name_per_commune"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} · {self.name} · {self.commune}"

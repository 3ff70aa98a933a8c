"""Who may take part in a sitting, and how it was proved."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LevelName(models.TextChoices):
    """`consultations.actions.levels` says what each takes."""

    CONFIRMED = "confirmed", _("telephone or e-mail confirmed")
    LISTED = "listed", _("on the commune's list")
    HALL = "hall", _("present in the hall")


class Participation(models.Model):
    """Who may take part in one sitting; without a row the defaults hold."""

    sitting = models.OneToOneField(
        "live.Sitting", on_delete=models.CASCADE, related_name="participation"
    )
    level = models.CharField(
        _("who may take part"),
        max_length=9,
        choices=LevelName.choices,
        default=LevelName.CONFIRMED,
    )
    by_level = models.BooleanField(_("counts by level"), default=False)
    reactions = models.BooleanField(_("reactions"), default=True)
    #: Part of what the codes shown in the hall are made from: the next one ends them all.
    hall_round = models.PositiveSmallIntegerField(default=0, editable=False)

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.level}"


class HallEntry(models.Model):
    """Somebody entered the code that was shown in the hall of one sitting."""

    sitting = models.ForeignKey(
        "live.Sitting", on_delete=models.CASCADE, related_name="hall_entries"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("sitting", "person"), name="enters_the_hall_once"),
        )

    def __str__(self) -> str:
        return f"{self.sitting_id}"


class ListedNumber(models.Model):
    """A telephone number on a commune's list of inhabitants, by its keyed hash alone."""

    commune = models.ForeignKey(
        "communes.Commune", on_delete=models.CASCADE, related_name="listed_numbers"
    )
    #: As `Person.phone_hash`: HMAC-SHA256 of the E.164 number.
    phone_hash = models.CharField(max_length=64)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("commune", "phone_hash"), name="listed_once"),
        )

    def __str__(self) -> str:
        return f"{self.commune_id}"

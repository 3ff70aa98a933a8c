"""Who changed what of a commune, and when: what was said before is not lost."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RevisionOf(models.TextChoices):
    SETTINGS = "settings", _("settings")
    OFFICE = "office", _("office")
    ENGAGEMENT = "engagement", _("engagement of the mayor")
    PRACTICE = "practice", _("good practice")
    DOCUMENT = "document", _("document")
    FILE = "file", _("file of a sitting")


class RevisionKind(models.TextChoices):
    MADE = "made", pgettext_lazy("it was", "made")
    CHANGED = "changed", pgettext_lazy("it was", "changed")
    PUBLISHED = "published", pgettext_lazy("it was", "published")
    WITHDRAWN = "withdrawn", pgettext_lazy("it was", "withdrawn")
    REMOVED = "removed", pgettext_lazy("it was", "removed")


class Revision(models.Model):
    """One change. Written by `communes.actions.revisions` alone, never changed."""

    commune = models.ForeignKey("Commune", on_delete=models.CASCADE, related_name="revisions")
    of = models.CharField(max_length=12, choices=RevisionOf.choices)
    #: Primary key of the thing, which may be gone.
    thing = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=RevisionKind.choices)
    #: What it was called.
    title = models.CharField(max_length=200)
    #: Name of a field -> what it said before and says now, as JSON has it.
    changes = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=("of", "thing"), name="revision_of_thing"),
            models.Index(fields=("commune", "of"), name="revision_of_commune"),
        )

    def __str__(self) -> str:
        return f"{self.of}/{self.thing} {self.kind}"

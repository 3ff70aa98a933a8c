"""What a sitting has on paper: documents at hand, and the file of a hearing. They change through
`live.actions.papers` alone."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .sitting import Sitting


class SittingDocument(models.Model):
    """A document of the commune at hand in a sitting."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="papers")
    document = models.ForeignKey(
        "communes.Document", on_delete=models.CASCADE, related_name="sittings"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("sitting", "document"), name="document_at_hand_once"),
        )

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.document_id}"


class HearingFile(models.Model):
    """What a hearing is about: a theme, a period, and who presents, one per line."""

    sitting = models.OneToOneField(
        Sitting, on_delete=models.CASCADE, primary_key=True, related_name="hearing_file"
    )
    theme = models.CharField(_("theme"), max_length=160, blank=True)
    period_from = models.DateField(_("period from"), null=True, blank=True)
    period_to = models.DateField(_("period to"), null=True, blank=True)
    presenters = models.TextField(_("presenters"), max_length=1000, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(period_from__isnull=True)
                | models.Q(period_to__isnull=True)
                | models.Q(period_to__gte=models.F("period_from")),
                name="hearing_period_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return self.theme


class FiguresTable(models.Model):
    """Figures given as a table: `head` has the names of the columns, the first that of the labels;
    a row is its label and a number or null for each other column."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="figures")
    title = models.CharField(_("title"), max_length=160)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=160, blank=True)
    head = models.JSONField(default=list)
    rows = models.JSONField(default=list)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.title


class HearingPicture(models.Model):
    """A picture of a hearing, kept in several sizes (`communes.pictures.SIZES`) and no other."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="pictures")
    position = models.PositiveSmallIntegerField(default=0)
    #: Its place in the storage, and in its address; nobody guesses it.
    name = models.CharField(max_length=24, unique=True)
    #: For those who do not see it, and under it for everyone.
    alt = models.CharField(_("what one sees"), max_length=200)
    #: Of the largest size.
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.alt

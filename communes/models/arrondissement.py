"""The arrondissements of a commune. Their quarters have no list: people write theirs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Arrondissement(models.Model):
    """A part of a commune, with an administration of its own."""

    commune = models.ForeignKey("Commune", on_delete=models.CASCADE, related_name="arrondissements")
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        verbose_name = _("arrondissement")
        verbose_name_plural = _("arrondissements")
        constraints = (
            models.UniqueConstraint(fields=("commune", "name"), name="one_arrondissement_per_name"),
        )

    def __str__(self) -> str:
        return self.name

"""Public offices, with dates. Under law 2021-14 they are different powers, never one "mayor"."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OfficeKind(models.TextChoices):
    MAYOR = "mayor", _("mayor")
    DEPUTY = "deputy", _("deputy mayor")
    COUNCILLOR = "councillor", _("councillor")
    EXECUTIVE_SECRETARY = "executive_secretary", _("executive secretary")
    SUPERVISION = "supervision", _("member of the supervisory council")
    DISTRICT_HEAD = "district_head", _("head of arrondissement")


class Office(models.Model):
    """Somebody holds an office from a day on, until another or still."""

    commune = models.ForeignKey("Commune", on_delete=models.CASCADE, related_name="offices")
    kind = models.CharField(_("office"), max_length=30, choices=OfficeKind.choices)
    holder = models.CharField(_("holder"), max_length=120)
    remit = models.CharField(_("remit"), max_length=160, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    demo = models.BooleanField(_("demonstration data"), default=False)

    class Meta:
        ordering = ("starts_on",)
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="office_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.holder}"

"""The mayor's agenda. Sittings appear beside it by themselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Engagement(models.Model):
    """Somewhere the mayor is expected. Only those that are `public` are shown outside."""

    commune = models.ForeignKey("Commune", on_delete=models.CASCADE, related_name="engagements")
    title = models.CharField(_("title"), max_length=160)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=160, blank=True)
    about = models.TextField(_("what it is about"), max_length=1000, blank=True)
    public = models.BooleanField(_("public"), default=True)
    demo = models.BooleanField(_("demonstration data"), default=False)

    class Meta:
        ordering = ("starts_at", "pk")
        verbose_name = _("engagement")
        verbose_name_plural = _("engagements")
        indexes = (models.Index(fields=("commune", "starts_at"), name="engagement_by_day"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="engagement_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return self.title

"""Good practices: what a commune did that others may do too, and what came of it elsewhere."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .document import Document


class PracticeTheme(models.TextChoices):
    WATER = "water", _("water and sanitation")
    WASTE = "waste", _("waste")
    ROADS = "roads", _("roads and lighting")
    MARKETS = "markets", _("markets and taxes")
    SCHOOLS = "schools", _("schools")
    HEALTH = "health", _("health")
    CIVIL = "civil", _("civil registration")
    LAND = "land", _("land and building")
    PARTICIPATION = "participation", _("participation")
    OTHER = "other", _("other theme")


class TrialState(models.TextChoices):
    TRYING = "trying", _("we are trying it")
    ADOPTED = "adopted", _("it works here too")
    DROPPED = "dropped", _("it did not work here")


class PracticeQuerySet(models.QuerySet["GoodPractice"]):
    def public(self, now: datetime | None = None) -> Self:
        return self.filter(published_at__lte=now or timezone.now())


class GoodPractice(models.Model):
    """One practice. Public from `published_at` on; a draft has none."""

    commune = models.ForeignKey("Commune", on_delete=models.CASCADE, related_name="practices")
    title = models.CharField(_("title"), max_length=160)
    theme = models.CharField(_("theme"), max_length=16, choices=PracticeTheme.choices)
    problem = models.TextField(_("the problem"), max_length=3000)
    done = models.TextField(_("what was done"), max_length=5000)
    results = models.TextField(_("results"), max_length=3000, blank=True)
    #: CFA francs, all in all; null: nobody counted.
    cost = models.PositiveBigIntegerField(_("cost (CFA francs)"), null=True, blank=True)
    duration = models.CharField(_("duration"), max_length=80, blank=True)
    contact = models.CharField(_("whom to ask"), max_length=200, blank=True)
    tags = models.CharField(_("tags"), max_length=200, blank=True)
    #: Pictures among them are shown, everything else is listed.
    documents = models.ManyToManyField(Document, blank=True, related_name="practices")
    published_at = models.DateTimeField(null=True, blank=True)
    demo = models.BooleanField(_("demonstration data"), default=False)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        ordering = ("-published_at", "-pk")
        verbose_name = _("good practice")
        verbose_name_plural = _("good practices")

    def __str__(self) -> str:
        return self.title

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.published_at <= timezone.now()

    @property
    def words(self) -> list[str]:
        """Its tags, one by one."""
        return [tag for tag in (part.strip() for part in self.tags.split(",")) if tag]


class PracticeTrial(models.Model):
    """Another commune tries it, and says how it goes."""

    practice = models.ForeignKey(GoodPractice, on_delete=models.CASCADE, related_name="trials")
    commune = models.ForeignKey("Commune", on_delete=models.CASCADE, related_name="trials")
    state = models.CharField(_("how it goes"), max_length=8, choices=TrialState.choices)
    report = models.TextField(_("what we saw"), max_length=2000, blank=True)
    since = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ("since", "pk")
        constraints = (
            models.UniqueConstraint(fields=("practice", "commune"), name="one_trial_per_commune"),
        )

    def __str__(self) -> str:
        return f"{self.practice_id} {self.commune_id} {self.state}"

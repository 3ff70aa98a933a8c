"""How a sitting takes questions. A sitting without a row has the defaults."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Moderation(models.TextChoices):
    BEFORE = "before", _("published after a moderator's decision")
    AFTER = "after", _("published at once, moderated afterwards")


class Signing(models.TextChoices):
    FREE = "free", _("with or without a name, as people like")
    ALWAYS = "always", _("always with the name")
    NEVER = "never", _("never with a name")


class SittingRules(models.Model):
    """Read through `consultations.actions.rules.rules_of`, which knows the defaults."""

    sitting = models.OneToOneField(
        "live.Sitting", on_delete=models.CASCADE, primary_key=True, related_name="rules"
    )
    moderation = models.CharField(
        _("moderation"), max_length=6, choices=Moderation.choices, default=Moderation.BEFORE
    )
    #: Seconds between two questions of one person; 0: as they like.
    slow_s = models.PositiveSmallIntegerField(_("slow mode (seconds)"), default=0)
    signing = models.CharField(
        _("names"), max_length=6, choices=Signing.choices, default=Signing.FREE
    )
    #: Null: as the kind of the sitting has it (hearings: yes).
    second_opinion = models.BooleanField(_("second opinion"), null=True)
    second_opinion_minutes = models.PositiveSmallIntegerField(default=10)
    written_answers = models.PositiveSmallIntegerField(default=10)
    written_answer_days = models.PositiveSmallIntegerField(default=30)

    class Meta:
        verbose_name = _("rules of a sitting")
        verbose_name_plural = _("rules of sittings")

    def __str__(self) -> str:
        return self.sitting_id

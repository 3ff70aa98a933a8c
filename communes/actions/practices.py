"""Publishing good practices, and trying those of others. Called in a write transaction."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Document, GoodPractice, Person, PracticeTrial, TrialState


def save(practice: GoodPractice, documents: Sequence[int]) -> GoodPractice:
    """Save a practice with documents, all of its own commune. Raises ValidationError."""
    own = Document.objects.filter(commune=practice.commune_id, pk__in=documents)
    if own.count() != len(set(documents)):
        raise ValidationError({"documents": _("Choose documents of your own commune.")})
    practice.changed_at = timezone.now()
    practice.save()
    practice.documents.set(own)
    return practice


def publish(practice: GoodPractice, public: bool) -> None:
    """Show it to everyone, or make it a draft again. The first day of publication stays."""
    practice.published_at = (practice.published_at or timezone.now()) if public else None
    practice.save(update_fields=["published_at"])


def try_it(
    practice: GoodPractice, commune: Commune, by: Person, state: str, report: str
) -> PracticeTrial:
    """Say that a commune tries a public practice of another, and how it goes. Raises
    ValidationError."""
    if practice.commune_id == commune.pk:
        raise ValidationError(_("A commune does not try its own practice."))
    if not practice.is_public:
        raise ValidationError(_("It is not public."))
    said = {"state": TrialState(state).value, "report": report, "by": by}
    return PracticeTrial.objects.update_or_create(
        practice=practice, commune=commune, defaults={**said, "changed_at": timezone.now()}
    )[0]


def forget_trial(practice: GoodPractice, commune: Commune) -> None:
    """Take back that a commune tries it."""
    PracticeTrial.objects.filter(practice=practice, commune=commune).delete()

"""Publishing good practices, and trying those of others. Called in a write transaction."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models import (
    Commune,
    Document,
    GoodPractice,
    Person,
    PracticeTrial,
    RevisionKind,
    TrialState,
)

from . import revisions


def save(
    practice: GoodPractice, documents: Sequence[int], by: Person | None, shown: int | None = None
) -> GoodPractice:
    """Save a practice with documents, all of its own commune. Raises ValidationError, also where
    somebody changed it since the form showed it (`shown`)."""
    was = revisions.before(practice)
    revisions.check(revisions.place_of(practice), shown)
    own = Document.objects.filter(commune=practice.commune_id, pk__in=documents)
    if own.count() != len(set(documents)):
        raise ValidationError({"documents": _("Choose documents of your own commune.")})
    practice.save()
    practice.documents.set(own)
    revisions.keep(practice, was, by)
    return practice


def publish(practice: GoodPractice, public: bool, by: Person | None) -> None:
    """Show it to everyone, or make it a draft again. The first day of publication stays."""
    practice.published_at = (practice.published_at or timezone.now()) if public else None
    practice.save(update_fields=["published_at"])
    said = RevisionKind.PUBLISHED if public else RevisionKind.WITHDRAWN
    revisions.keep(practice, revisions.facts(practice), by, said)


def delete(practice: GoodPractice, by: Person | None) -> None:
    """Delete a draft. Raises ValidationError for what is public."""
    was = revisions.before(practice)
    if practice.published_at is not None:
        raise ValidationError(_("What was published is not deleted: withdraw it instead."))
    revisions.keep(practice, was, by, RevisionKind.REMOVED)
    practice.delete()


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

"""What becomes of a person's word on promises when the account is deleted."""

from django.db.models import F

from communes.models import Person
from consultations.models import Commitment, CommitmentVoice


def forget_voices(person: Person) -> None:
    """Before an account is deleted: its voices are taken back."""
    for commitment, confirms in CommitmentVoice.objects.filter(person=person).values_list(
        "commitment_id", "confirms"
    ):
        field = "confirmed" if confirms else "contested"
        Commitment.objects.filter(pk=commitment).update(**{field: F(field) - 1})

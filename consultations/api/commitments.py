"""`/api/v1/communes/<slug>/commitments`: the public register of promises."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from consultations.actions.commitment_states import commitment_state
from consultations.actions.commitments import voices_of
from consultations.models import Commitment
from consultations.protocol import CommitmentState, CommitmentStateName, CommitmentVoices
from consultations.tables import csv_response
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused
from live.protocol.frames import EntryFrame, Stream
from live.timeline.read import entries_since

router = Router(tags=["commitments"])

MOST = 100
#: Further than any list goes, and than no database counts.
FURTHEST = 1_000_000


class CommitmentReport(Message):
    commitment: CommitmentState
    voices: CommitmentVoices


class Commitments(Message):
    items: list[CommitmentReport]
    total: int = Field(ge=0)


class CommitmentHistory(CommitmentReport):
    """With all that happened to it, oldest first."""

    history: list[EntryFrame]


def public_commitments(commune: str | None = None) -> QuerySet[Commitment]:
    """Promises that anyone may see, newest first."""
    commitments = Commitment.objects.filter(sitting__rehearsal=False)
    if commune is not None:
        commitments = commitments.filter(commune__slug=commune)
    return commitments.select_related("sitting", "commune")


@router.get("/{commune}/commitments", response=Commitments)
def list_commitments(
    request: HttpRequest,
    commune: str,
    state: CommitmentStateName | None = None,
    offset: int = 0,
    limit: int = 20,
) -> Commitments:
    """The promises of a commune, newest first."""
    commitments = public_commitments(commune)
    if state:
        commitments = commitments.filter(state=state)
    offset, limit = min(max(offset, 0), FURTHEST), min(max(limit, 1), MOST)
    return Commitments(
        items=[_report(commitment) for commitment in commitments[offset : offset + limit]],
        total=commitments.count(),
    )


@router.get("/{commune}/commitments.csv", response={200: None})
def commitments_table(request: HttpRequest, commune: str) -> HttpResponse:
    """The whole register as CSV."""
    header = [
        _("number"),
        _("commitment"),
        _("who does it"),
        _("budget line"),
        _("sitting"),
        _("made"),
        _("due on"),
        _("state"),
        _("reason"),
        _("confirmed"),
        _("contested"),
    ]
    rows = [
        (
            commitment.pk,
            commitment.wording,
            commitment.owner,
            commitment.budget_line,
            commitment.sitting.title,
            timezone.localtime(commitment.made_at).strftime("%Y-%m-%d %H:%M"),
            commitment.due_on,
            str(commitment.get_state_display()),
            commitment.reason,
            commitment.confirmed,
            commitment.contested,
        )
        for commitment in public_commitments(commune)
    ]
    return csv_response(f"engagements-{commune}.csv", header, rows)


@router.get("/{commune}/commitments/{commitment_id}", response=CommitmentHistory)
def get_commitment(request: HttpRequest, commune: str, commitment_id: int) -> CommitmentHistory:
    """One promise with its history."""
    commitment = public_commitments(commune).filter(pk=commitment_id).first()
    if commitment is None:
        raise Refused(ErrorCode.NOT_FOUND, f"commitment {commitment_id}")
    return CommitmentHistory(
        **dict(_report(commitment)),
        history=entries_since(commitment.timeline_id, 0, Stream.PUBLIC),
    )


def _report(commitment: Commitment) -> CommitmentReport:
    return CommitmentReport(
        commitment=commitment_state(commitment),
        voices=voices_of(commitment.pk, commitment.confirmed, commitment.contested),
    )

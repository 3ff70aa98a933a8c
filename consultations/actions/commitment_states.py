"""From a promise's row to the state that entries carry."""

from consultations.models import Commitment
from consultations.protocol import CommitmentState, Evidence
from live.timeline.read import milliseconds


def page_of(commitment: Commitment) -> str:
    """The path of its page in the register (`portal.urls`)."""
    return f"/{commitment.commune.slug}/engagements/{commitment.pk}/"


def commitment_state(commitment: Commitment) -> CommitmentState:
    """The state of key `commitment/<id>`."""
    sitting = commitment.sitting
    return CommitmentState.model_validate(
        {
            "id": commitment.pk,
            "wording": commitment.wording,
            "owner": commitment.owner,
            "due_on": commitment.due_on,
            "budget_line": commitment.budget_line,
            "question": commitment.question_id,
            "state": commitment.state,
            "reason": commitment.reason,
            "made_at": milliseconds(commitment.made_at),
            "sitting": sitting.pk,
            "sitting_title": sitting.title,
            "evidence": _evidence(commitment),
            "page": page_of(commitment),
        }
    )


def _evidence(commitment: Commitment) -> Evidence | None:
    news = commitment.updates.last()
    if news is None:
        return None
    return Evidence(
        note=news.note,
        link=news.link,
        file=f"{page_of(commitment)}pieces/{news.pk}/" if news.file else "",
        at=milliseconds(news.at),
    )

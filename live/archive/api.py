"""The HTTP API of what a sitting leaves (mounted at `/api/v1/sittings/`)."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from live.actions.access import may_see, sitting_seen_by
from live.delivery.documents import cacheable
from live.models import SittingState

from .manifest import Manifest, manifest

router = Router(tags=["sittings"])


@router.get("/{sitting_id}/manifest", response=Manifest)
def get_manifest(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """What a replay needs: public entries, and anchors between the media's clock and theirs."""
    sitting = sitting_seen_by(request.user, sitting_id)
    age_s = 60 if sitting.state == SittingState.ARCHIVED else 1
    return cacheable(
        request, manifest(sitting), age_s=age_s, private=not may_see(sitting, frozenset())
    )

"""What the list of a commune's concerns hands to its island, which lets it move."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import get_language

from communes.models import Commune
from consultations.actions.concern_boards import board_of
from consultations.models import ConcernBoard
from live.delivery.writer import perform
from live.timeline.read import milliseconds


@dataclass(frozen=True)
class Standing:
    """Where the board's public stream stood before the list was read."""

    epoch: str
    seq: int
    at: int


def where_it_stands(commune: Commune) -> Standing:
    """To be asked before the list is read: what happens meanwhile is told again. Whoever opens the
    list of a commune first makes its board, so that the first concern is heard of too."""
    board = ConcernBoard.objects.select_related("timeline").filter(commune=commune).first()
    board = board or perform(lambda: board_of(commune))
    return Standing(board.timeline.epoch, board.timeline.public_seq, milliseconds(timezone.now()))


def list_props(
    request: HttpRequest,
    commune: Commune,
    standing: Standing,
    asked: Mapping[str, str],
) -> dict[str, Any]:
    """`narrowed`: which new ones belong in this list; `urls.newest` shows them."""
    if request.user.is_authenticated:
        # The cookie that supporting by one tap needs.
        get_token(request)
    scheme = "wss" if request.is_secure() else "ws"
    newest = {**asked, "ordre": "new"}
    return {
        "at": standing.at,
        "from": {"epoch": standing.epoch, "seq": standing.seq},
        "narrowed": {
            "category": asked["categorie"],
            "state": asked["etat"],
            "arrondissement": asked["arrondissement"],
        },
        "urls": {
            "ws": f"{scheme}://{request.get_host()}/ws/boards/{commune.pk}/",
            "timeline": f"/api/v1/communes/{commune.slug}/concern-board/timeline",
            "newest": "?" + urlencode({name: value for name, value in newest.items() if value}),
        },
        "language": (get_language() or settings.LANGUAGE_CODE)[:2],
    }

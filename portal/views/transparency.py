"""The transparency report: what moderation did, in figures, decision by decision, with proof."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from consultations.models import ConcernBoard, ReasonCode
from consultations.tables import csv_response
from live.models import Sitting
from moderation.api import REPORTED, reported
from moderation.models import SanctionKind, Verdict
from moderation.report import log
from moderation.report.figures import ReportFigures, board_figures, figures, rules
from portal.access import find_sitting

#: Decisions that the page itself shows; all of them are in the table to download.
SHOWN = 300
#: What the entries that are decisions about no question are called.
NAMES: dict[str, str | Promise] = {
    **{str(value): label for value, label in Verdict.choices},
    "appeal.submitted": _("appeal received"),
    "appeal.decided": _("appeal decided"),
    "sanction.issued": _("sanction given"),
    "sanction.lifted": _("sanction lifted"),
    "rules.changed": _("rules changed"),
    "board.changed": _("rules changed"),
    "sitting.questions_closed": _("questions closed"),
    "sitting.questions_opened": _("questions opened"),
}
ROLES: dict[str, str | Promise] = {
    "moderator": _("moderator"),
    "host": _("host"),
    "clerk": _("clerk"),
    "admin": _("administrator"),
    "citizen": _("citizen"),
    "system": _("by itself"),
}


def sitting(request: HttpRequest, commune: str, slug: str) -> HttpResponse:
    """The report of one sitting."""
    found = _reported(request, commune, slug)
    numbers, decisions = figures([found]), log.decisions(found)
    return render(
        request,
        "moderation/sitting_report.html",
        {
            "sitting": found,
            "commune": found.commune,
            "rules": rules(found),
            "figures": numbers,
            "refused": _named(numbers.refused_by, ReasonCode),
            "sanctions": _named(numbers.sanctions, SanctionKind),
            "decisions": [_shown(row) for row in decisions[-SHOWN:]],
            "total": len(decisions),
            "head": found.timeline.head,
        },
    )


def decisions_csv(request: HttpRequest, commune: str, slug: str) -> HttpResponse:
    """Every decision of a sitting as a table."""
    found = _reported(request, commune, slug)
    rows = [list(row.model_dump().values()) for row in log.decisions(found)]
    return csv_response(f"{found.slug}-decisions.csv", log.COLUMNS, rows)


def chain_csv(request: HttpRequest, commune: str, slug: str) -> HttpResponse:
    """The digests of a sitting's timeline as a table."""
    found = _reported(request, commune, slug)
    return csv_response(
        f"{found.slug}-empreintes.csv", log.CHAIN_COLUMNS, log.chain(found.timeline_id)
    )


def commune(request: HttpRequest, commune: str) -> HttpResponse:
    """All sittings of a commune together, and each."""
    place = get_object_or_404(Commune, slug=commune)
    found = reported(place)
    numbers = figures(found)
    return render(
        request,
        "moderation/commune_report.html",
        {
            "commune": place,
            "figures": numbers,
            "refused": _named(numbers.refused_by, ReasonCode),
            "sanctions": _named(numbers.sanctions, SanctionKind),
            "takes_concerns": ConcernBoard.objects.filter(commune=place).exists(),
            "sittings": [{"sitting": one, "figures": figures([one])} for one in found],
        },
    )


def commune_csv(request: HttpRequest, commune: str) -> HttpResponse:
    """The figures of every sitting of a commune as a table."""
    place = get_object_or_404(Commune, slug=commune)
    columns = ("sitting", "title", "date", *_columns(), *ReasonCode.values)
    rows = []
    for one in reported(place):
        numbers = figures([one])
        flat = [_flat(numbers)[name] for name in _columns()]
        codes = [numbers.refused_by.get(code, 0) for code in ReasonCode.values]
        rows.append([one.pk, one.title, one.scheduled_at.date(), *flat, *codes])
    return csv_response(f"{place.slug}-moderation.csv", columns, rows)


def concerns(request: HttpRequest, commune: str) -> HttpResponse:
    """The report of a commune's concerns, and of what is said about them."""
    board = _board(commune)
    numbers, decisions = board_figures(board.commune), log.board_decisions(board)
    matters = (
        (_("Concerns"), "concerns", numbers.concerns),
        (_("Comments"), "comments", numbers.comments),
    )
    return render(
        request,
        "moderation/board_report.html",
        {
            "commune": board.commune,
            "board": board,
            "matters": [
                {
                    "name": name,
                    "id": key,
                    "figures": one,
                    "refused": _named(one.refused_by, ReasonCode),
                }
                for name, key, one in matters
            ],
            "sanctions": _named(numbers.sanctions, SanctionKind),
            "decisions": [_shown(row) for row in decisions[-SHOWN:]],
            "total": len(decisions),
            "head": board.timeline.head,
        },
    )


def concern_decisions_csv(request: HttpRequest, commune: str) -> HttpResponse:
    """Every decision about concerns and comments as a table."""
    board = _board(commune)
    rows = [list(row.model_dump().values()) for row in log.board_decisions(board)]
    return csv_response(f"{commune}-preoccupations-decisions.csv", log.BOARD_COLUMNS, rows)


def concern_chain_csv(request: HttpRequest, commune: str) -> HttpResponse:
    """The digests of the board's timeline as a table."""
    rows = log.chain(_board(commune).timeline_id)
    return csv_response(f"{commune}-preoccupations-empreintes.csv", log.CHAIN_COLUMNS, rows)


def _board(commune: str) -> ConcernBoard:
    boards = ConcernBoard.objects.select_related("commune", "timeline")
    return get_object_or_404(boards, commune__slug=commune)


def _reported(request: HttpRequest, commune: str, slug: str) -> Sitting:
    found, _roles = find_sitting(request.user, commune, slug)
    if found.state not in REPORTED or found.rehearsal:
        raise Http404
    return found


def _flat(numbers: ReportFigures) -> dict[str, Any]:
    """The figures as one line, nested ones with their names joined."""
    flat: dict[str, Any] = {}
    for name, value in numbers.model_dump(exclude={"refused_by", "sanctions"}).items():
        if isinstance(value, dict):
            flat |= {f"{name}_{part}": inner for part, inner in value.items()}
        else:
            flat[name] = value
    return flat


def _columns() -> tuple[str, ...]:
    return tuple(_flat(figures([])))


def _named(counts: dict[str, int], names: Callable[[str], Any]) -> list[tuple[str, int]]:
    """Counts by code as (words, count), the most first."""
    pairs = [(str(names(code).label) if code else "–", n) for code, n in counts.items()]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def _shown(row: log.LoggedDecision | log.LoggedOnBoard) -> dict[str, Any]:
    return {
        "row": row,
        "at": datetime.fromtimestamp(row.at / 1000, UTC),
        "what": NAMES.get(row.what, row.what),
        "role": ROLES.get(row.role, row.role),
        "why": ReasonCode(row.code).label if row.code else "",
    }

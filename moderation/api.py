"""`/api/v1/…/transparency` and what the desk needs beside the timeline."""

from django.http import HttpRequest
from ninja import Router

from communes.models import Commune, Person, Role
from communes.permissions import STAFF, roles_in
from consultations.actions.concern_boards import board_facts
from consultations.models import ConcernBoard
from consultations.protocol import BoardFacts, RulesState
from live.actions.access import visible_sitting
from live.models import Sitting, SittingState
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused
from moderation.report.figures import BoardFigures, ReportFigures, board_figures, figures, rules
from moderation.report.log import LoggedDecision, LoggedOnBoard, board_decisions, decisions

sittings = Router(tags=["transparency"])
communes = Router(tags=["transparency"])

#: Sittings of which there is something to report.
REPORTED = (
    SittingState.LIVE,
    SittingState.PAUSED,
    SittingState.CLOSED_DOORS,
    SittingState.ENDED,
    SittingState.ARCHIVED,
)


class SittingReport(Message):
    """How a sitting's questions were moderated. `head`: digest of its timeline's last entry."""

    sitting: str
    title: str
    rules: RulesState
    figures: ReportFigures
    decisions: list[LoggedDecision]
    head: str


class SittingLine(Message):
    sitting: str
    title: str
    figures: ReportFigures


class CommuneReport(Message):
    commune: str
    figures: ReportFigures
    sittings: list[SittingLine]


class BoardReport(Message):
    """How a commune's concerns, and what is said about them, were moderated. `head`: digest of the
    last entry of the board's timeline."""

    commune: str
    rules: BoardFacts
    figures: BoardFigures
    decisions: list[LoggedOnBoard]
    head: str


class Colleague(Message):
    """Somebody with a role in the commune; `person`: public id."""

    person: str
    name: str
    roles: list[str]


def reported(commune: Commune) -> list[Sitting]:
    """The sittings of a commune that have a public report, the latest first."""
    found = Sitting.objects.filter(commune=commune, rehearsal=False, state__in=REPORTED)
    return list(found.select_related("commune").order_by("-scheduled_at"))


@sittings.get("/{sitting_id}/transparency", response=SittingReport, operation_id="transparency")
def sitting_report(request: HttpRequest, sitting_id: str) -> SittingReport:
    """The transparency report of a sitting."""
    sitting = visible_sitting(sitting_id)
    return SittingReport(
        sitting=sitting.pk,
        title=sitting.title,
        rules=rules(sitting),
        figures=figures([sitting]),
        decisions=decisions(sitting),
        head=sitting.timeline.head,
    )


@sittings.get("/{sitting_id}/staff", response=list[Colleague], operation_id="sitting_staff")
def staff(request: HttpRequest, sitting_id: str) -> list[Colleague]:
    """Who can be asked for an answer in writing; for staff."""
    sitting = Sitting.objects.select_related("commune").filter(pk=sitting_id).first()
    person = request.user if isinstance(request.user, Person) else None
    if person is None:
        raise Refused(ErrorCode.SIGN_IN)
    if sitting is None or not roles_in(person, sitting.commune) & STAFF:
        raise Refused(ErrorCode.FORBIDDEN, "for staff")
    found: dict[str, Colleague] = {}
    rows = Role.objects.select_related("person").filter(commune=sitting.commune)
    for role in rows.order_by("person__display_name", "pk"):
        one = found.get(role.person.public_id)
        roles = [*one.roles, str(role.name)] if one else [str(role.name)]
        found[role.person.public_id] = Colleague(
            person=role.person.public_id, name=role.person.display_name, roles=roles
        )
    return list(found.values())


@communes.get("/{commune}/transparency", response=CommuneReport, operation_id="commune_report")
def commune_report(request: HttpRequest, commune: str) -> CommuneReport:
    """The transparency report of a commune: all its sittings together, and each."""
    place = Commune.objects.filter(slug=commune).first()
    if place is None:
        raise Refused(ErrorCode.NOT_FOUND, "no such commune")
    found = reported(place)
    return CommuneReport(
        commune=place.slug,
        figures=figures(found),
        sittings=[
            SittingLine(sitting=one.pk, title=one.title, figures=figures([one])) for one in found
        ],
    )


@communes.get(
    "/{commune}/concern-transparency", response=BoardReport, operation_id="concern_report"
)
def concern_report(request: HttpRequest, commune: str) -> BoardReport:
    """The transparency report of a commune's concerns."""
    board = ConcernBoard.objects.select_related("commune", "timeline").filter(commune__slug=commune)
    found = board.first()
    if found is None:
        raise Refused(ErrorCode.NOT_FOUND, "no such commune, or it takes no concerns yet")
    return BoardReport(
        commune=found.commune.slug,
        rules=board_facts(found),
        figures=board_figures(found.commune),
        decisions=board_decisions(found),
        head=found.timeline.head,
    )

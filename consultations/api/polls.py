"""`/api/v1/sittings/<id>/…`: polls and their results, and the code for the hall."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from communes.permissions import STAFF
from consultations.actions.levels import hall_code
from consultations.actions.poll_states import public_poll, tally
from consultations.models import LevelName, Poll, PollState
from consultations.protocol import HallCode, PollTally, PublicPoll
from consultations.tables import csv_response
from live.models import KeyState
from live.protocol.base import Message
from live.protocol.errors import ErrorCode, Refused

from .asking import person_of, roles_at, seen_sitting

router = Router(tags=["polls"])

Row = list[object]


class PollReport(Message):
    """A poll that was opened, and what everyone may know of its count."""

    poll: PublicPoll
    tally: PollTally


class PollReports(Message):
    items: list[PollReport]
    total: int = Field(ge=0)


@router.get("/{sitting_id}/polls", response=PollReports)
def list_polls(request: HttpRequest, sitting_id: str) -> PollReports:
    """The polls of a sitting, in the order in which they were opened."""
    reports = [_report(poll) for poll in _opened(request, sitting_id)]
    return PollReports(items=reports, total=len(reports))


@router.get("/{sitting_id}/polls.csv", response={200: None})
def all_results(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """The results of a sitting's polls that are known, one line per option, as CSV."""
    rows = [
        row for poll in _opened(request, sitting_id) for row in _rows(poll) if tally(poll).final
    ]
    return csv_response(f"votes-{sitting_id}.csv", _header(), rows)


@router.get("/{sitting_id}/polls/{poll_id}", response=PollReport)
def get_poll(request: HttpRequest, sitting_id: str, poll_id: int) -> PollReport:
    return _report(_one(request, sitting_id, poll_id))


@router.get("/{sitting_id}/polls/{poll_id}/results.csv", response={200: None})
def results(request: HttpRequest, sitting_id: str, poll_id: int) -> HttpResponse:
    """The result of one poll, one line per option, as CSV; 409 while it is not known."""
    poll = _one(request, sitting_id, poll_id)
    if not tally(poll).final:
        raise Refused(ErrorCode.WRONG_STATE, "the result is not known yet")
    return csv_response(f"vote-{poll.pk}.csv", _header(), _rows(poll))


@router.get("/{sitting_id}/hall-code", response=HallCode)
def get_hall_code(request: HttpRequest, response: HttpResponse, sitting_id: str) -> HallCode:
    """What to show in the hall now, for staff."""
    person_of(request)
    sitting = seen_sitting(request, sitting_id)
    if not roles_at(request, sitting) & STAFF:
        raise Refused(ErrorCode.FORBIDDEN, "for staff")
    response["Cache-Control"] = "no-store"
    return hall_code(sitting.pk)


def _opened(request: HttpRequest, sitting_id: str) -> list[Poll]:
    sitting = seen_sitting(request, sitting_id)
    polls = Poll.objects.filter(sitting=sitting).exclude(state=PollState.DRAFT)
    return list(polls.prefetch_related("options").order_by("opened_at", "pk"))


def _one(request: HttpRequest, sitting_id: str, poll_id: int) -> Poll:
    poll = next((one for one in _opened(request, sitting_id) if one.pk == poll_id), None)
    if poll is None:
        raise Refused(ErrorCode.NOT_FOUND, f"poll {poll_id}")
    return poll


def _report(poll: Poll) -> PollReport:
    return PollReport(poll=public_poll(poll), tally=_in_steps(poll) or tally(poll))


def _in_steps(poll: Poll) -> PollTally | None:
    """What the timeline said last of a secret ballot that is being cast with a live result."""
    if poll.state != PollState.OPEN or not (poll.secret and poll.revealed):
        return None
    said = KeyState.objects.filter(timeline__sitting=poll.sitting_id, key=f"tally/{poll.pk}")
    state = said.values_list("state", flat=True).first()
    if state is not None:
        return PollTally.model_validate(state)
    return PollTally(voters=0, votes={}, mean=None, levels={}, final=False)


def _header() -> list[str]:
    levels = [_("votes: {level}").format(level=level.label) for level in LevelName]
    return [
        _("vote"),
        _("kind"),
        _("ballot"),
        _("opened"),
        _("closed"),
        _("voters"),
        _("mean"),
        _("option"),
        _("votes"),
        _("share of the voters (%)"),
        *levels,
    ]


def _rows(poll: Poll) -> list[Row]:
    counts = tally(poll)
    first: Row = [
        poll.prompt,
        str(poll.get_kind_display()),
        _("secret") if poll.secret else _("open"),
        *(
            timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else None
            for moment in (poll.opened_at, poll.closed_at)
        ),
        counts.voters,
        counts.mean,
    ]
    rows: list[Row] = []
    for option in poll.options.all():
        votes = counts.votes.get(str(option.pk), 0)
        share = round(100 * votes / counts.voters, 1) if counts.voters else None
        by_level = [
            counts.levels[level].votes.get(str(option.pk)) if level in counts.levels else None
            for level in LevelName
        ]
        rows.append([*first, option.label, votes, share, *by_level])
    return rows

"""Polls: prepared, opened, counted, closed."""

from django.db import connection
from django.utils import timezone

from consultations.models import Poll, PollOption, PollState
from consultations.protocol import CreatePoll
from live.actions.context import Context, hold
from live.actions.screen import show
from live.models import SittingState
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By, append

from .states import prepared_poll, public_poll, tally

STAFF = ("host", "clerk", "moderator")


def prepare(context: Context, wanted: CreatePoll) -> Poll:
    """A poll that waits to be opened."""
    sitting = context.sitting()
    if sitting.state in {SittingState.ENDED, SittingState.ARCHIVED, SittingState.CANCELLED}:
        raise Refused(ErrorCode.WRONG_STATE, f"the sitting is {sitting.state}")
    if len({label.casefold() for label in wanted.options}) < len(wanted.options):
        raise Refused(ErrorCode.INVALID, "two options are the same", field="options")
    poll = Poll.objects.create(sitting=sitting, prompt=wanted.prompt, secret=wanted.secret)
    PollOption.objects.bulk_create(
        PollOption(poll=poll, position=position, label=label)
        for position, label in enumerate(wanted.options)
    )
    append(
        sitting.timeline_id,
        "poll.prepared",
        f"prepared/{poll.pk}",
        prepared_poll(poll),
        context.by(*STAFF),
    )
    return poll


def find(context: Context, poll_id: int) -> Poll:
    """A poll of this sitting, locked; raises `Refused`."""
    hold(context.sitting_id)
    polls = Poll.objects.select_related("sitting")
    if connection.features.has_select_for_update:
        polls = polls.select_for_update(no_key=True, of=("self",))
    poll = polls.filter(sitting_id=context.sitting_id, pk=poll_id).first()
    if poll is None:
        raise Refused(ErrorCode.NOT_FOUND, f"poll {poll_id}")
    return poll


def remove(context: Context, poll_id: int) -> None:
    """Give up a poll that was never opened."""
    poll = _need(context, poll_id, PollState.DRAFT)
    append(
        poll.sitting.timeline_id,
        "poll.removed",
        f"prepared/{poll.pk}",
        None,
        context.by(*STAFF),
    )
    poll.delete()


def open_poll(context: Context, poll_id: int) -> Poll:
    """Let people vote, and put the poll on screen."""
    poll = _need(context, poll_id, PollState.DRAFT)
    if poll.sitting.state not in {SittingState.LIVE, SittingState.PAUSED}:
        raise Refused(ErrorCode.WRONG_STATE, f"the sitting is {poll.sitting.state}")
    by = context.by(*STAFF)
    poll.state, poll.opened_at = PollState.OPEN, timezone.now()
    poll.save()
    timeline = poll.sitting.timeline_id
    append(timeline, "poll.removed", f"prepared/{poll.pk}", None, by)
    append(timeline, "poll.opened", f"poll/{poll.pk}", public_poll(poll), by)
    show(timeline, f"poll/{poll.pk}", by)
    return poll


def close_poll(context: Context, poll_id: int) -> Poll:
    """Stop the vote and say its result. Holding the poll's lock, so no ballot lands after."""
    poll = _need(context, poll_id, PollState.OPEN)
    by = context.by(*STAFF)
    poll.state, poll.closed_at = PollState.CLOSED, timezone.now()
    poll.save()
    append(poll.sitting.timeline_id, "poll.closed", f"poll/{poll.pk}", public_poll(poll), by)
    count(poll, by)
    return poll


def show_poll(context: Context, poll_id: int) -> None:
    """Put an opened poll, or its result, on screen."""
    poll = find(context, poll_id)
    if poll.state == PollState.DRAFT:
        raise Refused(ErrorCode.WRONG_STATE, "the poll was not opened")
    show(poll.sitting.timeline_id, f"poll/{poll.pk}", context.by(*STAFF))


def count(poll: Poll, by: By) -> None:
    """Say the counts on the timeline."""
    counts = tally(poll)
    append(poll.sitting.timeline_id, "poll.counted", f"tally/{poll.pk}", counts, by)
    Poll.objects.filter(pk=poll.pk).update(tallied=counts.voters, tallied_at=timezone.now())


def _need(context: Context, poll_id: int, state: PollState) -> Poll:
    poll = find(context, poll_id)
    if poll.state != state:
        raise Refused(ErrorCode.WRONG_STATE, f"the poll is {poll.state}")
    return poll

"""Polls: prepared, opened, counted, closed, revealed."""

from django.conf import settings
from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from consultations.models import Poll, PollOption, PollState, Results
from consultations.protocol import CreatePoll, EditPoll
from live.actions.context import Context, hold
from live.actions.doors import in_public
from live.actions.screen import show
from live.models import Sitting, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.timeline.append import By, append, blank_earlier

from .levels import participation_of
from .poll_states import hidden_result, prepared_poll, public_poll, tally
from .rules import OVER

STAFF = ("host", "clerk", "moderator")
HOLDING = frozenset({SittingState.LIVE, SittingState.PAUSED})
#: A result that was held back may be revealed after the sitting too.
REVEALING = HOLDING | {SittingState.ENDED, SittingState.ARCHIVED}


def prepare(context: Context, wanted: CreatePoll) -> Poll:
    """A poll that waits to be opened."""
    sitting = _before_the_end(context)
    poll = Poll(sitting=sitting)
    _write(poll, wanted)
    _say_prepared(poll, "poll.prepared", context)
    return poll


def edit(context: Context, wanted: EditPoll) -> Poll:
    """Say a prepared poll anew."""
    _before_the_end(context)
    poll = _need(context, wanted.poll, PollState.DRAFT)
    _write(poll, wanted)
    _say_prepared(poll, "poll.edited", context)
    return poll


def _before_the_end(context: Context) -> Sitting:
    sitting = context.sitting()
    if sitting.state in OVER:
        raise Refused(ErrorCode.WRONG_STATE, f"the sitting is {sitting.state}")
    return sitting


def _write(poll: Poll, wanted: CreatePoll) -> None:
    """Check what is wanted and write it on the rows of the poll; raises `Refused`."""
    options = _options(wanted)
    most = wanted.max_choices or len(options)
    if wanted.kind != "several":
        least = most = 1
    elif not wanted.min_choices <= most <= len(options):
        raise Refused(ErrorCode.INVALID, "so many cannot be chosen", field="max_choices")
    else:
        least = wanted.min_choices
    poll.prompt, poll.kind, poll.secret = wanted.prompt, wanted.kind, wanted.secret
    poll.min_choices, poll.max_choices = least, most
    poll.results, poll.level, poll.by_level = wanted.results, wanted.level or "", wanted.by_level
    poll.save()
    poll.options.all().delete()
    PollOption.objects.bulk_create(
        PollOption(poll=poll, position=position, label=label, code=code)
        for position, (label, code) in enumerate(options)
    )


def _options(wanted: CreatePoll) -> list[tuple[str, str]]:
    """Labels with what they mean."""
    if wanted.kind in {"one", "several"}:
        if len(wanted.options) < 2:
            raise Refused(ErrorCode.INVALID, "a poll needs two options", field="options")
        if len({label.casefold() for label in wanted.options}) < len(wanted.options):
            raise Refused(ErrorCode.INVALID, "two options are the same", field="options")
        return [(label, "") for label in wanted.options]
    if wanted.options:
        raise Refused(ErrorCode.INVALID, f"{wanted.kind} brings its options", field="options")
    if wanted.kind == "rating":
        return [(str(grade), str(grade)) for grade in range(1, 6)]
    with translation.override(settings.LANGUAGE_CODE):
        return [(_("Yes"), "yes"), (_("No"), "no"), (_("I abstain"), "abstain")]


def _say_prepared(poll: Poll, kind: str, context: Context) -> None:
    timeline, by = poll.sitting.timeline_id, context.by(*STAFF)
    append(timeline, kind, f"prepared/{poll.pk}", prepared_poll(poll), by)


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
    poll, by = _need(context, poll_id, PollState.DRAFT), context.by(*STAFF)
    in_public(poll.sitting, by)
    if poll.sitting.state not in HOLDING:
        raise Refused(ErrorCode.WRONG_STATE, f"the sitting is {poll.sitting.state}")
    poll.state, poll.opened_at = PollState.OPEN, timezone.now()
    poll.revealed = poll.results == Results.LIVE
    poll.level = poll.level or participation_of(poll.sitting_id).level
    poll.save()
    timeline = poll.sitting.timeline_id
    append(timeline, "poll.removed", f"prepared/{poll.pk}", None, by)
    append(timeline, "poll.opened", f"poll/{poll.pk}", public_poll(poll), by)
    show(timeline, f"poll/{poll.pk}", by)
    return poll


def close_poll(context: Context, poll_id: int) -> Poll:
    """Stop the vote and say its result, to everyone or, where it is held back, to staff alone.
    Holding the poll's lock, so no ballot lands after."""
    poll, by = _need(context, poll_id, PollState.OPEN), context.by(*STAFF)
    in_public(poll.sitting, by)
    _close(poll, by)
    return poll


def close_all(sitting: Sitting, by: By) -> None:
    """The end of a sitting is the end of its votes."""
    polls = Poll.objects.select_related("sitting").filter(sitting=sitting, state=PollState.OPEN)
    if connection.features.has_select_for_update:
        polls = polls.select_for_update(no_key=True, of=("self",))
    for poll in polls.order_by("pk"):
        _close(poll, by)


def _close(poll: Poll, by: By) -> None:
    poll.state, poll.closed_at = PollState.CLOSED, timezone.now()
    poll.revealed = poll.results != Results.ON_REVEAL
    poll.save()
    timeline = poll.sitting.timeline_id
    append(timeline, "poll.closed", f"poll/{poll.pk}", public_poll(poll), by)
    count(poll, by)
    if not poll.revealed:
        append(timeline, "poll.held_back", f"result/{poll.pk}", hidden_result(poll), by)


def reveal(context: Context, poll_id: int) -> Poll:
    """Show everyone a result that was held back."""
    poll = _need(context, poll_id, PollState.CLOSED)
    if poll.revealed:
        raise Refused(ErrorCode.WRONG_STATE, "the result is known")
    by = context.by("host", "clerk")
    in_public(poll.sitting, by)
    if poll.sitting.state not in REVEALING:
        raise Refused(ErrorCode.WRONG_STATE, f"the sitting is {poll.sitting.state}")
    poll.revealed = True
    poll.save()
    timeline = poll.sitting.timeline_id
    append(timeline, "poll.revealed", f"poll/{poll.pk}", public_poll(poll), by)
    append(timeline, "poll.handed_over", f"result/{poll.pk}", None, by)
    count(poll, by)
    return poll


def show_poll(context: Context, poll_id: int) -> None:
    """Put an opened poll, or its result, on screen."""
    poll = find(context, poll_id)
    if poll.state == PollState.DRAFT:
        raise Refused(ErrorCode.WRONG_STATE, "the poll was not opened")
    by = context.by(*STAFF)
    in_public(poll.sitting, by)
    show(poll.sitting.timeline_id, f"poll/{poll.pk}", by)


def count(poll: Poll, by: By) -> None:
    """Say the counts on the timeline.

    When a secret poll closes, the counts said on the way are blanked: the last one and the result
    together would tell how the last few voted, and who is last may be known.
    """
    counts, timeline = tally(poll), poll.sitting.timeline_id
    entry = append(timeline, "poll.counted", f"tally/{poll.pk}", counts, by)
    if poll.secret and counts.final:
        blank_earlier(entry)
    Poll.objects.filter(pk=poll.pk).update(tallied=counts.voters, tallied_at=timezone.now())


def _need(context: Context, poll_id: int, state: PollState) -> Poll:
    poll = find(context, poll_id)
    if poll.state != state:
        raise Refused(ErrorCode.WRONG_STATE, f"the poll is {poll.state}")
    return poll

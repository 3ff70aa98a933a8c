"""Ballots: one citizen one vote by constraint, many at once by two statements.

Of a secret ballot the database keeps who voted (`BallotMarker`) and how many votes each option
has (`PollOption.votes`), both changed in one transaction; nothing joins them. Ballots have no
receipt, their result never names the option, and nothing here logs one.
"""

from collections import Counter, defaultdict

from django.db import connection
from django.db.models import F

from consultations.models import BallotMarker, OpenBallot, Poll, PollOption, PollState
from consultations.protocol import CastBallot, MyBallot
from live.actions.context import Context
from live.models import Sitting, SittingState
from live.protocol.errors import ErrorCode, Refused
from live.protocol.registry import Done

VOTING = frozenset({SittingState.LIVE, SittingState.PAUSED})

Ballot = tuple[Context, CastBallot]


def cast(ballots: list[Ballot]) -> list[Done | Exception]:
    """Count ballots, any number of polls and voters in one go; an answer for each, in order.

    Polls are locked for the length of the transaction, so that no ballot lands after a count.
    """
    answers: list[Done | Exception] = [Refused(ErrorCode.NOT_FOUND, "no such poll")] * len(ballots)
    by_poll: dict[int, list[int]] = defaultdict(list)
    for index, (_, args) in enumerate(ballots):
        by_poll[args.poll].append(index)
    for poll in _locked(sorted(by_poll)):
        options = set(poll.options.values_list("pk", flat=True))
        open_now = _is_open(poll)
        valid: list[int] = []
        for index in by_poll[poll.pk]:
            context, args = ballots[index]
            if context.sitting_id != poll.sitting_id:
                continue
            if open_now is not None:
                answers[index] = open_now
            elif args.option not in options:
                answers[index] = Refused(ErrorCode.NOT_FOUND, "no such option", field="option")
            else:
                valid.append(index)
        _count(poll, [(index, *ballots[index]) for index in valid], answers)
    return answers


def _locked(ids: list[int]) -> list[Poll]:
    polls = Poll.objects.filter(pk__in=ids).order_by("pk")
    if connection.features.has_select_for_update:
        polls = polls.select_for_update(no_key=True)
    return list(polls)


def _is_open(poll: Poll) -> Refused | None:
    if poll.state != PollState.OPEN:
        return Refused(ErrorCode.POLL_CLOSED)
    state = Sitting.objects.values_list("state", flat=True).get(pk=poll.sitting_id)
    if state == SittingState.CLOSED_DOORS:
        return Refused(ErrorCode.CLOSED_DOORS)
    return None if state in VOTING else Refused(ErrorCode.WRONG_STATE, f"the sitting is {state}")


def _count(
    poll: Poll,
    ballots: list[tuple[int, Context, CastBallot]],
    answers: list[Done | Exception],
) -> None:
    if not ballots:
        return
    first: dict[int, tuple[int, int]] = {}
    for index, context, args in ballots:
        # The same person twice in one batch: the first counts.
        first.setdefault(context.person, (index, args.option))
        answers[index] = Refused(ErrorCode.ALREADY_VOTED)
    marked = _mark(poll, sorted(first))
    votes = Counter(first[person][1] for person in marked)
    for option, count in votes.items():
        PollOption.objects.filter(pk=option).update(votes=F("votes") + count)
    if not poll.secret:
        OpenBallot.objects.bulk_create(
            OpenBallot(poll=poll, person_id=person, option_id=first[person][1])
            for person in sorted(marked)
        )
    for person in marked:
        index, option = first[person]
        mine = MyBallot(voted=True, option=None if poll.secret else option)
        answers[index] = Done({"accepted": True}, {f"ballot/{poll.pk}": mine.model_dump()})


def _mark(poll: Poll, people: list[int]) -> list[int]:
    """Mark who votes; the people who had not voted yet."""
    rows = ", ".join(["(%s, %s)"] * len(people))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {BallotMarker._meta.db_table} (poll_id, person_id) VALUES {rows} "  # noqa: S608
            "ON CONFLICT DO NOTHING RETURNING person_id",
            [value for person in people for value in (poll.pk, person)],
        )
        return [row[0] for row in cursor.fetchall()]

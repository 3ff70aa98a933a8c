"""Ballots: one citizen one vote by constraint, many at once by a few statements.

Of a secret ballot the database keeps who voted (`BallotMarker`) and how many votes each option
has (`PollOption.votes`), both changed in one transaction; nothing joins them, nor the options
that one ballot chose together. Ballots have no receipt, their result never names the options, and
nothing here logs one.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import F

from communes.many import rows_of
from consultations.models import BallotMarker, LevelName, OpenBallot, Poll, PollOption, PollState
from consultations.protocol import CastBallot, MyBallot
from live.actions.context import Context
from live.models import SittingState
from live.protocol.errors import ErrorCode, Refused
from live.protocol.registry import Done

from .hooks import excluded
from .levels import counted, held_levels, refusal

VOTING = frozenset({SittingState.LIVE, SittingState.PAUSED})

Ballot = tuple[Context, CastBallot]
Answers = list[Done | Exception]


@dataclass(frozen=True, slots=True)
class Vote:
    """A ballot that may count: its place among the answers, and what it says."""

    index: int
    person: int
    options: frozenset[int]


def cast(ballots: list[Ballot]) -> Answers:
    """Count ballots, any number of polls and voters in one go; an answer for each, in order.

    Polls are locked for the length of the transaction, so that no ballot lands after a count.
    """
    answers: Answers = [Refused(ErrorCode.NOT_FOUND, "no such poll")] * len(ballots)
    by_poll: dict[int, list[int]] = defaultdict(list)
    for index, (_, args) in enumerate(ballots):
        by_poll[args.poll].append(index)
    for poll, state, options in _locked(sorted(by_poll)):
        mine = [
            index for index in by_poll[poll.pk] if ballots[index][0].sitting_id == poll.sitting_id
        ]
        closed = _closed(poll, state)
        if closed is not None:
            for index in mine:
                answers[index] = closed
            continue
        votes = _read(poll, options, {index: ballots[index] for index in mine}, answers)
        _count(poll, _permitted(poll, votes, answers), answers)
    return answers


def _locked(ids: list[int]) -> list[tuple[Poll, str, set[int]]]:
    """These polls, locked, each with the state of its sitting and its options."""
    polls = Poll.objects.filter(pk__in=ids).order_by("pk")
    if connection.features.has_select_for_update:
        polls = polls.select_for_update(no_key=True)
    locked = list(polls)
    # After the lock, not with it: a sitting's state is to be that of now.
    states: dict[int, str] = {}
    options: dict[int, set[int]] = defaultdict(set)
    for poll, option, state in PollOption.objects.filter(poll__in=ids).values_list(
        "poll_id", "pk", "poll__sitting__state"
    ):
        states[poll] = state
        options[poll].add(option)
    return [(poll, states[poll.pk], options[poll.pk]) for poll in locked]


def _closed(poll: Poll, state: str) -> Refused | None:
    """Why nobody may vote now; `state` is the sitting's."""
    if poll.state != PollState.OPEN:
        return Refused(ErrorCode.POLL_CLOSED)
    if state == SittingState.CLOSED_DOORS:
        return Refused(ErrorCode.CLOSED_DOORS)
    return None if state in VOTING else Refused(ErrorCode.WRONG_STATE, f"the sitting is {state}")


def _read(
    poll: Poll, known: set[int], ballots: Mapping[int, Ballot], answers: Answers
) -> list[Vote]:
    """The ballots that say something this poll, with options `known`, can count; of one person
    the first."""
    votes: list[Vote] = []
    voting: set[int] = set()
    for index, (context, args) in ballots.items():
        chosen = frozenset(args.options)
        if not chosen <= known:
            answers[index] = Refused(ErrorCode.NOT_FOUND, "no such option", field="options")
        elif not (
            len(chosen) == len(args.options) and poll.min_choices <= len(chosen) <= poll.max_choices
        ):
            wanted = f"{poll.min_choices} to {poll.max_choices} different options"
            answers[index] = Refused(ErrorCode.INVALID, wanted, field="options")
        elif context.person in voting:
            answers[index] = Refused(ErrorCode.ALREADY_VOTED)
        else:
            voting.add(context.person)
            votes.append(Vote(index, context.person, chosen))
    return votes


def _permitted(poll: Poll, votes: list[Vote], answers: Answers) -> dict[Vote, LevelName]:
    """Those who may vote in this poll, with the level they count under."""
    if not votes:
        return {}
    people = [vote.person for vote in votes]
    barred = excluded("vote", poll.sitting_id, people)
    levels = held_levels(poll.sitting_id, people)
    permitted: dict[Vote, LevelName] = {}
    for vote in votes:
        if vote.person in barred:
            answers[vote.index] = barred[vote.person]
        elif poll.level not in levels[vote.person]:
            answers[vote.index] = refusal(poll.level)
        else:
            permitted[vote] = counted(levels[vote.person])
    return permitted


def _count(poll: Poll, votes: dict[Vote, LevelName], answers: Answers) -> None:
    if not votes:
        return
    new = _mark(poll, votes)
    accepted = [vote for vote in votes if vote.person in new]
    _raise(poll, Counter(option for vote in accepted for option in vote.options))
    Poll.objects.filter(pk=poll.pk).update(voters=F("voters") + len(accepted))
    if not poll.secret:
        OpenBallot.objects.bulk_create(
            OpenBallot(poll=poll, person_id=vote.person, option_id=option)
            for vote in accepted
            for option in sorted(vote.options)
        )
    for vote in votes:
        if vote.person not in new:
            answers[vote.index] = Refused(ErrorCode.ALREADY_VOTED)
            continue
        mine = MyBallot(voted=True, options=[] if poll.secret else sorted(vote.options))
        answers[vote.index] = Done({"accepted": True}, {f"ballot/{poll.pk}": mine.model_dump()})


def _raise(poll: Poll, counts: Counter[int]) -> None:
    """Raise the counters, all of them in one statement: were only those written that changed,
    PostgreSQL's row versions would say which transaction, and so which markers, changed which."""
    cases = " ".join(["WHEN %s THEN %s"] * len(counts))
    more = f"CASE id {cases} ELSE 0 END" if counts else "0"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {PollOption._meta.db_table} SET votes = votes + {more} WHERE poll_id = %s",  # noqa: S608
            [*(value for pair in counts.items() for value in pair), poll.pk],
        )


def _mark(poll: Poll, votes: dict[Vote, LevelName]) -> set[int]:
    """Mark who votes; the people who had not voted yet."""
    markers = sorted((vote.person, level.value) for vote, level in votes.items())
    people, levels = [person for person, _ in markers], [level for _, level in markers]
    rows, values = rows_of([poll.pk] * len(markers), people, levels)
    with connection.cursor() as cursor:
        # WHERE true: without it SQLite reads ON CONFLICT as the join of a SELECT.
        cursor.execute(
            f"INSERT INTO {BallotMarker._meta.db_table} (poll_id, person_id, level) "
            f"{rows} WHERE true ON CONFLICT DO NOTHING RETURNING person_id",
            values,
        )
        return {row[0] for row in cursor.fetchall()}

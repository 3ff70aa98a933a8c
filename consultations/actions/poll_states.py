"""From polls to the states that entries carry."""

from collections import defaultdict

from django.db.models import Count

from consultations.models import BallotMarker, OpenBallot, Poll, PollKind, PollState
from consultations.protocol import (
    HiddenResult,
    LevelTally,
    PollOptionState,
    PollTally,
    PreparedPoll,
    PublicPoll,
)
from live.actions.facts import optional
from live.timeline.read import milliseconds

from .levels import shown_levels


def _options(poll: Poll) -> list[PollOptionState]:
    return [
        PollOptionState(id=option.pk, label=option.label, code=option.code)
        for option in poll.options.all()
    ]


def prepared_poll(poll: Poll) -> PreparedPoll:
    """The state of key `prepared/<id>`."""
    return PreparedPoll.model_validate(
        {
            "id": poll.pk,
            "prompt": poll.prompt,
            "kind": poll.kind,
            "options": _options(poll),
            "min_choices": poll.min_choices,
            "max_choices": poll.max_choices,
            "secret": poll.secret,
            "results": poll.results,
            "level": poll.level or None,
            "by_level": poll.by_level,
        }
    )


def public_poll(poll: Poll) -> PublicPoll:
    """The state of key `poll/<id>`, once it was opened."""
    if poll.opened_at is None:
        raise ValueError("a poll that was never opened is not public")
    return PublicPoll.model_validate(
        {
            "id": poll.pk,
            "prompt": poll.prompt,
            "kind": poll.kind,
            "options": _options(poll),
            "min_choices": poll.min_choices,
            "max_choices": poll.max_choices,
            "secret": poll.secret,
            "results": poll.results,
            "level": poll.level,
            "by_level": poll.by_level,
            "state": "closed" if poll.state == PollState.CLOSED else "open",
            "revealed": poll.revealed,
            "opened_at": milliseconds(poll.opened_at),
            "closed_at": optional(poll.closed_at),
        }
    )


def tally(poll: Poll) -> PollTally:
    """What everyone may know of the count as it stands: of a hidden result, how many voted."""
    if not poll.revealed:
        return PollTally(voters=poll.voters, votes={}, mean=None, levels={}, final=False)
    votes = _votes(poll)
    return PollTally(
        voters=poll.voters,
        votes=votes,
        mean=_mean(poll),
        levels=_by_level(poll, list(votes)) if poll.by_level else {},
        final=poll.state == PollState.CLOSED,
    )


def hidden_result(poll: Poll) -> HiddenResult:
    """The state of key `result/<id>`."""
    return HiddenResult(voters=poll.voters, votes=_votes(poll), mean=_mean(poll))


def _votes(poll: Poll) -> dict[str, int]:
    return {str(option.pk): option.votes for option in poll.options.all()}


def _mean(poll: Poll) -> float | None:
    """The mean of a rating, on two decimals; null for other kinds and before the first vote."""
    if poll.kind != PollKind.RATING or not poll.voters:
        return None
    total = sum(int(option.code) * option.votes for option in poll.options.all())
    return round(total / poll.voters, 2)


def _by_level(poll: Poll, options: list[str]) -> dict[str, LevelTally]:
    voters = dict(
        BallotMarker.objects.filter(poll=poll)
        .values_list("level")
        .annotate(people=Count("person_id"))
    )
    votes: dict[str, dict[str, int]] = defaultdict(dict)
    if not poll.secret:
        # Of a secret ballot nothing is kept that could say more than the total does.
        level_of = dict(BallotMarker.objects.filter(poll=poll).values_list("person_id", "level"))
        for person, option in OpenBallot.objects.filter(poll=poll).values_list(
            "person_id", "option_id"
        ):
            counts = votes[level_of[person]]
            counts[str(option)] = counts.get(str(option), 0) + 1
    return {
        level: LevelTally(
            voters=people,
            votes={} if poll.secret else {key: votes[level].get(key, 0) for key in options},
        )
        for level, people in shown_levels(voters).items()
    }

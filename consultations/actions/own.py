"""What else concerns one person alone in one sitting: votes, level, reminder, promises."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from consultations.models import BallotMarker, Commitment, LevelName, OpenBallot, Reminder
from consultations.protocol import MyBallot, MyLevel

from .commitments import my_commitments
from .levels import PRECEDENCE, counted, held_levels
from .reminders import ways


def own_values(sitting_id: str, people: Collection[int]) -> dict[int, dict[str, Any]]:
    """The `mine` values `ballot/<id>`, `level`, `reminder` and `commitment/<id>` of these people.
    Those who have none are left out."""
    values: dict[int, dict[str, Any]] = defaultdict(dict)
    choices: dict[tuple[int, int], list[int]] = defaultdict(list)
    ballots = OpenBallot.objects.filter(person_id__in=people, poll__sitting_id=sitting_id)
    for person, poll, option in ballots.values_list("person_id", "poll_id", "option_id"):
        choices[person, poll].append(option)
    markers = BallotMarker.objects.filter(person_id__in=people, poll__sitting_id=sitting_id)
    for person, poll in markers.values_list("person_id", "poll_id"):
        ballot = MyBallot(voted=True, options=sorted(choices.get((person, poll), [])))
        values[person][f"ballot/{poll}"] = ballot.model_dump()
    for person, levels in held_levels(sitting_id, people).items():
        if levels != {LevelName.CONFIRMED.value}:
            values[person]["level"] = my_level(levels)
    reminded = Reminder.objects.filter(sitting_id=sitting_id, person_id__in=people)
    for person, reminder in ways(list(reminded.values_list("person_id", flat=True))).items():
        values[person]["reminder"] = reminder.model_dump()
    promises = Commitment.objects.filter(commune__sittings=sitting_id)
    for person, theirs in my_commitments(people, promises).items():
        values[person] |= theirs
    return dict(values)


def my_level(levels: frozenset[str]) -> dict[str, Any]:
    """The `mine` value `level`."""
    return MyLevel.model_validate(
        {
            "level": counted(levels).value,
            "levels": [level.value for level in PRECEDENCE if level in levels],
        }
    ).model_dump()

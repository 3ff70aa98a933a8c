"""What of a sitting's counters there is to read, asked in one statement.

Each process asks several times a second for each room (`tallies`), and mostly there is nothing.
Composing a query costs Django more than answering it costs the database; so this one is written
out, and only what it points to is read.
"""

from dataclasses import dataclass

from django.db import connection

from consultations.models import Commitment, Poll, PollState, Question, QuestionState
from consultations.models import ReactionWindow as Window
from live.models import Sitting

from . import reactions
from .question_states import PUBLISHED

#: Whose supports may still move, or have moved since the timeline last said them.
COUNTED = PUBLISHED | {QuestionState.NOT_REACHED}


@dataclass(frozen=True)
class Signs:
    """What there is in a sitting."""

    #: Questions whose supports differ from what the timeline says.
    questions: bool
    open_polls: bool
    #: Reactions that can be seen now.
    reactions: bool
    #: Windows of reactions that are over and not on the timeline yet.
    windows: bool
    #: Promises of the commune that people have confirmed or contested.
    voices: bool


def _statement() -> str:
    question, poll, window, commitment, sitting = (
        model._meta.db_table for model in (Question, Poll, Window, Commitment, Sitting)
    )
    states = ", ".join(f"'{state.value}'" for state in sorted(COUNTED))
    # Names and constants of ours alone; what varies is given as parameters.
    return f"""
        SELECT
            EXISTS (SELECT 1 FROM {question} WHERE sitting_id = %(sitting)s
                AND state IN ({states}) AND supports <> tallied),
            EXISTS (SELECT 1 FROM {poll} WHERE sitting_id = %(sitting)s
                AND state = '{PollState.OPEN.value}'),
            EXISTS (SELECT 1 FROM {window} WHERE sitting_id = %(sitting)s
                AND window_number >= %(window)s - 1),
            EXISTS (SELECT 1 FROM {window} WHERE sitting_id = %(sitting)s
                AND NOT said AND window_number < %(window)s),
            EXISTS (SELECT 1 FROM {commitment} WHERE (confirmed <> 0 OR contested <> 0)
                AND commune_id = (SELECT commune_id FROM {sitting} WHERE id = %(sitting)s))
    """  # noqa: S608


def signs(sitting_id: str) -> Signs:
    """What of a sitting's counters there is to read."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"sitting": sitting_id, "window": reactions.current_window()})
        row: tuple[object, ...] = cursor.fetchone()
    return Signs(*map(bool, row))

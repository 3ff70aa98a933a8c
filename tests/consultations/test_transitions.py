"""The one table of the states of a question."""

import pytest

from consultations.actions.transitions import TRANSITIONS, reachable
from consultations.models import QuestionState

Q = QuestionState
STATES = list(QuestionState)


def test_every_state_has_its_line():
    assert set(TRANSITIONS) == set(QuestionState)


@pytest.mark.parametrize("state", STATES)
def test_nothing_goes_to_itself(state):
    assert state not in TRANSITIONS[state]


def test_what_its_author_took_back_stays_so():
    assert not any(Q.WITHDRAWN in sources for sources in TRANSITIONS.values())


def test_every_other_state_is_left_again_or_final():
    final = {
        state for state in STATES if not any(state in sources for sources in TRANSITIONS.values())
    }
    assert final == {Q.WITHDRAWN}


@pytest.mark.parametrize("source", STATES)
@pytest.mark.parametrize("target", STATES)
def test_going_back_is_the_inverse_of_going_forth(source, target):
    assert reachable(source, target, back=True) == (
        reachable(source, target) or reachable(target, source)
    )

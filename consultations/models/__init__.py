"""What citizens contribute."""

from .polls import BallotMarker, OpenBallot, Poll, PollOption, PollState
from .questions import Question, QuestionState, Support

__all__ = [
    "BallotMarker",
    "OpenBallot",
    "Poll",
    "PollOption",
    "PollState",
    "Question",
    "QuestionState",
    "Support",
]

"""States and command arguments of what citizens contribute; one module per feature.

Importing this registers them. Times are in milliseconds since 1970.
"""

from .polls import (
    CastBallot,
    CreatePoll,
    MyBallot,
    PollOptionState,
    PollRef,
    PollTally,
    PreparedPoll,
    PublicPoll,
)
from .questions import (
    MyQuestion,
    MySupport,
    PublicQuestion,
    QuestionRef,
    QuestionReview,
    QuestionTally,
    RejectQuestion,
    SubmitQuestion,
)

__all__ = [
    "CastBallot",
    "CreatePoll",
    "MyBallot",
    "MyQuestion",
    "MySupport",
    "PollOptionState",
    "PollRef",
    "PollTally",
    "PreparedPoll",
    "PublicPoll",
    "PublicQuestion",
    "QuestionRef",
    "QuestionReview",
    "QuestionTally",
    "RejectQuestion",
    "SubmitQuestion",
]

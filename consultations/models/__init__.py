"""What citizens contribute."""

from .commitments import (
    Commitment,
    CommitmentFollower,
    CommitmentStatus,
    CommitmentUpdate,
    CommitmentVoice,
)
from .crowd import PresenceSample, PushDevice, ReactionWindow, Reminder
from .levels import HallEntry, LevelName, ListedNumber, Participation
from .polls import BallotMarker, OpenBallot, Poll, PollKind, PollOption, PollState, Results
from .questions import (
    AppealStatus,
    PendingRefusal,
    Question,
    QuestionState,
    ReasonCode,
    Support,
)
from .rules import Moderation, Signing, SittingRules

__all__ = [
    "AppealStatus",
    "BallotMarker",
    "Commitment",
    "CommitmentFollower",
    "CommitmentStatus",
    "CommitmentUpdate",
    "CommitmentVoice",
    "HallEntry",
    "LevelName",
    "ListedNumber",
    "Moderation",
    "OpenBallot",
    "Participation",
    "PendingRefusal",
    "Poll",
    "PollKind",
    "PollOption",
    "PollState",
    "PresenceSample",
    "PushDevice",
    "Question",
    "QuestionState",
    "ReactionWindow",
    "ReasonCode",
    "Reminder",
    "Results",
    "Signing",
    "SittingRules",
    "Support",
]

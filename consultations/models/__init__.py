"""What citizens contribute."""

from .commitments import (
    Commitment,
    CommitmentFollower,
    CommitmentStatus,
    CommitmentUpdate,
    CommitmentVoice,
)
from .concerns import (
    CATEGORIES,
    Comment,
    CommentState,
    Concern,
    ConcernBoard,
    ConcernCategory,
    ConcernFollower,
    ConcernPhoto,
    ConcernReferral,
    ConcernState,
    ConcernSupport,
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
    "CATEGORIES",
    "AppealStatus",
    "BallotMarker",
    "Comment",
    "CommentState",
    "Commitment",
    "CommitmentFollower",
    "CommitmentStatus",
    "CommitmentUpdate",
    "CommitmentVoice",
    "Concern",
    "ConcernBoard",
    "ConcernCategory",
    "ConcernFollower",
    "ConcernPhoto",
    "ConcernReferral",
    "ConcernState",
    "ConcernSupport",
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

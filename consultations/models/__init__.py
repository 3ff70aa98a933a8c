"""What citizens contribute."""

from .about import ABOUT, about_one
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
    Question,
    QuestionState,
    ReasonCode,
    Support,
)
from .refusals import PendingRefusal
from .rules import Moderation, Signing, SittingRules

__all__ = [
    "ABOUT",
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
    "about_one",
]

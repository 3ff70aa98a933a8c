"""What moderators decide, and what helps them to."""

from .channel import Note, StaffMessage
from .decisions import Claim, Decision, Verdict
from .duplicates import ConcernWord, Group, IndexedConcern, IndexedQuestion, IndexedWord
from .sanctions import Appeal, Report, Sanction, SanctionKind
from .words import WordList

__all__ = [
    "Appeal",
    "Claim",
    "ConcernWord",
    "Decision",
    "Group",
    "IndexedConcern",
    "IndexedQuestion",
    "IndexedWord",
    "Note",
    "Report",
    "Sanction",
    "SanctionKind",
    "StaffMessage",
    "Verdict",
    "WordList",
]

"""What moderators decide, and what helps them to."""

from .channel import Note, StaffMessage
from .decisions import Claim, Decision, Verdict
from .duplicates import Group, IndexedQuestion, IndexedWord
from .sanctions import Appeal, Report, Sanction, SanctionKind
from .words import WordList

__all__ = [
    "Appeal",
    "Claim",
    "Decision",
    "Group",
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

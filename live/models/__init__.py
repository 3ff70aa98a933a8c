"""Sittings and their timelines."""

from .media import ArchivedCopy, MediaCursor, Recording
from .papers import FiguresTable, HearingFile, HearingPicture, SittingDocument
from .sitting import AgendaItem, AgendaState, MediaServer, Sitting, SittingKind, SittingState
from .timeline import CommandReceipt, Entry, KeyState, Timeline

__all__ = [
    "AgendaItem",
    "AgendaState",
    "ArchivedCopy",
    "CommandReceipt",
    "Entry",
    "FiguresTable",
    "HearingFile",
    "HearingPicture",
    "KeyState",
    "MediaCursor",
    "MediaServer",
    "Recording",
    "Sitting",
    "SittingDocument",
    "SittingKind",
    "SittingState",
    "Timeline",
]

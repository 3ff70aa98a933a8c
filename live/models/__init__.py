"""Sittings and their timelines."""

from .media import MediaCursor, Recording
from .sitting import AgendaItem, AgendaState, Sitting, SittingKind, SittingState
from .timeline import CommandReceipt, Entry, KeyState, Timeline

__all__ = [
    "AgendaItem",
    "AgendaState",
    "CommandReceipt",
    "Entry",
    "KeyState",
    "MediaCursor",
    "Recording",
    "Sitting",
    "SittingKind",
    "SittingState",
    "Timeline",
]

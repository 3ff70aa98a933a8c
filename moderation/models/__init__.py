"""What moderators decide."""

from .decisions import Decision, Verdict

__all__ = ["Decision", "Verdict"]

"""What citizens and hosts do, registered with the protocol; one module per feature."""

from . import commitments, concerns, crowd, polls, questions

__all__ = ["commitments", "concerns", "crowd", "polls", "questions"]

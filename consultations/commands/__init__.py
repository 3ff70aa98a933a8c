"""What citizens and hosts do, registered with the protocol; one module per feature."""

from . import commitments, crowd, polls, questions

__all__ = ["commitments", "crowd", "polls", "questions"]

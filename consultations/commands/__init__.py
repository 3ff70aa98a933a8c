"""What citizens and hosts do, registered with the protocol; one module per feature."""

from . import polls, questions

__all__ = ["polls", "questions"]

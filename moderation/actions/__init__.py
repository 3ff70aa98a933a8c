"""Every decision of a moderator."""

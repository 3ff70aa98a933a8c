"""The transparency report: what moderation did, for everyone to read and to check."""

"""Filters that point out what a moderator should look at first. They never drop anything."""

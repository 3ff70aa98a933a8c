"""The HTTP API of what citizens contribute."""

"""Background tasks of what citizens contribute."""

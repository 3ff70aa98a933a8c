"""Every change to what citizens contribute."""

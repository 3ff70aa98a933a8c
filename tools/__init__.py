"""Programs behind the Makefile. Set-up uses the standard library alone."""

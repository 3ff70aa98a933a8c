"""Pages of signing in, of one's account and of a commune's team."""

"""What changes in a commune, as rules. Called in a write transaction."""

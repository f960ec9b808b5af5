"""Settings and the account."""

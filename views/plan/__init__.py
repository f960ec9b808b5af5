"""What to look for first."""

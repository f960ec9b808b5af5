"""What the person looked at, for themselves alone."""

"""What the register tells inspectors alone, and what is worth looking for first."""

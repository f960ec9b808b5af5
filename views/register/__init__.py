"""Looking up products without a code."""

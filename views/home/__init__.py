"""The first screen of somebody without an account."""

"""Audits of a shop's shelves: what stands there, what to take down, and what has changed since last time."""

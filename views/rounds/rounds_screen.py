"""The place of rounds: the one that is open, and those that were closed, by day."""

from __future__ import annotations

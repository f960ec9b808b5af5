"""Reads blurred, coarse, noisy or curved linear symbols by comparing a strip with what every code would look like."""

from services.decoding.linear.matcher import Match
from services.decoding.linear.reading import FoundSymbol, read

__all__ = ["FoundSymbol", "Match", "read"]

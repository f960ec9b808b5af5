"""Reads blurred, coarse, noisy or curved linear symbols by comparing a strip with the look of every possible code."""

from services.decoding.linear.matcher import Match
from services.decoding.linear.reading import FoundSymbol, read

__all__ = ["FoundSymbol", "Match", "read"]

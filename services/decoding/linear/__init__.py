"""Reads blurred, coarse, noisy or curved linear symbols by comparing a strip with what every code would look like."""

from services.decoding.linear.matcher import LINEAR, REACH, Match, read_patch
from services.decoding.linear.pictures import Sighting, read, unlike

__all__ = ["LINEAR", "REACH", "Match", "Sighting", "read", "read_patch", "unlike"]

"""Reads blurred, coarse, noisy or curved linear symbols by comparing a strip with what every code would look like."""

from services.decoding.linear.agreement import UNDECIDED, agreement
from services.decoding.linear.matcher import LINEAR, REACH, Match, read_patch
from services.decoding.linear.pictures import Sighting, read

__all__ = ["LINEAR", "REACH", "UNDECIDED", "Match", "Sighting", "agreement", "read", "read_patch"]

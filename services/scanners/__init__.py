"""Reads what handheld scanners type: whole bursts of keys, taken for what they are or refused with a reason."""

from services.scanners.reading import Burst, Frame, Refusal, Scan, read

__all__ = ["Burst", "Frame", "Refusal", "Scan", "read"]

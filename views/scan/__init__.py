"""Scanning: the first screen."""

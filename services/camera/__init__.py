"""Reads camera frames, and maps points of a frame onto the preview."""

"""Frames of a camera, and where in the preview a place of a frame is."""

"""Bringing the register to the device, and what was recorded to the server."""

"""Brings the register to the device, and records to the server."""

"""Keeps the device's copy of the register, and looks things up in it."""

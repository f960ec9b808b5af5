"""The device's copy of the register, and what can be found in it."""

"""Keeps what somebody looked at on this device, for themselves alone: it is never sent anywhere."""

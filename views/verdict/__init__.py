"""The screen with the verdict on what was scanned."""

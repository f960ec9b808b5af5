"""The verdict on what was scanned."""

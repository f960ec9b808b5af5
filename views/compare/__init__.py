"""The screen with a pack beside the registered label."""

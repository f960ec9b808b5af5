"""The screen with the settings and the account."""

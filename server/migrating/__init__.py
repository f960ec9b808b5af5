"""What migrations need so that the version before can go on while they run (CONTRIBUTING.md)."""

"""What was done in the office and by the system: who, when, what, the old value and the new one, and why."""

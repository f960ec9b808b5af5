"""What stands on paper of a closed round, and what a file or a code on paper proves (docs/paper-records.md)."""

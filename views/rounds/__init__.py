"""The screens of a round: open it, look after it, sign it, close it, and read what became of it."""

"""The screen that checks a round's record: the code on its paper, and its PDF."""

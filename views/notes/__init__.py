"""The screens for the list of notes, the note being written, and the signed note."""

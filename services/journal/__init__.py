"""Finds what was recorded again: notes, inspections and rounds in one list, with what became of them."""

"""Signed records of every kind: the record, the description of its kind, and the book that keeps records."""

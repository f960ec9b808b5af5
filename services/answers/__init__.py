"""Answers to what the office asks about a record."""

"""The words of a contract that have a name in the back office."""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """A word of the contract, and its name."""

    label: str

    def __new__(cls, value: str, label: str) -> Word:
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        return word

    @classmethod
    def label_of(cls, value: str) -> str:
        """The name of a word that a record holds."""
        return next(word.label for word in cls if word == value)

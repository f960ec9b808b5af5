"""What the office reads about an import: one Vietnamese sentence for each code, with `{}` for the detail."""

from __future__ import annotations

from imports.values import Problem

WORDS: dict[str, str] = {}


def told(problem: Problem) -> str:
    """The problem's sentence."""
    return WORDS[problem.code].format(problem.detail)

"""What the person looks up in the register, from any screen; kept while they leave the register's and come back."""

from __future__ import annotations

from dataclasses import dataclass, replace

import flet as ft

from services.register.lookup import NO_FILTER, Filter
from views.parts.shared import Shared

PAGE = 50
"""Rows that are drawn at a time."""

MOST = 500
"""The most rows drawn: people who look for one product narrow the search rather than scroll on."""


@dataclass(frozen=True)
class Sought:
    """The words and filters of a search, and how many rows of results are drawn."""

    text: str = ""
    where: Filter = NO_FILTER
    limit: int = PAGE

    @property
    def draws_most(self) -> bool:
        """Whether the list is as long as it may get."""
        return self.limit >= MOST


class RegisterSearch(ft.Observable):
    """Holds what is sought now; a new search is drawn from its first row."""

    def __init__(self) -> None:
        self.sought = Sought()

    def look_for(self, text: str) -> None:
        """Search for other words within the same filters."""
        if text != self.sought.text:
            self.sought = Sought(text, self.sought.where)

    def narrow(self, where: Filter) -> None:
        """Search for the same words within other filters."""
        self.sought = Sought(self.sought.text, where)

    def show_more(self) -> None:
        """Draw more rows of what was found."""
        self.sought = replace(self.sought, limit=min(MOST, self.sought.limit + PAGE))

    def clear(self) -> None:
        """Clear words and filters."""
        self.sought = Sought()


use_register_search = Shared[RegisterSearch]()

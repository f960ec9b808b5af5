"""Makes models read-only in the back office."""

from __future__ import annotations


class ReadOnly:
    """For admin classes: nothing may be added, changed or deleted."""

    def has_add_permission(self, *_: object) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, *_: object) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, *_: object) -> bool:
        """Refuse."""
        return False

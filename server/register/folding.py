"""Folded columns: what searches compare, kept beside the texts themselves (`letters` says how texts are folded)."""

from __future__ import annotations

from typing import Any

from django.db import models

from register.letters import fold, normal

__all__ = ["Folded", "fold", "normal"]


class Folded(models.TextField):  # type: ignore[type-arg] # generic in the stubs alone
    """A column that holds other columns of its row, folded, for searches with `__contains`.

    It follows them in `save` and `bulk_create`. Whoever writes by `update` or names fields to write sets it himself.
    """

    def __init__(self, *of: str, **options: Any) -> None:
        """`of` are the names of the columns, which hold texts."""
        super().__init__(**{"editable": False, "default": "", **options})
        self.of = of

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Describe the field to migrations."""
        name, path, _, options = super().deconstruct()
        return name, path, list(self.of), options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002 - Django's signature
        """Fold the columns as the row has them now."""
        text = fold(*(getattr(model_instance, name) for name in self.of))
        setattr(model_instance, self.attname, text)
        return text

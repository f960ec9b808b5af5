"""Cells of one size, side by side and below each other."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from views.design import GAP


def grid(cells: Sequence[ft.Control], columns: int = 2) -> ft.Control:
    """Cells of one size in rows: they can be aimed at without looking."""
    rows = [list(cells[n : n + columns]) for n in range(0, len(cells), columns)]
    for row in rows:
        row.extend(ft.Container(expand=True) for _missing in range(columns - len(row)))
    return ft.Column(
        [
            ft.Row(row, spacing=GAP, intrinsic_height=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)
            for row in rows
        ],
        spacing=GAP,
    )

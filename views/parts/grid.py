"""Cells of one size, side by side and below each other."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from views.design import GAP
from views.parts.room import use_room

_LEAST = 140
"""A cell with less room than this breaks its words within, in logical pixels of text that is not enlarged."""


@ft.component
def Grid(cells: Sequence[ft.Control], columns: int = 2) -> ft.Control:
    """Cells of one size in rows: they can be aimed at without looking. Enlarged text has fewer in a row."""
    room, measured = use_room()
    columns = max(1, min(columns, int(min(room, 10_000) // _LEAST)))
    rows = [list(cells[n : n + columns]) for n in range(0, len(cells), columns)]
    for row in rows:
        row.extend(ft.Container(expand=True) for _missing in range(columns - len(row)))
    lines: list[ft.Control] = [
        ft.Row(row, spacing=GAP, intrinsic_height=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)
        for row in rows
    ]
    return measured(ft.Column(lines, spacing=GAP))

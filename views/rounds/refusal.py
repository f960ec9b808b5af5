"""The reasons for which somebody does not sign: each is one tap, or said in own words."""

from __future__ import annotations

import flet as ft

from services.rounds.round import Role
from views.parts.texts import mark

LONGEST = 500

_REASONS: tuple[tuple[str, str, ft.IconData, frozenset[str]], ...] = (
    ("refuses", mark("Does not want to sign"), ft.Icons.DO_NOT_DISTURB_ON_OUTLINED, frozenset({Role.SELLER, Role.WITNESS})),
    ("absent", mark("Is not there"), ft.Icons.PERSON_OFF, frozenset({Role.SELLER})),
    ("none", mark("There is no witness"), ft.Icons.PERSON_OFF, frozenset({Role.WITNESS})),
    ("on-paper", mark("Signs on the paper"), ft.Icons.DRAW_OUTLINED, frozenset(Role)),
)

"""Says which lines of an audit should be taken down, by the same rule as the app (docs/api.md, "Audits")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

ENDED = ("withdrawn", "certificate_expired", "code_mismatch", "statement_invalid")
"""Verdicts that no shelf should show."""


def to_take_down(line: Mapping[str, Any], day: date) -> bool:
    """Whether a line, as it is sent, should be off the shelf on a day in Vietnam."""
    past = line["expiry"] is not None and date.fromisoformat(line["expiry"]) < day
    return past or (line["verdict"] is not None and line["verdict"]["status"] in ENDED)

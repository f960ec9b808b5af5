"""Says how goods stood as they were inspected: a disposition of the Core Business Vocabulary 2.0 (7.2), or nothing.

A wrong accusation is the worst that can be told here, and wrong praise comes next. So there is a disposition only where
the inspector found it and nothing else in the inspection speaks against it (docs/epcis.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from epcis.goods import is_sure
from rounds.inspection import Inspection
from rounds.words import Finding

Disposition = Literal["conformant", "non_conformant", "expired"]

CERTIFIED = frozenset({"certified", "certificate_expires_soon"})
"""Verdicts of the app by which the register, as the device knew it that day, says that the product is certified."""
_DIFFERS = frozenset({Finding.STARS_DIFFER, Finding.LABEL_DIFFERS})
_DOUBTS_WHAT_IT_IS = frozenset({Finding.LOOKS_COPIED, Finding.CODE_DIFFERS})
"""Then the goods may be another producer's, and nothing is told of the product that the code names."""


def disposition(said: Inspection, earliest: date | None, latest: date) -> Disposition | None:
    """The disposition of the goods. They were inspected from `earliest` (None: nobody knows) to `latest`."""
    found = set(said.findings)
    if found & _DOUBTS_WHAT_IT_IS or not is_sure(said):
        return None
    if found & _DIFFERS:
        return "non_conformant"
    best_before = list(_expiries(said))
    if Finding.PAST_DATE in found:
        return "expired" if all(day < latest for day in best_before) else None
    if found != {Finding.MATCHES}:
        return None
    fits = said.verdict is None or said.verdict.status in CERTIFIED
    past = earliest is not None and any(day < earliest for day in best_before)
    return "conformant" if fits and not past else None


def _expiries(said: Inspection) -> Iterable[date]:
    """Every last day that code or label name."""
    for text in (said.expiry.code, said.expiry.label, *(code.expiry for code in said.codes)):
        if text is not None:
            yield date.fromisoformat(text)

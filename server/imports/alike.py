"""Finds producers of the register that are likely the same: by name, telephone and tax code. A person decides."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from imports.known import LookAlikes
from register.models import Producer

NAME, PHONE, TAX_CODE = "tên gần giống", "cùng điện thoại", "cùng mã số thuế"
_FEWEST_DIGITS = 9
"""Shorter telephone numbers are those of services, which many may give."""


@dataclass(frozen=True)
class Twin:
    """Another producer that is likely the same, and what the two have in common."""

    pk: int
    name: str
    why: tuple[str, ...]


Likely = Mapping[int, list[Twin]]
_Row = tuple[int, str, str, str]


def likely_same() -> Likely:
    """The twins of each producer that has some; worked out anew only where a producer was changed."""
    return _find(tuple(Producer.objects.order_by("pk").values_list("pk", "name", "phone", "tax_code")))


@lru_cache(maxsize=2)
def _find(rows: tuple[_Row, ...]) -> Likely:
    names = LookAlikes()
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for pk, name, phone, tax_code in rows:
        names.add(name, str(pk))
        for why, said in ((PHONE, _digits(phone)), (TAX_CODE, tax_code)):
            if said:
                alike[why, said].append(pk)
    found: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    groups = [(NAME, [pk, *(int(key) for key in names.near(name) if int(key) != pk)]) for pk, name, _, _ in rows]
    groups += [(why, [pk, *(one for one in keys if one != pk)]) for (why, _), keys in alike.items() for pk in keys]
    for why, (pk, *others) in groups:
        for other in others:
            found[pk][other].append(why)
    called = {pk: name for pk, name, _, _ in rows}
    return {pk: [Twin(one, called[one], tuple(why)) for one, why in others.items()] for pk, others in found.items()}


def _digits(phone: str) -> str:
    digits = re.sub(r"\D", "", re.sub(r"^\s*\+84", "0", phone))
    return digits if len(digits) >= _FEWEST_DIGITS else ""

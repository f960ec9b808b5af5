"""Makes inputs of a fuzzer's bytes: choices, texts, and documents with a few places changed to what nobody expects."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

_DEEP: Any = []
for _ in range(200):
    _DEEP = [_DEEP]

_TOO_DEEP = "\ue000"
"""Stands for lists in lists, more than any parser follows, which no document of Python's can hold."""

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, 10**30, -(10**30), 0.5, -0.0, 1e308, "", " ", "0", "-1",
    "1e400", "\x00", "\ud800", "\u202e",
    "\ufeff", "²", "٣", "9" * 400, "a" * 5000, "ễ", "e\u0302\u0303", "\r\n", "=1+1", "../../x", "<script>", "%00",
    "2026-02-30", "2026-02-28",
    "0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999Z",
    "2026-11-23T24:00:00Z",
    "2026-11-23T08:00:00+07:00", "09520000100016", "9520000000011", "0" * 64, "f" * 64,
    "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11",
    "https://a.example/01/09520000100016", "javascript:alert(1)", "eyJhbGciOiJFZERTQSJ9.e30." + "A" * 86, [], {},
    [None], [[]], {"": None},
    ["a"] * 3000, _DEEP, _TOO_DEEP,
)  # fmt: skip
"""What takes the place of a value somewhere in a document."""


@dataclass(frozen=True)
class Target:
    """Something that reads what comes from outside.

    `run` takes any bytes and raises nothing: what a parser may say of bad input is caught in it. `seeds` are inputs
    from which fuzzing begins, and `packages` what is watched for new ways through the code.
    """

    run: Callable[[bytes], object]
    seeds: Sequence[bytes] = (b"",)
    packages: tuple[str, ...] = ("services",)


@dataclass
class Given:
    """The bytes of one run, taken piece by piece; what is over is zeros."""

    data: bytes
    _at: int = field(default=0, init=False)

    def byte(self) -> int:
        """The next byte."""
        self._at += 1
        return self.data[self._at - 1] if self._at <= len(self.data) else 0

    def below(self, count: int) -> int:
        """A number from 0 to `count` - 1."""
        return (self.byte() | self.byte() << 8) % count if count > 256 else self.byte() % count

    def one_of(self, choices: Sequence[T]) -> T:
        """One of these."""
        return choices[self.below(len(choices))]

    def rest(self) -> bytes:
        """All that is left."""
        left = self.data[self._at :]
        self._at = len(self.data)
        return left

    def some(self) -> bytes:
        """A piece of up to 255 bytes."""
        size = self.byte()
        piece = self.data[self._at : self._at + size]
        self._at += size
        return piece

    def more(self) -> bool:
        """Whether anything is left."""
        return self._at < len(self.data)


def text_of(data: bytes) -> str:
    """The bytes as text, half surrogates too, which JSON can hold."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def changed(document: Any, given: Given, most: int = 4) -> Any:
    """A copy of a document of JSON with up to `most` places changed: another value, one gone, one more."""
    made = copy.deepcopy(document)
    for _ in range(1 + given.below(most)):
        if not given.more():
            break
        made = _changed_once(made, given)
    return made


def deepened(document: Any) -> bytes:
    """A document as JSON, with lists that are nested too deeply where `changed` has put their mark."""
    return json.dumps(document).replace(json.dumps(_TOO_DEEP), "[" * 1500 + "]" * 1500).encode()


def _changed_once(document: Any, given: Given) -> Any:
    holder: Any = None
    at: Any = None
    here = document
    while isinstance(here, dict | list) and here and given.byte() % (32 if holder is None else 5) != 4:
        holder = here
        at = given.one_of(sorted(here) if isinstance(here, dict) else range(len(here)))
        here = holder[at]
    value = _value(here, given)
    if holder is None:
        return value
    way = given.below(5)
    if way == 0:
        del holder[at]
    elif way == 1 and isinstance(holder, dict):
        holder[text_of(given.some())] = value
    elif way == 1:
        holder.insert(at, value)
    else:
        holder[at] = value
    return document


def _value(here: Any, given: Given) -> Any:
    if given.byte() % 3 == 0 and isinstance(here, str):
        piece, cut = text_of(given.some()), given.below(len(here) + 1)
        return here[:cut] + piece + here[cut + given.below(4) :]
    return text_of(given.some()) if given.byte() % 6 == 0 else copy.deepcopy(given.one_of(STRANGE))

"""The notation of docs/api.md, JSON with `or`, `...` and names of other blocks, as shapes that can be checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r'\s*(?:("[^"]*")|(-?\d+(?:\.\d+)?)|(\.\.\.)|([A-Za-z]+)|([{}\[\],:]))')
_KINDS = (
    (re.compile(r"<UUID>"), re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")),
    (re.compile(r"<64 hex>"), re.compile(r"[0-9a-f]{64}")),
    (re.compile(r"\d{14}"), re.compile(r"\d{14}")),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")),
    (re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\d")),
)
"""What an example says of every text in its place: its form."""


@dataclass(frozen=True)
class Example:
    """A text or number that stands for all of its form."""

    value: str | int | float


@dataclass(frozen=True)
class Word:
    """`true`, `false`, `null`; `...`, which is any text; or the name of another block."""

    name: str


@dataclass(frozen=True)
class Record:
    """An object with exactly these fields."""

    fields: Mapping[str, Shape]


@dataclass(frozen=True)
class Several:
    """An array whose members each have one of these shapes."""

    members: tuple[Shape, ...]


@dataclass(frozen=True)
class OneOf:
    """Alternatives."""

    shapes: tuple[Shape, ...]


Shape = Example | Word | Record | Several | OneOf


def parse(text: str) -> Shape:
    """Read one block. Raises ValueError where it is not in the notation."""
    tokens = [match.group().strip() for match in _TOKEN.finditer(text)]
    if "".join(tokens) != re.sub(r'\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', "", text):
        raise ValueError(f"not in the notation: {text}")
    reader = iter([*tokens, ""])
    shape, rest = _alternatives(reader, next(reader))
    if rest:
        raise ValueError(f"{rest!r} is left over in: {text}")
    return shape


def _alternatives(tokens: Iterator[str], token: str) -> tuple[Shape, str]:
    shape, token = _one(tokens, token)
    shapes = [shape]
    while token == "or":
        shape, token = _one(tokens, next(tokens))
        shapes.append(shape)
    return (OneOf(tuple(shapes)) if len(shapes) > 1 else shape), token


def _one(tokens: Iterator[str], token: str) -> tuple[Shape, str]:
    if token == "{":
        fields: dict[str, Shape] = {}
        while token != "}":
            name, colon = next(tokens), next(tokens)
            if not name.startswith('"') or colon != ":" or name[1:-1] in fields:
                raise ValueError(f"{name}{colon} begins no new field")
            fields[name[1:-1]], token = _alternatives(tokens, next(tokens))
        return Record(fields), next(tokens)
    if token == "[":
        members: list[Shape] = []
        while token != "]":
            member, token = _alternatives(tokens, next(tokens))
            members.append(member)
        if members[1:] and members[-1] == Word("..."):
            members.pop()
        return Several(tuple(members)), next(tokens)
    if token.startswith('"'):
        return Example(token[1:-1]), next(tokens)
    if re.fullmatch(r"-?\d+(\.\d+)?", token):
        return Example(float(token) if "." in token else int(token)), next(tokens)
    if token == "..." or token.isalpha():
        return Word(token), next(tokens)
    raise ValueError(f"{token!r} begins no value")


def alternatives(shape: Shape, names: Mapping[str, Shape]) -> tuple[Shape, ...]:
    """The shapes that may stand here, names replaced by what they name."""
    if isinstance(shape, OneOf):
        return tuple(one for part in shape.shapes for one in alternatives(part, names))
    return (names[shape.name] if isinstance(shape, Word) and shape.name in names else shape,)


def misfits(shape: Shape, value: Any, names: Mapping[str, Shape], at: str = "") -> list[str]:
    """Where a JSON value is not as the shape says; empty where it is."""
    shapes = alternatives(shape, names)
    texts = [s.value for s in shapes if isinstance(s, Example) and isinstance(s.value, str)]
    if len(texts) > 1 and Word("...") not in shapes and isinstance(value, str):
        return [] if value in texts else [f"{at}: {value!r} is none of {texts}"]
    tries = [_misfits(s, value, names, at) for s in shapes]
    return [] if [] in tries else min(tries, key=lambda found: (-_depth(found), len(found)))


def _depth(found: list[str]) -> int:
    return max(place.count(".") for place in found)


def _misfits(shape: Shape, value: Any, names: Mapping[str, Shape], at: str) -> list[str]:
    if isinstance(shape, Record) and isinstance(value, dict):
        missing = [f"{at}.{name} is missing" for name in shape.fields if name not in value]
        unknown = [f"{at}.{name} is not documented" for name in value if name not in shape.fields]
        inside = [m for n, s in shape.fields.items() if n in value for m in misfits(s, value[n], names, f"{at}.{n}")]
        return missing + unknown + inside
    if isinstance(shape, Several) and isinstance(value, list):
        return [m for i, v in enumerate(value) for m in misfits(OneOf(shape.members), v, names, f"{at}[{i}]")]
    if isinstance(shape, Word) and shape.name in _WORDS and value is _WORDS[shape.name]:
        return []
    if shape == Word("...") and isinstance(value, str):
        return []
    if isinstance(shape, Example) and _is_like(shape.value, value):
        return []
    return [f"{at}: {value!r} is not like {shape}"]


_WORDS = {"true": True, "false": False, "null": None}


def _is_like(example: str | float, value: Any) -> bool:
    if isinstance(example, str):
        form = next((form for kind, form in _KINDS if kind.fullmatch(example)), None)
        return isinstance(value, str) and (form is None or form.fullmatch(value) is not None)
    numbers = (int, float) if isinstance(example, float) else int
    return isinstance(value, numbers) and not isinstance(value, bool)


def example(shape: Shape, names: Mapping[str, Shape], *, uuid: str) -> Any:
    """A value as the shape says: the first of all alternatives; every `<UUID>` is `uuid`."""
    first = alternatives(shape, names)[0]
    if isinstance(first, Record):
        return {name: example(field, names, uuid=uuid) for name, field in first.fields.items()}
    if isinstance(first, Several):
        return [example(member, names, uuid=uuid) for member in first.members]
    if isinstance(first, Word):
        return _WORDS.get(first.name, "")
    return {"<UUID>": uuid, "<64 hex>": "0" * 64}.get(str(first.value), first.value)

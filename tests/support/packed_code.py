"""What the app's code names: services of the device, files among the assets, arguments of calls."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache

import flet as ft

from tests.support.flet_build import ROOT

_IN_ASSETS = re.compile(r"(?:assets|icons|locale|samples|scanner|tones)/[^ \n]*$")


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    """Each module of the app that packages run: by its path, what is written in it."""
    rooms = (ROOT / name for name in ("commands", "printing", "services", "views"))
    paths = [ROOT / "main.py", *(path for room in rooms for path in room.rglob("*.py"))]
    return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def used_services() -> dict[str, list[str]]:
    """The services of the device that the code names, as `flet.Share`, and in which modules."""
    found: dict[str, list[str]] = {}
    for path, tree in trees():
        called = {
            alias.asname or alias.name: alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
            if alias.name.split(".")[0].startswith("flet") and "." not in alias.name
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in called:
                package = called[node.value.id]
                kind = getattr(importlib.import_module(package), node.attr, None)
                if isinstance(kind, type) and (issubclass(kind, ft.Service) or node.attr == "Camera"):
                    found.setdefault(f"{package}.{node.attr}", []).append(path)
    return found


def keywords(name: str) -> Iterator[tuple[str, ast.expr]]:
    """What is given under this name, as an argument of a call or in a dictionary of arguments."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == name:
                yield path, node.value
            elif isinstance(node, ast.Dict):
                yield from (
                    (path, value)
                    for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant) and key.value == name
                )


def named_assets() -> set[str]:
    """The files among the assets that the code names, `*` standing for what it fills in."""
    found: set[str] = set()
    for _path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and "assets_folder()" in ast.unparse(node):
                found.add("/".join(_parts(node)))
            elif isinstance(node, ast.keyword) and node.arg == "src" and _IN_ASSETS.match(text := _text(node.value)):
                found.add(text)
    # Shorter paths are folders that longer ones go through.
    return {name for name in found if not any(other.startswith(name + "/") for other in found)}


def _parts(node: ast.expr) -> list[str]:
    if isinstance(node, ast.BinOp):
        return [*_parts(node.left), *_parts(node.right)]
    return [] if isinstance(node, ast.Call) else [_text(node)]


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
    return "*"

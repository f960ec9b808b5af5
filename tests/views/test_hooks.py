"""Hooks are called in the same order at each drawing: Flet tells them apart by nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import views

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SOMETIMES = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Try)


def conditional_hooks(function: ast.FunctionDef) -> Iterator[int]:
    """The lines on which a function calls a hook that another drawing may leave out."""
    returned = False

    def within(node: ast.AST, *, sometimes: bool) -> Iterator[int]:
        nonlocal returned
        if isinstance(node, _FUNCTIONS):
            return
        if isinstance(node, ast.Call) and (sometimes or returned):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called.startswith("use_"):
                yield node.lineno
        if isinstance(node, ast.Return) and sometimes:
            returned = True
        always: list[ast.AST] = []
        if isinstance(node, ast.If | ast.IfExp):
            always = [node.test]
        elif isinstance(node, ast.BoolOp):
            always = [node.values[0]]
        forks = bool(always) or isinstance(node, _SOMETIMES)
        for child in ast.iter_child_nodes(node):
            yield from within(child, sometimes=sometimes or (forks and child not in always))

    for statement in function.body:
        yield from within(statement, sometimes=False)


def test_no_hook_is_called_only_sometimes() -> None:
    folder = Path(views.__file__).parent
    found = [
        f"{path.relative_to(folder)}:{line}"
        for path in folder.rglob("*.py")
        if "use_" in (source := path.read_text(encoding="utf-8"))
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.FunctionDef)
        for line in conditional_hooks(function)
    ]
    assert found == []

"""Names the test files that a change can reach: `python -m tests.support.affected [REVISION]`.

Follows what has changed since REVISION (HEAD unless given), including files that git does not know yet, backwards
through the project's own imports to the test files. Three kinds of arrow are no import statement: a text that names a
file of the project (a program that is started, a data file that is read), a text by which Django finds a module, and a
fixture of a conftest.py. A file that nothing names counts as a change of its folder.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
REAL_SERVER = "tests/support/registry_server.py"
"""Tests that ask a real server take long: they are named for a change in their own room, not for one far below."""

EVERYTHING = ("pyproject.toml", "requirements/", "scripts/common.sh", "scripts/test", "tests/support/affected.py")
"""Files that any test may depend on: every test file is named when one of these has changed."""

Arrows = Mapping[str, frozenset[str]]
"""The files that each file uses directly; paths are from the project's folder."""


@dataclass
class _Names:
    """What a Python file refers to: modules it imports, texts in it, fixtures its tests may ask for."""

    modules: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)

    def __ior__(self, other: _Names) -> _Names:
        self.modules |= other.modules
        self.texts |= other.texts
        self.paths |= other.paths
        self.asked |= other.asked
        return self


def affected(changed: Iterable[str], files: Iterable[str], sources: Mapping[str, str]) -> list[str]:
    """The test files that `changed` can reach, of the project's `files`; `sources` has the text of each Python file."""
    known = set(files)
    tests = sorted(path for path in sources if _is_test(path))
    changed = set(changed)
    if any(path.startswith(EVERYTHING) for path in changed):
        return tests
    used_by: dict[str, set[str]] = defaultdict(set)
    for user, used in arrows(known, sources).items():
        for path in used:
            used_by[path].add(user)
    reached = _reached([start for path in changed for start in _starts(path, known, used_by)], used_by)
    live, near = _reached([REAL_SERVER], used_by), tuple(place for path in changed for place in _mirrored(path))
    return [path for path in tests if path in reached and (path not in live or path.startswith(near))]


def _reached(waiting: list[str], used_by: Mapping[str, set[str]]) -> set[str]:
    """The files that use these, one through another."""
    reached: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting.extend(used_by.get(path, ()))
    return reached


def _mirrored(path: str) -> tuple[str, ...]:
    """Where the tests of a file's own room are, or those that share a file of the tests."""
    if path.startswith("tests/support/"):
        return ("tests/",)
    if path.startswith("tests/"):
        return (f"{PurePosixPath(path).parent}/",)
    room = "/".join(PurePosixPath(path).parts[:-1][:2])
    return (f"tests/{room}/", *(("tests/contract/",) if path.startswith("server/") else ()))


def arrows(known: set[str], sources: Mapping[str, str]) -> Arrows:
    """What each Python file uses itself."""
    project, trees = _Project(known), {path: _parsed(source) for path, source in sources.items()}
    names = {path: _names(tree) for path, tree in trees.items()}
    conftests = {path: _Conftest(tree) for path, tree in trees.items() if _name(path) == "conftest.py"}
    found: dict[str, frozenset[str]] = {}
    for path, spoken in names.items():
        if path in conftests:
            found[path] = frozenset()  # a test uses only what the fixtures use that it asks for
            continue
        used = set(project.used(path, spoken))
        if _is_test(path):
            used |= {str(folder / "conftest.py") for folder in PurePosixPath(path).parents} & set(conftests)
        for conftest in used & set(conftests):
            used |= set(project.used(conftest, conftests[conftest].spoken_for(spoken.asked)))
        found[path] = frozenset(used - {path})
    return found


def _starts(path: str, known: set[str], used_by: Mapping[str, set[str]]) -> Iterator[str]:
    """Where a changed file's way to the tests begins: at itself, or at its folder where nothing refers to it."""
    yield path
    if used_by.get(path) or _is_test(path):
        return
    if path.startswith("assets/"):  # the screens show it
        yield from (other for other in known if other.startswith(("views/", "tests/views/")))
    for folder in PurePosixPath(path).parents:
        near = [other for other in known if other.endswith(".py") and str(PurePosixPath(other).parent) == str(folder)]
        if near and str(folder) != ".":
            yield from near
            return


class _Project:
    """Finds the file that a module's name, a text or a path refers to."""

    def __init__(self, known: set[str]) -> None:
        self._known = known
        self._folders: dict[str, list[str]] = defaultdict(list)
        self._tails: dict[str, list[str]] = defaultdict(list)
        for path in sorted(known):
            parts = PurePosixPath(path).parts
            for n in range(1, len(parts)):
                self._folders["/".join(parts[:n])].append(path)
            for n in range(len(parts)):
                self._tails["/".join(parts[n:])].append(path)

    def used(self, path: str, spoken: _Names) -> Iterator[str]:
        for module in spoken.modules:
            yield from self._module(module, path)
        for text in spoken.texts:
            if "." in text or "/" in text:  # "test" is a word, and not the name of scripts/test
                yield from self._tails.get(text, ())
            if path.startswith(("server/", "tests/server/")):
                yield from self._module(text, path, whole=True)
        for text in spoken.paths:
            yield from self._tails.get(text) or self._folders.get(text) or ()

    def _module(self, name: str, path: str, *, whole: bool = False) -> Iterator[str]:
        """A module's file, and its parent packages, which an import runs as well; `whole`: all files of a package."""
        parts = name.split(".")
        for root in ("", "server/", "tests/", f"{PurePosixPath(path).parent}/"):
            at = root + "/".join(parts)
            for n in range(1, len(parts) + 1):
                if (init := f"{root}{'/'.join(parts[:n])}/__init__.py") in self._known:
                    yield init
            if f"{at}.py" in self._known:
                yield f"{at}.py"
            elif whole and f"{at}/__init__.py" in self._known:
                yield from self._folders[at]


class _Conftest:
    """What a conftest.py refers to, by the fixture that needs it."""

    def __init__(self, tree: ast.Module) -> None:
        self._parts: dict[str, _Names] = {}
        self._always = _Names()
        imported: dict[str, str] = {}
        for statement in tree.body:
            if isinstance(statement, ast.ImportFrom | ast.Import):
                for alias in statement.names:
                    name = f"{statement.module}.{alias.name}" if isinstance(statement, ast.ImportFrom) else alias.name
                    imported[alias.asname or alias.name.split(".")[0]] = name
        self._always.modules |= {imported[name] for name in imported.keys() - _mentioned(tree)}
        for statement in tree.body:
            if isinstance(statement, ast.ImportFrom | ast.Import):
                continue
            spoken = _names(statement)
            for used in _mentioned(statement):
                if module := imported.get(used):
                    spoken.modules |= {module, module.rpartition(".")[0]}
            spoken.asked |= _mentioned(statement)
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self._parts[statement.name] = spoken
                if "autouse" in ast.dump(statement) or statement.name.startswith("pytest_"):
                    self._always |= spoken
            elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                self._parts[statement.targets[0].id] = spoken
            else:
                self._always |= spoken

    def spoken_for(self, asked: Iterable[str]) -> _Names:
        """What the fixtures and helpers of these names need, directly or through others."""
        found, seen = _Names(), set[str]()
        found |= self._always
        waiting = [*asked, *self._always.asked]
        while waiting:
            name = waiting.pop()
            if name in self._parts and name not in seen:
                seen.add(name)
                found |= self._parts[name]
                waiting.extend(self._parts[name].asked)
        return found


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:  # the file is still being written; the tests that use it will fail
        return ast.Module([], [])


def _names(tree: ast.AST) -> _Names:
    found = _Names()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found.modules |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module), names=names, level=0):
                found.modules |= {module} | {f"{module}.{alias.name}" for alias in names}
                found.asked |= {alias.name for alias in names}  # helpers of a conftest
            case ast.Constant(value=str(text)):
                found.texts.add(text.strip("/"))
                found.asked.add(text)  # usefixtures("...")
            case ast.BinOp(op=ast.Div()) if path := _path(node):
                found.paths.add(path)
            case ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments):
                found.asked |= {argument.arg for argument in arguments.args + arguments.kwonlyargs}
    return found


def _path(node: ast.expr) -> str | None:
    """`ROOT / "server" / "serve.py"` as `server/serve.py`: the texts after a constant's name."""
    texts: list[str] = []
    while isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant) and isinstance(node.right.value, str):
        texts.append(node.right.value)
        node = node.left
    return "/".join(reversed(texts)) if texts and isinstance(node, ast.Name) and node.id.isupper() else None


def _mentioned(tree: ast.AST) -> set[str]:
    """Names that are read, and arguments, which in a fixture name other fixtures."""
    nodes = list(ast.walk(tree))
    return {node.id for node in nodes if isinstance(node, ast.Name)} | {
        node.arg for node in nodes if isinstance(node, ast.arg)
    }


def _name(path: str) -> str:
    return PurePosixPath(path).name


def _is_test(path: str) -> bool:
    return _name(path).startswith("test_") and path.endswith(".py")


def _git(*arguments: str) -> set[str]:
    run = subprocess.run(["git", *arguments, "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(filter(None, run.stdout.split("\0")))


def main(arguments: list[str]) -> int:
    """Print the test files, one a line, and on standard error the changes they follow from."""
    new = _git("ls-files", "--others", "--exclude-standard")
    changed = new | _git("diff", "--name-only", "--no-renames", *(arguments or ["HEAD"]))
    files = {path for path in new | _git("ls-files") if (ROOT / path).is_file()}
    sources = {path: (ROOT / path).read_text(encoding="utf-8") for path in files if path.endswith(".py")}
    found = affected(changed, files, sources)
    print(f"{len(changed)} files have changed; {len(found)} test files depend on them", file=sys.stderr)
    print(*found, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

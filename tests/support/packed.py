"""A package of `flet build`, laid out in a folder as its device has it, so that the app can be started from there.

What Flutter and Dart would do is done here instead, with this machine's wheels of the same packages. serious_python
copies the app without what is excluded, compiles it and deletes the sources; pip installs the requirements, which are
cleaned and compiled likewise. On Android, pure Python is then read from one archive, unless `extract_packages` names
the package, and modules of C are loaded by their names from elsewhere. Phones' wheels of OpenCV are the bare module of
C: what their package adds in Python (`cv2.typing`, `cv2.data` …) is not there.
"""

from __future__ import annotations

import contextlib
import json
import os
import py_compile
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import cache_from_source
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.flet_build import ROOT, Build

FLET_RECIPES = frozenset(
    {"cffi", "charset-normalizer", "cryptography", "fonttools", "msgpack", "numpy", "opencv-python", "pillow", "pyzbar"}
)
"""Packages with modules of C that phones can have: Flet's recipes, and two that are published as pure Python, too."""

WITHOUT_ON_DEVICES = frozenset(
    {"curses", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "test", "tkinter", "turtle", "turtledemo", "wsgiref"}
)
"""What Flet's builds of Python leave out of the standard library."""

_JUNK = (".c", ".h", ".cpp", ".hpp", ".typed", ".pyi", ".pxd", ".pyx", ".a", ".pdb")
_JUNK_ON_PHONES = (".exe", ".dll")
_ONLY_ON_COMPUTERS = re.compile(r"cv2/(?!__init__\.py)|flutter/")
"""What this machine's wheels hold and phones' do not, and what Flutter takes out of the packages."""
_MODULE_OF_C = re.compile(r"\.(cpython-[^/]+|abi3)\.so$")
_WALK = Path(__file__).with_name("packed_walk.py")


def app_files(build: Build) -> Iterator[str]:
    """The files of the project that are packed, by their paths in it: what serious_python would copy."""
    excluded = set(build.values_of("--exclude"))
    for folder, folders, files in os.walk(ROOT):
        inside = os.path.relpath(folder, ROOT).removeprefix(".")
        prefix = f"{inside}/" if inside else ""
        folders[:] = [name for name in folders if prefix + name not in excluded]
        yield from (prefix + name for name in files if prefix + name not in excluded)


def needed(requirements: list[str]) -> dict[str, Distribution | None]:
    """The distributions that these requirements lead to, by name; None for what is not installed here."""
    found: dict[str, Distribution | None] = {}
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found or not (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            continue
        try:
            found[name] = installed = distribution(name)
        except PackageNotFoundError:
            found[name] = None
            continue
        if installed.version not in requirement.specifier:
            raise AssertionError(f"{name} {installed.version} is installed here, and {requirement} is packed")
        waiting += [Requirement(text) for text in installed.requires or []]
    return found


def has_modules_of_c(installed: Distribution) -> bool:
    """Whether a distribution needs a wheel of its own for each kind of device."""
    return any(_MODULE_OF_C.search(str(file)) for file in installed.files or [])


@dataclass(frozen=True)
class Layout:
    """A package as its device has it: the app's folder, what is searched for modules, modules of C by their names."""

    app: Path
    path: tuple[Path, ...]
    modules_of_c: dict[str, str]
    sizes: dict[str, int]

    def walk(self, scratch: Path, *, phone: bool) -> dict[str, Any]:
        """Start the app from here in a process of its own, go through it, and give what it told."""
        scratch.mkdir(parents=True, exist_ok=True)
        told = scratch / "told.json"
        layout = {
            "app": str(self.app),
            "path": [str(entry) for entry in self.path],
            "modules_of_c": self.modules_of_c,
            "absent": sorted(WITHOUT_ON_DEVICES),
            "platform": "android" if phone else "linux",
            "data": str(scratch / "data"),
            "told": str(told),
            "client": str(ROOT / "tests/views/headless.py"),
        }
        ours = {"HOME", "PATH", "LANG", "LD_LIBRARY_PATH"}
        run = subprocess.run(
            [sys.executable, "-I", "-S", "-B", str(_WALK), json.dumps(layout)],
            env={
                **{name: value for name, value in os.environ.items() if name in ours},
                "PYTHONTZPATH": "",  # a device may have no zones of its own
                "FLET_APP_STORAGE_DATA": str(scratch / "data"),
                "FLET_ASSETS_DIR": str(self.app / "assets"),
                "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            },
            cwd=scratch,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if run.returncode or not told.exists():
            raise AssertionError(f"the packed app does not run:\n{run.stdout[-2000:]}\n{run.stderr[-4000:]}")
        return json.loads(told.read_text())  # type: ignore[no-any-return]


def lay_out(build: Build, into: Path) -> Layout:
    """Lay a package out as its device would have it, with the wheels of this machine."""
    app, site = into / "app", into / "site-packages"
    for file in app_files(build):
        _put(str(ROOT / file), app / file, compiled="--compile-app" in build.commands[0])
    compiled = "--compile-packages" in build.commands[0]
    if build.package_platform not in ("Android", "iOS"):
        for path, source in _packed_files(build, phone=False):
            _put(source, site / path, compiled=compiled)
        return Layout(app, (site,), {}, {"app": _size(app), "packages": _size(site)})
    pure, modules_of_c = _split(_packed_files(build, phone=True))
    extract, archive = into / "extract", into / "sitepackages.zip"
    on_disk = build.android_extract_packages if build.package_platform == "Android" else ["*"]
    extracted = {path for path in pure if any(fnmatch(path.partition("/")[0], package) for package in on_disk)}
    for path in extracted:
        _put(pure[path], extract / path, compiled=compiled)
    _store({path: source for path, source in pure.items() if path not in extracted}, archive, compiled=compiled)
    sizes = {"app": _size(app), "packages": _size(extract) + archive.stat().st_size}
    return Layout(app, (extract, archive), modules_of_c, sizes)


def _packed_files(build: Build, *, phone: bool) -> Iterator[tuple[str, str]]:
    """The files of the packages by their places, and where they are here: what pip would install, without the junk."""
    junk = (*_JUNK, *(_JUNK_ON_PHONES if phone else ()))
    for name, installed in needed(build.requirements).items():
        if installed is None and not phone:
            raise AssertionError(f"{name} is packed and not installed here")
        base = str(installed.locate_file("")) if installed else ""
        for path in map(str, (installed.files if installed else None) or []):
            if not path.startswith(("..", "bin/")) and "__pycache__" not in path and not path.endswith(junk):
                yield path, f"{base}/{path}"


def _split(files: Iterator[tuple[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """What phones have of the packages: pure Python and its data by their paths, modules of C by their names."""
    pure, modules_of_c = {}, {}
    for path, source in files:
        if _MODULE_OF_C.search(path):
            name = _MODULE_OF_C.sub("", path).replace("/", ".")
            modules_of_c["cv2" if name == "cv2.cv2" else name] = source
        elif ".so" not in path and not _ONLY_ON_COMPUTERS.match(path):
            pure[path] = source
    return pure, modules_of_c


def _put(source: str, target: Path, *, compiled: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix != ".py":
        target.symlink_to(Path(source).resolve())
    elif compiled:
        target.with_suffix(".pyc").write_bytes(_compiled(source))
    else:
        shutil.copyfile(source, target)


def _compiled(source: str) -> bytes:
    """What compileall makes of a module, taken from what Python has compiled already where that is of now."""
    told = Path(source).stat()
    expected = b"".join((number & 0xFFFFFFFF).to_bytes(4, "little") for number in (0, int(told.st_mtime), told.st_size))
    with contextlib.suppress(OSError):
        content = Path(cache_from_source(source)).read_bytes()
        if content[4:16] == expected:
            return content
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "module.pyc"
        py_compile.compile(source, str(made))
        return made.read_bytes()


def _store(files: dict[str, str], archive: Path, *, compiled: bool) -> None:
    """Put files into an archive as Android's build does: not packed, and each package with an `__init__`."""
    holding: set[str] = set()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as zipped:
        for path, source in files.items():
            if compiled and path.endswith(".py"):
                zipped.writestr(path + "c", _compiled(source))
            else:
                zipped.write(source, path)
            if path.endswith(".py"):
                holding.update(map(str, PurePosixPath(path).parents))
        for package in sorted(holding - {"."}):
            if f"{package}/__init__.py" not in files:
                zipped.writestr(f"{package}/__init__.py", b"")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

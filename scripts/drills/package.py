"""What `flet build` packs for each target, up to where Flutter would start, and the app started from what is packed."""
# drill: what flet build packs for each target: the app started from there, the wheels of each system, the sizes

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from frame import Figures
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.flet_build import DESKTOPS, PHONES, TARGETS, Build, read_as_flet_does
from tests.support.packed import FLET_RECIPES, Layout, app_files, has_modules_of_c, lay_out, needed
from tests.support.packed_walk import SCREENS

PYTHON_OF_FLET = "3.14"
"""What Flet 1.0.5 bundles where nothing else is asked for: the newest that `requires-python` admits."""

SYSTEMS = {
    "windows": {"Windows": "win_amd64"},
    "linux": {"Linux, x86-64": "manylinux_2_28_x86_64 manylinux_2_17_x86_64 manylinux2014_x86_64"},
    "macos": {
        "macOS, Apple's processors": "macosx_14_0_arm64 macosx_12_0_arm64 macosx_11_0_arm64",
        "macOS, Intel's": "macosx_14_0_x86_64 macosx_12_0_x86_64 macosx_10_13_x86_64 macosx_10_9_x86_64",
    },
}
STARTED = {"apk": "Android", "ipa": "iOS", "linux": "Linux"}
"""Whose packages are laid out and started here. The other targets pack the same as one of these, but for wheels."""


def main() -> None:
    """Read the project for each target, start what can be started here, and look for wheels."""
    figures = Figures("package")
    with tempfile.TemporaryDirectory(prefix="ocop-package-") as name:
        scratch = Path(name)
        builds = {target: _read(target, scratch / "build") for target in TARGETS}
        for target, build in builds.items():
            files = list(app_files(build))
            reached = build.commands[-1][1] == "build"
            figures.hold(f"{target}: read up to Flutter", reached, f"{len(files)} files packed")
        for target, system in STARTED.items():
            _start(figures, system, builds[target], scratch / target)
        _wheels_of_phones(figures, builds)
        for target, systems in SYSTEMS.items():
            for system, tags in systems.items():
                _wheels_of_a_computer(figures, builds[target], system, tags.split())
    figures.exit()


def _read(target: str, scratch: Path) -> Build:
    with contextlib.redirect_stdout(io.StringIO()):
        return read_as_flet_does(target, scratch)


def _start(figures: Figures, system: str, build: Build, scratch: Path) -> None:
    phone = build.target_platform in PHONES
    layout: Layout = lay_out(build, scratch / "package")
    for part, size in layout.sizes.items():
        figures.tell(f"{system}: {part}, not packed (packages: this machine's wheels)", f"{size / 1e6:.1f} MB")
    told: dict[str, Any] = layout.walk(scratch / "device", phone=phone)
    for what, why in list(told["failed"].items())[:5]:
        figures.tell(f"{system}: {what}", why[:200])
    figures.hold(f"{system}: modules of the app imported", not told["failed"], f"{len(told['modules'])}")
    figures.hold(f"{system}: screens opened", told["screens"] == list(SCREENS), f"{len(told['screens'])}")
    missing = [line.split()[0] for line in told["engines"].splitlines() if "missing:" in line]
    figures.hold(f"{system}: decoding engines that are not there", missing == (["zxing-cpp"] if phone else []), missing)
    figures.tell(f"{system}: files of the app opened", len(told["opened"]))


def _wheels_of_phones(figures: Figures, builds: dict[str, Build]) -> None:
    """Pure Python is asked of the registry; what has modules of C is held against Flet's recipes."""
    for target in ("apk", "ipa"):
        found = needed(builds[target].requirements)
        with_c = {name for name, installed in found.items() if installed and has_modules_of_c(installed)} | {"pyzbar"}
        figures.hold(f"{target}: packages with modules of C that Flet builds", with_c <= FLET_RECIPES, len(with_c))
    # Both phones get the same; each by itself, since what they need in turn is in the list.
    pure = sorted({_exactly(name, installed) for name, installed in found.items() if name not in with_c})
    why = _resolve(["any"], pure, "--no-deps")
    figures.hold("phones: pure wheels in the registry", not why, why or f"{len(pure)} packages")


def _exactly(name: str, installed: Any) -> str:
    return f"{name}=={installed.version}" if installed else name


def _wheels_of_a_computer(figures: Figures, build: Build, system: str, tags: list[str]) -> None:
    assert build.target_platform in DESKTOPS
    names = {canonicalize_name(Requirement(text).name) for text in build.requirements}
    why = _resolve(tags, build.requirements)
    figures.hold(f"{system}: wheels for Python {PYTHON_OF_FLET}", not why, why or f"{len(names)} and what they need")


def _resolve(tags: list[str], requirements: list[str], *options: str) -> str:
    """Let pip choose the wheels for a system, without fetching what it can know without; empty, or why it cannot."""
    platforms = [word for tag in tags for word in ("--platform", tag)]
    how = ["--dry-run", "--ignore-installed", "--quiet", "--only-binary", ":all:", "--implementation", "cp"]
    how += ["--python-version", PYTHON_OF_FLET, *platforms, *options]
    with tempfile.TemporaryDirectory() as target:
        run = subprocess.run(
            [sys.executable, "-m", "pip", "install", *how, "--target", target, *requirements],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    lines: Iterator[str] = (line for line in run.stderr.splitlines() if line.startswith("ERROR"))
    return next(lines, f"pip ended with {run.returncode}") if run.returncode else ""


if __name__ == "__main__":
    main()

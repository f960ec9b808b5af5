"""`flet build` of this project, run by Flet's own command up to where it needs Flutter or Dart."""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path
from typing import Any

from flet_cli.commands.build import Command
from flet_cli.utils.processes import subprocess
from flet_cli.utils.pyproject_toml import load_pyproject_toml
from flet_cli.utils.python_versions import PythonRelease

ROOT = Path(__file__).resolve().parents[2]
PHONES = ("apk", "aab", "ipa", "ios-simulator")
DESKTOPS = ("windows", "macos", "linux")
TARGETS = (*PHONES, *DESKTOPS, "web")


class Build(Command):  # type: ignore[misc] # Flet's command line has no types
    """Flet's build command without Flutter: what it would run is kept instead of run."""

    def __init__(self, target: str, build_dir: Path, flutter_dir: Path) -> None:
        parser = argparse.ArgumentParser()
        super().__init__(parser)
        self.options = parser.parse_args([target, str(ROOT)])
        self.target_platform = target
        self.package_platform = self.platforms[target]["package_platform"]
        self.config_platform = self.platforms[target]["config_platform"]
        self.python_app_path = ROOT
        self.build_dir, self.flutter_dir, self.out_dir = build_dir, flutter_dir, build_dir / "out"
        self.flutter_packages_dir = build_dir / "flutter-packages"
        self.flutter_packages_temp_dir = build_dir / "flutter-packages-temp"
        self.python_release = PythonRelease("3.12", "3.12.0", "0.27.0", ("arm64-v8a", "x86_64"), prerelease=False)
        self.template_digest = "0"
        self.emojis = {"checkmark": ""}
        self.dart_exe = self.flutter_exe = "not-installed"
        self.keys: set[str] = set()
        self.commands: list[list[str]] = []
        read = load_pyproject_toml(ROOT)

        def recorded(key: str | None = None) -> Any:
            self.keys.add(key or "")
            return read(key)

        self.get_pyproject = recorded

    def update_status(self, status: str) -> None:
        pass

    def cleanup(self, exit_code: int, message: Any = None, no_border: bool = False) -> None:
        raise AssertionError(f"flet build {self.target_platform} stops with {exit_code}: {message}")

    def run(self, args: list[str], cwd: Any, env: Any = None, capture_output: bool = True) -> Any:
        self.commands.append(args)
        # What the two commands of a build would have left behind.
        (self.flutter_dir / "app").mkdir(parents=True, exist_ok=True)
        (self.flutter_dir / "app" / "app.zip").touch()
        (self.build_dir / "python-app").mkdir(exist_ok=True)
        return subprocess.CompletedProcess(args, 0, "", "")

    def values_of(self, flag: str) -> list[str]:
        return [value for args in self.commands for name, value in itertools.pairwise(args) if name == flag]

    @property
    def requirements(self) -> list[str]:
        """What pip would install for this target."""
        return self.values_of("-r")


def read_as_flet_does(target: str, tmp_path: Path) -> Build:
    flutter_dir = tmp_path / target / "flutter"
    flutter_dir.mkdir(parents=True)
    build = Build(target, tmp_path / target, flutter_dir)
    build.validate_entry_point()
    build.setup_template_data()
    # The runtime of Pyodide is a download and not configuration.
    build.resolve_no_cdn = lambda: False
    build.package_python_app()
    build.customize_icons()
    build.customize_splash_images()
    build.run_flutter()
    return build

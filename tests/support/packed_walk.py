"""Runs inside a packed app (tests/support/packed.py) with nothing but what the package holds, and tells how it went.

It imports every module of the app, opens each screen, reads a picture, draws a PDF, and asks what lies in packages'
own files: zones, the public suffix list, certificates of authorities.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.machinery
import importlib.util
import io
import json
import logging
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

WEB_SERVER = frozenset({"views.bridge.serving", "views.bridge.client_files", "views.bridge.packing"})
"""Modules of the browser version, which no package holds the libraries of."""

SCREENS = (
    "/", "/scan", "/register", "/register/place", "/history", "/notes", "/rounds", "/audits", "/settings",
    "/settings/scanner", "/samples", "/report", "/reports", "/waiting", "/paper", "/labels/check", "/compare",
    "/verdict?c=9529999999993&s=typed", "/refused", "/p/09520000100018",
)  # fmt: skip


class _AsOnTheDevice(MetaPathFinder):
    """Finds modules of C by their names, and none of what the device's Python lacks."""

    def __init__(self, modules_of_c: dict[str, str], absent: Sequence[str]) -> None:
        self.modules_of_c, self.absent = modules_of_c, set(absent)

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> Any:
        if name.partition(".")[0] in self.absent:
            raise ModuleNotFoundError(f"No module named {name!r} on devices", name=name)
        if file := self.modules_of_c.get(name):
            loader = importlib.machinery.ExtensionFileLoader(name, file)
            return importlib.util.spec_from_file_location(name, file, loader=loader)
        return None


def main(layout: dict[str, Any]) -> None:
    """Go through the app, and write what was opened of it and what failed."""
    app = layout["app"]
    opened: set[str] = set()

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str) and arguments[0].startswith(app):
            opened.add(os.path.relpath(arguments[0], app))

    # Python's own folders are there already, and what is installed on this machine is not: this runs with -I and -S.
    sys.path[:0] = [app, *layout["path"]]
    sys.meta_path.insert(0, _AsOnTheDevice(layout["modules_of_c"], layout["absent"]))
    sys.addaudithook(watch)
    logging.disable(logging.WARNING)
    told: dict[str, Any] = {"failed": {}, "modules": [], "engines": "", "screens": [], "done": []}
    _import_all(app, told)
    for doing in (_read_a_picture, _draw_a_report, _ask_packages, _open_screens):
        try:
            doing(layout, told)
            told["done"].append(doing.__name__)
        except (Exception, SystemExit) as error:
            told["failed"][doing.__name__] = f"{type(error).__name__}: {error}"
    told["opened"] = sorted(opened)
    Path(layout["told"]).write_text(json.dumps(told))


def _import_all(app: str, told: dict[str, Any]) -> None:
    for folder in ("commands", "printing", "services", "views"):
        for file in sorted(Path(app, folder).rglob("*.py*")):
            name = ".".join(file.relative_to(app).with_suffix("").parts).removesuffix(".__init__")
            if name in WEB_SERVER or file.suffix not in (".py", ".pyc"):
                continue
            try:
                importlib.import_module(name)
                told["modules"].append(name)
            except Exception as error:
                told["failed"][name] = f"{type(error).__name__}: {error}"


def _run(*arguments: str) -> str:
    import main as entry

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        entry.main(arguments)
    return said.getvalue()


def _read_a_picture(layout: dict[str, Any], told: dict[str, Any]) -> None:
    told["engines"] = _run("--version")
    label = layout["app"] + "/assets/samples/withdrawn.png"
    assert "gtin" in _run("scan", label, "--data", layout["data"] + "-scan")


def _draw_a_report(layout: dict[str, Any], _told: dict[str, Any]) -> None:
    label = layout["app"] + "/assets/samples/withdrawn.png"
    report = layout["data"] + "-report.pdf"
    asked = ["--width-mm", "60", "--data", layout["data"] + "-check", "--language", "vi"]
    _run("check-label", label, "--pdf", report, *asked)
    assert Path(report).read_bytes().startswith(b"%PDF")


def _ask_packages(_layout: dict[str, Any], _told: dict[str, Any]) -> None:
    import certifi
    import requests
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from services.links.domains import registrable_domain
    from services.register.certificates import VIETNAM

    assert registrable_domain("qn.check.net.vn") == "check.net.vn"
    assert str(VIETNAM) == "Asia/Ho_Chi_Minh"
    key = Ed25519PrivateKey.generate()
    key.public_key().verify(key.sign(b"x"), b"x")
    assert Path(certifi.where()).is_file()
    assert requests.Session()


def _open_screens(layout: dict[str, Any], told: dict[str, Any]) -> None:
    # The client that is played is of the tests; all that it uses is the package's.
    spec = importlib.util.spec_from_file_location("headless", layout["client"])
    assert spec is not None
    assert spec.loader is not None
    headless = importlib.util.module_from_spec(spec)
    sys.modules["headless"] = headless
    spec.loader.exec_module(headless)

    from services.workspace import Workspace
    from views.parts import fonts

    fonts._A_FRAME = 0

    async def visit() -> None:
        workspace = Workspace.open(Path(layout["data"]), server=None)
        try:
            async with headless.Client(workspace, platform=layout["platform"], route="/") as app:
                for address in SCREENS:
                    await app.go(address)
                    assert app.words(), address
                    told["screens"].append(address)
        finally:
            workspace.close()

    asyncio.run(visit())


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

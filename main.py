"""OCOP Verify: wires the services to the screens and starts Flet, or reads pictures on the command line."""

from __future__ import annotations

import argparse
import logging
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from services import VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; the exit code is 0 for success, 2 for unusable input."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=os.environ.get("OCOP_LOG", "WARNING"), format="%(levelname)s %(name)s: %(message)s")
    data = options.data or _data_folder()
    if options.version:
        return _version()
    if options.command == "scan":
        from services.command_line import scan

        return scan(options.files, data)
    return _serve(options, data)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ocop-verify", description="Tells whether an OCOP product is what its code says."
    )
    parser.add_argument("--version", action="store_true", help="print the version and the decoding engines present")
    parser.add_argument("--web", action="store_true", help="serve the browser version instead of opening a window")
    parser.add_argument("--port", type=int, default=8550, help="port of the browser version (8550)")
    parser.add_argument("--host", default="127.0.0.1", help="address that the browser version listens on (127.0.0.1)")
    parser.add_argument("--no-open", action="store_true", help="do not open a browser")
    parser.add_argument("--server", help="address of the registry server; else OCOP_VERIFY_SERVER, else the saved one")
    parser.add_argument("--data", type=Path, help="folder of everything kept on this device")
    commands = parser.add_subparsers(dest="command")
    scan = commands.add_parser("scan", help="read picture files, one JSON line a code")
    scan.add_argument("files", nargs="+", type=Path, metavar="FILE")
    scan.add_argument("--data", type=Path, default=argparse.SUPPRESS, help="folder of everything kept on this device")
    return parser


def _data_folder() -> Path:
    """Where this device keeps its data: as told, as a packaged app is told, or where the system wants it."""
    import platformdirs

    told = os.environ.get("OCOP_VERIFY_DATA") or os.environ.get("FLET_APP_STORAGE_DATA")
    return Path(told) if told else platformdirs.user_data_path("ocop-verify", appauthor=False)


def _version() -> int:
    from services.decoding import Missing, present

    print(f"OCOP Verify {VERSION} (Python {platform.python_version()})")
    for engine in present():
        state = f"missing: {engine.reason}" if isinstance(engine, Missing) else engine.version
        print(f"  {engine.name:<15} {state}")
    return 0


def _serve(options: argparse.Namespace, data: Path) -> int:
    import flet as ft

    from services.storage import FolderInUse
    from services.workspace import Workspace
    from views.app import start
    from views.parts.texts import assets_folder

    try:
        workspace = Workspace.open(data, server=options.server or os.environ.get("OCOP_VERIFY_SERVER"))
    except FolderInUse as error:
        print(f"ocop-verify: {error}", file=sys.stderr)
        return 2

    async def session(page: ft.Page) -> None:
        await start(page, workspace)

    view: ft.AppView | None = ft.AppView.FLET_APP
    if options.web:
        view = None if options.no_open else ft.AppView.WEB_BROWSER
        os.environ.setdefault("FLET_DISPLAY_URL_PREFIX", "")
    try:
        ft.run(
            session,
            view=view,
            host=options.host if options.web else None,
            port=options.port if options.web else 0,
            assets_dir=str(assets_folder()),
            no_cdn=True,
        )
    finally:
        workspace.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

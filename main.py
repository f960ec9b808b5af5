"""Starts OCOP Verify: connects the services with the screens and runs Flet, or runs a command of the command line."""

from __future__ import annotations

import argparse
import logging
import os
import platform
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from services import VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; the exit code is 0 for success, 2 for unusable input."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    for room in ("services", "views"):  # not Flet's, which tell what is typed, even passwords
        logging.getLogger(room).setLevel(os.environ.get("OCOP_LOG", "WARNING"))
    data = options.data or _data_folder()
    if options.version:
        return _version()
    if options.command == "scan":
        from commands.scan import scan

        return scan(options.files, data)
    if options.command == "check-record":
        from commands.check_record import check_record

        return check_record(options.files, data)
    if options.command == "labels":
        return _labels(options, data)
    if options.command == "check-label":
        return _check_label(options, data)
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
    record = commands.add_parser(
        "check-record", help="check the PDF of a round's or an audit's record, or its paper's code"
    )
    record.add_argument("files", nargs="+", metavar="FILE", help="PDFs, or addresses that a paper's code says")
    record.add_argument("--data", type=Path, default=argparse.SUPPRESS, help="folder of everything kept on this device")
    labels = commands.add_parser("labels", help="make a PDF with codes of products, to print or to show on a screen")
    labels.add_argument("gtins", nargs="*", metavar="GTIN", help="products by their GTIN")
    labels.add_argument("--search", metavar="WORDS", help="and those that the register's search finds")
    labels.add_argument("--all", action="store_true", help="and all others, up to 1000")
    labels.add_argument("--output", type=Path, default=Path("labels.pdf"), metavar="FILE", help="(labels.pdf)")
    labels.add_argument("--lot", help="what the codes say of the pack, instead of a demonstration's")
    labels.add_argument("--serial", help="the same; an empty text leaves it out")
    labels.add_argument("--expiry", type=_day, metavar="DD/MM/YYYY", help="last good day")
    labels.add_argument("--server", default=argparse.SUPPRESS, help="ask this server, and not this device's copy")
    labels.add_argument("--data", type=Path, default=argparse.SUPPRESS, help="folder of everything kept on this device")
    check = commands.add_parser("check-label", help="check the artwork of a label before it is printed")
    check.add_argument("file", type=Path, metavar="FILE", help="a PDF, or a picture as PNG, JPEG or WebP")
    check.add_argument("--width-mm", type=float, metavar="W", help="width in print of a picture that does not say it")
    check.add_argument("--gtin", help="the number that the label is for")
    check.add_argument("--stars", type=int, choices=range(6), metavar="N", help="stars that the label shows, 0 to 5")
    check.add_argument("--pdf", type=Path, metavar="OUT", help="write the report to this PDF")
    check.add_argument("--json", action="store_true", help="print the findings as JSON")
    check.add_argument("--language", choices=("vi", "en"), help="instead of the system's language")
    check.add_argument("--data", type=Path, default=argparse.SUPPRESS, help="folder of everything kept on this device")
    return parser


def _day(text: str) -> date:
    """A day as 31/12/2027 or 2027-12-31. Raises ValueError for any other text."""
    return datetime.strptime(text, "%d/%m/%Y" if "/" in text else "%Y-%m-%d").date()  # noqa: DTZ007 - only the day


def _labels(options: argparse.Namespace, data: Path) -> int:
    from commands.labels import labels, pack_of

    return labels(
        options.gtins,
        options.search,
        all_products=options.all,
        pack=pack_of(options.lot, options.serial, options.expiry),
        server=_server(options),
        data=data,
        out=options.output,
    )


def _check_label(options: argparse.Namespace, data: Path) -> int:
    from commands.check_label import check_label
    from services.labels.check import Asked
    from views.parts.fonts import FOLDER
    from views.parts.texts import Texts, assets_folder

    return check_label(
        options.file,
        Asked(options.width_mm, options.gtin, options.stars),
        data,
        Texts(options.language or _language()),
        assets_folder() / FOLDER,
        pdf=options.pdf,
        as_json=options.json,
    )


def _language() -> str:
    """The system's language where the app speaks it; else Vietnamese, as the app's screens do."""
    import locale

    told = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), None)
    return "en" if (told or locale.getlocale()[0] or "").lower().startswith("en") else "vi"


def _server(options: argparse.Namespace) -> str | None:
    """The server's address as given or as set. Ends the program where it is none."""
    from services.client.address import server_address

    told = options.server or os.environ.get("OCOP_VERIFY_SERVER")
    try:
        return server_address(told) if told else None
    except ValueError:
        sys.exit(f"ocop-verify: {told} is no address of a server; one looks like https://ocop.example")


def _data_folder() -> Path:
    """The folder for this device's data: as given, as set for a packaged app, or the system's usual one."""
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

    from services.storage.store import StoreError
    from services.workspace import Workspace
    from views.app import start
    from views.bridge import Bridge
    from views.parts.texts import assets_folder
    from views.trouble import show_trouble

    bridge = Bridge()
    workspace: Workspace | None = None
    trouble: StoreError | None = None
    try:
        workspace = Workspace.open(data, server=_server(options))
    except StoreError as error:
        print(f"ocop-verify: {error}", file=sys.stderr)
        if options.web:
            return 2
        trouble = error

    async def session(page: ft.Page) -> None:
        if workspace is None:
            await show_trouble(page, trouble)
            return
        try:
            await start(page, workspace, bridge)
        except StoreError as error:
            logging.getLogger(__name__).exception("a device could not be opened")
            await show_trouble(page, error)

    window = not options.web
    if window and (why := _why_no_window()):
        print(f"ocop-verify: {why}; opening in the browser instead", file=sys.stderr)
        window = False
    try:
        if window:
            ft.run(session, assets_dir=str(assets_folder()), no_cdn=True)
        else:
            from views.bridge.serving import serve  # a packaged app has no web server

            shown = "localhost" if options.host == "127.0.0.1" else options.host
            address = f"http://{shown}:{options.port}/"
            print(f"OCOP Verify: {address}", flush=True)
            serve(
                session,
                bridge,
                workspace.pictures if workspace else None,
                host=options.host,
                port=options.port,
                assets=str(assets_folder()),
                show=None if options.no_open else address,
                thorough=os.environ.get("OCOP_VERIFY_PACKING") != "quick",
            )
    finally:
        if workspace:
            workspace.close()
    return 2 if trouble else 0


def _why_no_window() -> str | None:
    """Why no desktop window can open here, or None.

    A packaged app includes its window. Run from source, Flet downloads its client at the first start.
    """
    if os.environ.get("FLET_APP_STORAGE_DATA") or os.environ.get("FLET_VIEW_PATH"):
        return None
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return "there is no display"
    try:
        import flet_desktop

        flet_desktop.ensure_client_cached()
    except Exception as error:
        return f"the window's program cannot be had ({type(error).__name__})"
    return None


if __name__ == "__main__":
    sys.exit(main())

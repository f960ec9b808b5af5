"""`main.py scan`: reads picture files and prints JSON lines, by this device's copy of the register, without network."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from services.decoding import BadImage, Unread, look
from services.decoding.files import open_file, read_file
from services.register.catalogue import Catalogue
from services.storage.store import StoreError
from services.verification.check import check

REASONS = {
    "too_big": "the picture is too big",
    "heic": "this is a HEIC picture, which is not read; save it as JPEG or PNG",
    "pdf": "this PDF cannot be read; save the page as PNG",
    "other_picture": "this kind of picture is not read; save it as JPEG or PNG",
    "video": "this is a video, which is not read; save a picture of the code",
    "unreadable": "this is not a picture that can be read",
}


def scan(files: Sequence[Path], data: Path) -> int:
    """Print a line for each code in each file, picture or PDF.

    Pages that were not looked at, and codes that are seen and could not be read, are told on standard error.

    Returns 0 if every file shows a code, 1 if some show none, 2 if a file is missing or no picture: that is told on
    standard error, and the other files are still read. Also 2 if the copy cannot be opened; then nothing is read.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # JSON is UTF-8, whatever the console's code page
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        catalogue = Catalogue.open(data / "catalogue", read_only=True)
    except StoreError as error:
        print(f"ocop-verify: {error}", file=sys.stderr)
        return 2
    missed = unusable = False
    for file in files:
        try:
            pages = open_file(file.read_bytes(), pdf=True)
        except (OSError, BadImage) as error:
            print(f"{file}: {REASONS[error.reason] if isinstance(error, BadImage) else error}", file=sys.stderr)
            unusable = True
            continue
        start = time.perf_counter()
        read = read_file(pages, look)
        ms = round((time.perf_counter() - start) * 1000, 1)
        missed |= not read.symbols
        if read.unread:
            print(f"{file}: {_seen(read.unread)}", file=sys.stderr)
        if read.more:
            print(f"{file}: pages or frames that were not looked at: {read.more}", file=sys.stderr)
        for symbol in read.symbols:
            found = check(symbol.text, symbol.symbology.value, catalogue, datetime.now(UTC), gs1=symbol.gs1)
            as_of = found.verdict.as_of
            line = {
                "file": str(file),
                "symbology": symbol.symbology.value,
                "text": symbol.text,
                "gtin": found.gtin,
                "status": found.verdict.status.value,
                "reasons": found.verdict.codes,
                "as_of": as_of.isoformat() if as_of else None,
                "ms": ms,
            }
            print(json.dumps(line, ensure_ascii=False), flush=True)
    return 2 if unusable else int(missed)


def _seen(unread: Sequence[Unread]) -> str:
    """The kinds of codes that are there and could not be read, each with why where that is known."""
    words = [f"{code.kind} ({code.why})" if code.why else str(code.kind) for code in unread]
    return f"seen but not read: {', '.join(dict.fromkeys(words)).replace('_', ' ')}"

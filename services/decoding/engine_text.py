"""Gives what zxing-cpp and zbar read the text that our own rule makes of the bytes: their own guesses differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from ctypes import c_void_p, cast, create_string_buffer, string_at
from typing import Any

from services.decoding.charset import Segment, is_plain, to_text
from services.decoding.eci import Undecodable, charset_of
from services.decoding.pixels import Gray

_BINARY = 4
"""zbar's ZBAR_CFG_BINARY (from 0.23.1 on; pyzbar does not know it): give the bytes of a QR code as they are."""
_GRAY = int.from_bytes(b"Y800", "little")
_PROTOCOL = re.compile(rb"\\(?P<eci>\d{6})|\\(?P<backslash>\\)|(?P<data>[^\\]+)", re.DOTALL)


def zxing_texts(codes: Iterable[Any], plain: Callable[[], Iterable[Any]]) -> list[tuple[Any, str]]:
    """What zxing-cpp read, each with its text; without those whose bytes are not in the charset that is said of them.

    The text of `codes` is HexECI: the symbology identifier of three characters and then the bytes. If there are ECIs,
    each stands before its bytes as a backslash with six digits, and other backslashes are doubled (AIM ECI protocol).
    It does not tell what is in Kanji mode. So where bytes of a QR code are neither Unicode nor of a stated charset,
    zxing-cpp's own text, which `plain` reads, must be the same as ours.
    """
    theirs: dict[bytes, str] | None = None
    found = []
    for code in codes:
        raw, protocol = bytes(code.bytes), bytes.fromhex(code.text)[3:]
        try:
            text = to_text([Segment(raw, None)] if protocol == raw else _by_eci(protocol))
        except Undecodable:
            continue
        if str(code.format).startswith("QR") and protocol == raw and not is_plain(raw):
            theirs = {bytes(c.bytes): c.text for c in plain()} if theirs is None else theirs
            if theirs.get(raw) != text:
                continue
        found.append((code, text))
    return found


def _by_eci(protocol: bytes) -> Iterator[Segment]:
    charset = None
    for token in _PROTOCOL.finditer(protocol):
        if token["eci"]:
            charset = charset_of(int(token["eci"]))
        else:
            yield Segment(token["backslash"] or token["data"], charset)


def zbar_texts(gray: Gray, codes: Iterable[Any]) -> list[tuple[Any, str, bytes]]:
    """What pyzbar read in a picture, each with its text and bytes; without those whose charset is doubtful.

    zbar turns the bytes of a QR code into UTF-8 by its ECI or else by a guess, and does not tell which. So a text
    beyond ASCII, or with empty bytes, counts if the bytes are Unicode, or if our guess is the same.
    """
    stored: dict[frozenset[Any], bytes] | None = None
    found = []
    for code in codes:
        text, raw = code.data.decode("utf-8", "replace"), code.data
        if not text.isascii() or "\0" in text:
            if code.type == "QRCODE":
                stored = _stored(gray) if stored is None else stored
                raw = stored.get(frozenset(code.polygon), b"")
                try:
                    by_rule = to_text([Segment(raw, None)])
                except Undecodable:
                    continue
                if not raw or (by_rule != text and not is_plain(raw)):
                    continue
                text = by_rule
            elif "\ufffd" in text:
                continue
        found.append((code, text, raw))
    return found


def _stored(gray: Gray) -> dict[frozenset[Any], bytes]:
    """The bytes of the QR codes that zbar reads, by the points of their corners; none where zbar cannot give them."""
    from pyzbar import wrapper as zbar

    qr_code, height, width = zbar.ZBarSymbol.QRCODE, *gray.shape
    pixels = create_string_buffer(gray.tobytes(), gray.size)
    scanner, image = zbar.zbar_image_scanner_create(), zbar.zbar_image_create()
    found = {}
    try:
        for kind in zbar.ZBarSymbol:
            zbar.zbar_image_scanner_set_config(scanner, kind, zbar.ZBarConfig.CFG_ENABLE, kind == qr_code)
        if zbar.zbar_image_scanner_set_config(scanner, qr_code, _BINARY, 1):
            return {}
        zbar.zbar_image_set_format(image, _GRAY)
        zbar.zbar_image_set_size(image, width, height)
        zbar.zbar_image_set_data(image, cast(pixels, c_void_p), len(pixels), None)
        zbar.zbar_scan_image(scanner, image)
        symbol = zbar.zbar_image_first_symbol(image)
        while symbol:
            size = zbar.zbar_symbol_get_loc_size(symbol)
            points = (
                (zbar.zbar_symbol_get_loc_x(symbol, n), zbar.zbar_symbol_get_loc_y(symbol, n)) for n in range(size)
            )
            data = zbar.zbar_symbol_get_data(symbol)
            found[frozenset(points)] = string_at(data, zbar.zbar_symbol_get_data_length(symbol))
            symbol = zbar.zbar_symbol_next(symbol)
    finally:
        zbar.zbar_image_destroy(image)
        zbar.zbar_image_scanner_destroy(scanner)
    return found

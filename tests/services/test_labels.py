"""Labels to print: what their codes say, how large they are, and that they are read back as what they say."""

from __future__ import annotations

import random
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from fontTools.ttLib import TTFont

import main
from services.client.answers import Refused
from services.client.registry import Registry
from services.codes import CodeError, check_digit, parse
from services.label_command import FONTS, MOST, labels, pack_of
from services.label_sheet import CELL, LEFT, QR_ROOM, TOP, cells, sheet
from services.label_symbols import MATRIX_X, DoesNotFit, DrawnSymbol, data_matrix, qr_code, trade_item
from services.labels import Label, Pack, demonstration_pack, label_of
from services.register.about import Register
from services.register.catalogue import Catalogue
from services.register.products import Product
from services.register.statements import check_statement, statement_in
from services.sync.passes import fetch
from tests.services.conftest import NOW, product
from tests.services.label_pixels import MM_PER_INCH, by_the_app, by_zxing, pixels, says, symbols_of
from tests.support.registry_server import RegistryServer

PACK = Pack(lot="L-1/2", serial="S%20+7", expiry=date(2027, 12, 31))
REGISTER = "https://registry.example"
READERS = pytest.mark.parametrize("read", [by_the_app, by_zxing], ids=["the app", "zxing-cpp"])


def gtin(payload: str) -> str:
    return (payload + str(check_digit(payload))).zfill(14)


EVERY_LENGTH = {
    "EAN-8": gtin("9520001"),
    "UPC-A": gtin("03600029145"),
    "EAN-13": gtin("952123456789"),
    "ITF-14": gtin("1952123456789"),
}
KINDS = pytest.mark.parametrize("kind", EVERY_LENGTH)


def document(number: int = 1, **fields: Any) -> dict[str, Any]:
    return product(number, **{"gtin": gtin(f"95200000{number:04}"), **fields})


def made(number: int = 1, **fields: Any) -> Product:
    return Product.from_json(document(number, **fields))


@pytest.fixture(scope="module")
def sample(server: RegistryServer, tmp_path_factory: pytest.TempPathFactory) -> list[Label]:
    """Labels of thirty of the sample register's products, chosen by seed, with the statements of the real server."""
    catalogue, registry = Catalogue.open(tmp_path_factory.mktemp("copy")), Registry(server.url)
    assert fetch(catalogue, registry).problem is None
    every = sorted(catalogue.search("", limit=MOST), key=lambda each: each.gtin)
    assert len(every) == 393
    chosen = []
    for each in random.Random(952).sample(every, 30):
        try:
            statement = registry.statement(each.gtin)
        except Refused:
            statement = None
        chosen.append(label_of(each, PACK, server.url, statement))
    registry.close()
    assert {label.signed for label in chosen} == {True, False}
    return chosen


@pytest.mark.parametrize("dpi", [300, 600])
@READERS
def test_every_symbol_of_sample_products_is_read_back_as_it_was_meant(sample: list[Label], read: Any, dpi: int) -> None:
    wrong = [
        (label.gtin, kind)
        for label in sample
        for kind, symbol in symbols_of(label, QR_ROOM).items()
        if not says(read(pixels(symbol, dpi), kind), label, kind)
    ]
    assert wrong == []


def test_signed_links_carry_the_registers_own_statement(sample: list[Label], server: RegistryServer) -> None:
    registry = Registry(server.url)
    snapshot = registry.snapshot()
    registry.close()
    assert snapshot is not None
    keys = Register.from_json(snapshot.register).issuer_keys
    for label in sample:
        token = statement_in(label.link)
        assert (token is not None) == label.signed
        if token is not None:
            checked = check_statement(token, keys)
            assert checked.fault is None
            assert checked.statement is not None
            assert checked.statement.gtin == label.gtin


def test_pages_are_read_back_from_the_pdf(sample: list[Label]) -> None:
    content = sheet(sample, FONTS, register="OCOP", sample=True)
    document = pypdfium2.PdfDocument(content)
    places = list(cells(sample))
    assert len(document) == 4
    drawn = [page.render(scale=300 / 72, grayscale=True).to_numpy() for page in document]
    for number, picture in enumerate(drawn):
        here = [label for label, place in zip(sample, places, strict=True) if place[0] == number]
        found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
        assert {label.gtin[1:] for label in here} <= {code.text for code in found}
        assert {code.text for code in found if code.format == zxingcpp.BarcodeFormat.QRCode} == {x.link for x in here}
        parsed = [parse(code.text, gs1=True) for code in found if code.content_type == zxingcpp.ContentType.GS1]
        assert {code.elements for code in parsed} == {label.elements for label in here}
    for label, (page, column, row) in list(zip(sample, places, strict=True))[::5]:
        left, top = LEFT + column * CELL[0], TOP + row * CELL[1]
        parts = {"QR Code": (3, 14, 50, 60), "linear": (52, 13, 92, 41), "Data Matrix": (52.5, 42, 66.3, 56)}
        for kind, box in parts.items():
            x0, y0, x1, y1 = (
                round((edge + base) * 300 / MM_PER_INCH) for edge, base in zip(box, (left, top, left, top), strict=True)
            )
            assert says(by_the_app(np.ascontiguousarray(drawn[page][y0:y1, x0:x1]), kind), label, kind), (label, kind)


def test_a_page_names_the_product_and_says_that_it_is_a_sample(sample: list[Label]) -> None:
    def text(**kinds: bool) -> str:
        page = pypdfium2.PdfDocument(sheet(sample[:1], FONTS, register="Sổ Ngữ Ưởng", **kinds))[0]
        return str(page.get_textpage().get_text_range())

    for words in (sample[0].name, sample[0].producer, "MẪU / SAMPLE", "Sổ Ngữ Ưởng", f"(01){sample[0].gtin}"):
        assert words in text(sample=True)
    assert "SAMPLE" not in text(sample=False)


def test_the_same_labels_make_the_same_bytes(sample: list[Label]) -> None:
    one, again = (sheet(sample[:3], FONTS, register="OCOP", sample=True) for _ in range(2))
    assert one == again
    assert sheet(sample[:3], FONTS, register="OCOP", sample=False) != one


@KINDS
@READERS
def test_each_length_of_gtin_has_its_own_symbol(kind: str, read: Any) -> None:
    label = label_of(made(gtin=EVERY_LENGTH[kind]), PACK, REGISTER)
    picture = pixels(trade_item(label.gtin))
    (code,) = zxingcpp.read_barcodes(picture)
    assert str(code.format) == {"UPC-A": "EAN-13", "ITF-14": "ITF"}.get(kind, kind)  # a UPC-A is an EAN-13 with a 0
    assert says(read(picture, "linear"), label, "linear")


# GS1 General Specifications, symbol specification tables 1 (5.12.3.1) and 2 (5.12.3.2): X, bar height, quiet zones.
@pytest.mark.parametrize(
    ("kind", "x", "height", "left", "right", "modules"),
    [
        ("EAN-8", (0.264, 0.660), 18.23, 7, 7, 67),
        ("UPC-A", (0.264, 0.660), 22.85, 9, 9, 95),
        ("EAN-13", (0.264, 0.660), 22.85, 11, 7, 95),
        ("ITF-14", (0.495, 1.016), 31.75, 10, 10, 135),
    ],
)
def test_linear_symbols_have_the_sizes_of_the_specification(
    kind: str, x: tuple[float, float], height: float, left: int, right: int, modules: int
) -> None:
    symbol = trade_item(EVERY_LENGTH[kind])
    bars = [bar for bar in symbol.bars if bar[2] < symbol.width]  # without bearer bars
    assert x[0] <= symbol.x <= x[1]
    assert min(bar[3] for bar in bars) * symbol.x == pytest.approx(height)
    assert min(bar[0] for bar in bars) == left
    assert max(bar[0] + bar[2] for bar in bars) == left + modules == symbol.width - right
    shown = "".join(digits.text for digits in sorted(symbol.digits, key=lambda digits: digits.middle))
    assert shown.replace(" ", "").zfill(14) == EVERY_LENGTH[kind]


def quiet_of(symbol: DrawnSymbol) -> set[float]:
    lefts, tops, widths, heights = zip(*symbol.bars, strict=True)
    rights = [left + width for left, width in zip(lefts, widths, strict=True)]
    bottoms = [top + height for top, height in zip(tops, heights, strict=True)]
    return {min(lefts), min(tops), symbol.width - max(rights), symbol.height - max(bottoms)}


@pytest.mark.parametrize("length", [20, 100, 300, 450, 700])
def test_qr_codes_have_the_sizes_of_the_specification_and_fit(length: int) -> None:
    symbol = qr_code("https://registry.example/01/".ljust(length, "x"), QR_ROOM)
    assert MATRIX_X[0] <= symbol.x <= MATRIX_X[2]
    assert symbol.x * symbol.width <= QR_ROOM + 1e-9
    assert quiet_of(symbol) == {4}


@pytest.mark.parametrize("length", [1200, 4000])
def test_a_text_that_would_make_the_modules_too_small_is_refused(length: int) -> None:
    with pytest.raises(DoesNotFit):
        qr_code("x" * length, QR_ROOM)


def test_a_data_matrix_is_a_gs1_data_matrix_with_separators_only_where_they_belong() -> None:
    elements = (("01", EVERY_LENGTH["EAN-13"]), ("17", "271231"), ("10", "L1"), ("21", "S1"))
    symbol = data_matrix(elements)
    assert symbol.x == MATRIX_X[1]
    assert quiet_of(symbol) == {2}
    (code,) = zxingcpp.read_barcodes(pixels(symbol))
    assert (code.symbology_identifier, code.content_type) == ("]d2", zxingcpp.ContentType.GS1)
    assert code.bytes == b"01" + EVERY_LENGTH["EAN-13"].encode() + b"1727123110L1\x1d21S1"


@pytest.mark.parametrize("serial", ["S%20+7", "a/b", "A" * 20, "(10)x"])
@READERS
def test_lots_and_serials_come_back_in_both_codes(serial: str, read: Any) -> None:
    label = label_of(made(), Pack(lot="L" * 20, serial=serial, expiry=date(2027, 2, 28)), REGISTER)
    for kind in ("QR Code", "Data Matrix"):
        symbol = symbols_of(label, QR_ROOM)[kind]
        assert symbol.width == symbol.height
        ((_, code),) = read(pixels(symbol), kind)
        assert (code.lot, code.serial, code.expiry) == ("L" * 20, serial, date(2027, 2, 28))


@pytest.mark.parametrize("pack", [Pack(lot="ế"), Pack(lot="x" * 21), Pack(serial="a b"), Pack(lot="a\x1d21b")])
def test_what_no_code_can_say_is_refused(pack: Pack) -> None:
    with pytest.raises(CodeError):
        label_of(made(), pack, REGISTER)


@pytest.mark.parametrize("register", ["registry.example", "ftp://registry.example", "https://"])
def test_a_register_without_a_web_address_is_refused(register: str) -> None:
    with pytest.raises(CodeError):
        label_of(made(), PACK, register)


def test_a_statement_of_another_product_is_not_printed() -> None:
    other = f"{REGISTER}/01/{EVERY_LENGTH['EAN-13']}?statement=a.b.c"
    label = label_of(made(), PACK, REGISTER, other)
    assert not label.signed
    assert parse(label.link).gtin == label.gtin  # type: ignore[union-attr]
    assert label_of(made(gtin=EVERY_LENGTH["EAN-13"]), PACK, REGISTER, other).link == other


def test_a_cartons_label_takes_two_rows_and_does_not_cross_a_columns_end() -> None:
    retail, carton = (label_of(made(gtin=EVERY_LENGTH[kind]), PACK, REGISTER) for kind in ("EAN-13", "ITF-14"))
    assert list(cells([retail] * 9))[-2:] == [(0, 1, 3), (1, 0, 0)]
    assert list(cells([retail] * 3 + [carton, retail, carton])) == [
        (0, 0, 0), (0, 0, 1), (0, 0, 2), (0, 1, 0), (0, 1, 2), (1, 0, 0),
    ]  # fmt: skip
    (page,) = pypdfium2.PdfDocument(sheet([carton], FONTS, register="OCOP", sample=False))
    found = zxingcpp.read_barcodes(page.render(scale=300 / 72, grayscale=True).to_numpy())
    assert {carton.gtin, carton.link} <= {code.text for code in found}


def test_a_long_name_stays_on_its_label() -> None:
    producer = {**document()["producer"], "name": "W" * 200}
    label = label_of(made(name="Chè hoa vàng Ba Chẽ thượng hạng " * 6, producer=producer), PACK, REGISTER)
    page = pypdfium2.PdfDocument(sheet([label], FONTS, register="OCOP", sample=False))[0]
    picture = page.render(scale=2, grayscale=True).to_numpy()
    cell = [round(edge * 2 * 72 / MM_PER_INCH) for edge in (LEFT + CELL[0] - 3, TOP + 2, TOP + CELL[1] - 2)]
    assert (picture[cell[1] : cell[2], cell[0] : cell[0] + 200] == 255).all()
    assert "…" in page.get_textpage().get_text_range()


def run(out: Path, data: Path, *gtins: str, server: str | None = None, words: str | None = None, **pack: str) -> int:
    said = pack_of(pack.get("lot"), pack.get("serial"), None)
    return labels(gtins, words, all_products=False, pack=said, server=server, data=data, out=out)


def test_the_command_asks_a_server_and_leaves_the_device_alone(
    server: RegistryServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, data = tmp_path / "nhãn.pdf", tmp_path / "device"
    arguments = [
        "labels",
        "--server",
        server.url,
        "--data",
        str(data),
        "--search",
        "che hoa vang",
        "--output",
        str(out),
    ]
    assert main.main(arguments) == 0
    assert "labels on" in capsys.readouterr().out
    assert "Chè hoa vàng" in pypdfium2.PdfDocument(out)[0].get_textpage().get_text_range().replace("Trà", "Chè")
    assert not data.exists()


@pytest.fixture
def device(tmp_path: Path) -> Path:
    """A device whose copy holds three products, of a server that cannot be reached any more."""
    catalogue = Catalogue.open(tmp_path / "device" / "catalogue")
    register = {"name": "OCOP thật", "sample": False}
    catalogue.replace_all([document(n) for n in (1, 2, 3)], "7", register, NOW, source="http://127.0.0.1:9")
    catalogue.close()
    return tmp_path / "device"


def test_the_command_works_from_the_copy_when_the_server_is_away(
    device: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.pdf"
    assert run(out, device, made(1).gtin, made(2).gtin[1:], lot="") == 0
    said = capsys.readouterr()
    assert "2 labels on 1 pages, 0 with a signed statement" in said.out
    assert said.err.count("no signed statements") == 1
    text = pypdfium2.PdfDocument(out)[0].get_textpage().get_text_range()
    assert "OCOP thật" in text
    assert "SAMPLE" not in text
    assert "(10)" not in text
    assert "(21)MAU0001" in text


def test_the_command_prints_the_others_where_one_is_not_registered(
    device: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.pdf"
    assert run(out, device, EVERY_LENGTH["EAN-8"], made(3).gtin) == 2
    said = capsys.readouterr()
    assert f"{EVERY_LENGTH['EAN-8']} is not in the register" in said.err
    assert "1 labels" in said.out


@pytest.mark.parametrize(
    ("gtins", "options", "reason"),
    [
        ((), {}, "say which products"),
        (("123",), {}, "123 is no GTIN"),
        (("9520000000000",), {}, "9520000000000 is no GTIN: wrong check digit"),
        ((), {"words": "không có gì như thế"}, "no such product"),
        ((made(1).gtin,), {"lot": "ế"}, "no code can say this"),
        ((), {"words": "x", "server": "http://127.0.0.1:9"}, "did not give its register (no_connection)"),
    ],
)
def test_the_command_says_what_is_wrong_and_writes_nothing(
    device: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], gtins: Any, options: Any, reason: str
) -> None:
    out = tmp_path / "a.pdf"
    assert run(out, device, *gtins, **options) == 2
    assert reason in capsys.readouterr().err
    assert not out.exists()


def test_a_device_without_a_copy_is_told_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "a.pdf", tmp_path / "none", made(1).gtin) == 2
    assert "labels --server" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_fonts_have_every_vietnamese_letter_and_stay_small() -> None:
    letters, tones = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY", "\u0300\u0301\u0303\u0309\u0323"
    needed = {unicodedata.normalize("NFC", letter + tone) for letter in letters for tone in tones}
    assert all(len(letter) == 1 for letter in needed)
    for path in FONTS.glob("*.ttf"):
        with TTFont(path) as font:
            assert {ord(letter) for letter in needed | set("đĐ₫…·")} <= set(font.getBestCmap())
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 120_000


def test_the_demonstration_pack_can_be_used_until_the_end_of_next_year() -> None:
    assert demonstration_pack(date(2026, 11, 24)).expiry == date(2027, 12, 31)

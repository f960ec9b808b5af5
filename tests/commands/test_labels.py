"""The command that prints labels: what their codes say, and what it says where it cannot print."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

import main
from commands.label_texts import LabelledPack, demonstration_pack, label_of
from commands.labels import labels, pack_of
from printing.sheet import QR_ROOM
from services.codes import CodeError, parse
from services.register.catalogue import Catalogue
from services.register.products import Product
from tests.printing.label_pixels import EVERY_LENGTH, by_the_app, by_zxing, gtin, pixels, symbols_of
from tests.services.conftest import NOW, product
from tests.support.registry_server import RegistryServer

PACK = LabelledPack(lot="L-1/2", serial="S%20+7", expiry=date(2027, 12, 31))
REGISTER = "https://registry.example"
READERS = pytest.mark.parametrize("read", [by_the_app, by_zxing], ids=["the app", "zxing-cpp"])


def document(number: int = 1, **fields: Any) -> dict[str, Any]:
    return product(number, **{"gtin": gtin(f"95200000{number:04}"), **fields})


def made(number: int = 1, **fields: Any) -> Product:
    return Product.from_json(document(number, **fields))


@pytest.mark.parametrize("serial", ["S%20+7", "a/b", "A" * 20, "(10)x"])
@READERS
def test_lots_and_serials_come_back_in_both_codes(serial: str, read: Any) -> None:
    label = label_of(made(), LabelledPack(lot="L" * 20, serial=serial, expiry=date(2027, 2, 28)), REGISTER)
    for kind in ("QR Code", "Data Matrix"):
        symbol = symbols_of(label, QR_ROOM)[kind]
        assert symbol.width == symbol.height
        ((_, code),) = read(pixels(symbol), kind)
        assert (code.lot, code.serial, code.expiry) == ("L" * 20, serial, date(2027, 2, 28))


@pytest.mark.parametrize(
    "pack",
    [LabelledPack(lot="ế"), LabelledPack(lot="x" * 21), LabelledPack(serial="a b"), LabelledPack(lot="a\x1d21b")],
)
def test_what_no_code_can_say_is_refused(pack: LabelledPack) -> None:
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


def test_the_demonstration_pack_can_be_used_until_the_end_of_next_year() -> None:
    assert demonstration_pack(date(2026, 11, 24)).expiry == date(2027, 12, 31)


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


def test_the_last_good_day_is_typed_day_first() -> None:
    for typed in ("01/10/2027", "2027-10-01"):
        assert main._day(typed) == date(2027, 10, 1)
    for typed in ("10/13/2027", "01/10/27", "20271001"):
        with pytest.raises(ValueError, match=typed):
            main._day(typed)


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


def test_the_command_prints_the_others_where_one_is_not_registered_and_one_no_gtin(
    device: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.pdf"
    assert run(out, device, EVERY_LENGTH["EAN-8"], "9520000000000", made(3).gtin) == 2
    said = capsys.readouterr()
    assert f"{EVERY_LENGTH['EAN-8']} is not in the register" in said.err
    assert "9520000000000 is no GTIN: wrong check digit" in said.err
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

"""`main.py scan`: one JSON line a code, exit codes that scripts can rely on, and no network."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from commands.scan import REASONS, scan
from services.file_kinds import KINDS
from services.register.catalogue import Catalogue
from tests.services.conftest import product
from tests.services.decoding.pictures import ean13, qr
from tests.services.decoding.spoilt import too_blurred

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "assets" / "samples"
LABELS: list[dict[str, Any]] = json.loads((SAMPLES / "index.json").read_text(encoding="utf-8"))
KEYS = ["file", "symbology", "text", "gtin", "status", "reasons", "as_of", "ms"]
REGISTER = {"name": "OCOP Quảng Ninh (mẫu)", "sample": True, "products": 4}


def certified(last: timedelta, **fields: Any) -> list[dict[str, Any]]:
    (certificate,) = product(1)["certificates"]
    end = (datetime.now(UTC) + last).date()
    first = end - timedelta(days=1095)
    return [certificate | {"valid_from": first.isoformat(), "valid_to": end.isoformat()} | fields]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A device's folder whose copy holds the products of the sample labels, each in the state that its label is for."""
    states = {
        "certified": certified(timedelta(days=800)),
        "certificate_expires_soon": certified(timedelta(days=30)),
        "certificate_expired": certified(timedelta(days=-30)),
        "withdrawn": certified(timedelta(days=300), withdrawn_on="2026-05-02", withdrawn_reason="Vi phạm"),
    }
    changes = []
    for number, label in enumerate(LABELS):
        if label["status"] in states:
            codes = [{"kind": "exact", "value": code["text"]} for code in label["texts"] if "/01/" not in code["text"]]
            held = product(number, gtin=label["gtin"], certificates=states[label["status"]], codes=codes)
            changes.append({"op": "upsert", "product": held})
    folder = tmp_path_factory.mktemp("device")
    with_copy = Catalogue.open(folder / "catalogue")
    with_copy.apply(changes, "7", more=False, register=REGISTER, as_of=datetime.now(UTC))
    with_copy.close()
    return folder


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_each_sample_label_gives_its_codes_and_its_status(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert scan([SAMPLES / label["file"] for label in LABELS], data) == 0
    printed = lines(capsys.readouterr().out)
    expected = {
        (str(SAMPLES / label["file"]), code["symbology"], code["text"], label["gtin"], label["status"])
        for label in LABELS
        for code in label["texts"]
    }
    assert {(x["file"], x["symbology"], x["text"], x["gtin"], x["status"]) for x in printed} == expected
    assert len(printed) == len(expected)
    for line in printed:
        assert list(line) == KEYS
        assert line["reasons"]
        assert line["ms"] > 0
        malformed = line["status"] == "malformed"
        assert malformed if line["as_of"] is None else datetime.fromisoformat(line["as_of"]).tzinfo is not None


def test_a_device_without_a_copy_says_so_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "none"
    assert scan([SAMPLES / "certified.png"], folder) == 0
    for line in lines(capsys.readouterr().out):
        assert (line["status"], line["reasons"], line["as_of"]) == (
            "not_in_copy",
            ["no_copy", "demonstration_number"],
            None,
        )
        assert line["gtin"] == "09520007900017"
    assert not list(folder.rglob("*.json"))


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    path = tmp_path / "blank.png"
    Image.new("RGB", (300, 200), "white").save(path)
    return path


def test_a_picture_without_a_code_gives_1_and_the_others_are_read(
    data: Path, blank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scan([blank], data) == 1
    assert capsys.readouterr() == ("", "")
    assert scan([blank, SAMPLES / "malformed.png"], data) == 1
    assert len(lines(capsys.readouterr().out)) == 1


def test_what_is_seen_in_a_picture_of_which_nothing_could_be_read_is_told(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "blurred.png"
    Image.fromarray(too_blurred(ean13())).save(file)
    assert scan([file], data) == 1
    assert capsys.readouterr() == ("", f"{file}: seen but not read: barcode (too blurred)\n")


def test_unusable_files_give_2_and_are_named_and_the_others_are_read(
    data: Path, blank: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "ghi-chú.txt"
    text.write_text("không phải ảnh", encoding="utf-8")
    missing = tmp_path / "missing.png"
    assert scan([missing, text, tmp_path, blank, SAMPLES / "certified.png"], data) == 2
    out, err = capsys.readouterr()
    assert {line["file"] for line in lines(out)} == {str(SAMPLES / "certified.png")}
    assert [line.split(": ")[0] for line in err.splitlines()] == [str(missing), str(text), str(tmp_path)]


def test_pages_of_a_pdf_are_read_and_a_heic_is_told_as_one(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, phone = tmp_path / "tem.pdf", tmp_path / "IMG_1.HEIC"
    label = Image.open(SAMPLES / "certified.png").convert("RGB")
    Image.new("RGB", (60, 60), "white").save(document, save_all=True, append_images=[label])
    phone.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    assert scan([phone, document], data) == 2
    out, err = capsys.readouterr()
    assert {line["gtin"] for line in lines(out)} == {"09520007900017"}
    assert err == f"{phone}: this is a HEIC picture, which is not read; save it as JPEG or PNG\n"


def test_every_reason_for_which_a_file_is_not_read_has_words() -> None:
    assert set(REASONS) == {"too_big", *KINDS}


def test_pages_that_were_not_looked_at_are_told(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "trang.tiff"
    first, *others = [Image.new("RGB", (20, 20), (number, 0, 0)) for number in range(26)]
    first.save(file, save_all=True, append_images=others)
    assert scan([file], data) == 1
    assert capsys.readouterr() == ("", f"{file}: pages or frames that were not looked at: 2\n")


def test_a_copy_that_a_newer_app_wrote_gives_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "catalogue"
    Catalogue.open(folder).close()
    store = folder / "catalogue.json"
    Catalogue.open(folder).apply([], "1", more=False, register=REGISTER | {"products": 0}, as_of=datetime.now(UTC))
    header, rest = store.read_bytes().split(b"\n", 1)
    store.write_bytes(json.dumps(json.loads(header) | {"schema": 99}).encode() + b"\n" + rest)
    assert scan([SAMPLES / "certified.png"], tmp_path) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert str(store) in err


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, ROOT / "main.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_the_program_prints_utf8_whatever_the_console_is_set_to(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "chè.png"
    Image.fromarray(qr("Chè hoa vàng Ba Chẽ")).save(file)
    done = run("scan", file, SAMPLES / "expired.png", "--data", data, PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")
    first, *rest = lines(done.stdout.decode("utf-8"))
    assert (first["file"], first["text"], first["status"]) == (str(file), "Chè hoa vàng Ba Chẽ", "not_a_product_code")
    assert {line["status"] for line in rest} == {"certificate_expired"}


def test_the_program_lists_the_engines_that_are_there(tmp_path: Path) -> None:
    done = run("--version", "--data", tmp_path)
    assert done.returncode == 0
    head, *engines = done.stdout.decode().splitlines()
    assert head.startswith("OCOP Verify ")
    assert {"zxing-cpp", "pyzbar", "opencv-barcode"} <= {line.split()[0] for line in engines}
    assert "missing" not in done.stdout.decode()

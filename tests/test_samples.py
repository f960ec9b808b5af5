"""The sample labels are what the script draws, can be read, and fit the sample register."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from pyzbar import pyzbar

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "assets" / "samples"
INDEX: list[dict[str, Any]] = json.loads((SAMPLES / "index.json").read_text(encoding="utf-8"))
LABELS = pytest.mark.parametrize("label", INDEX, ids=lambda label: label["file"])
# The register's word for the state of a product, by the verdict that its label shall give.
STATE = {
    "certified": "valid",
    "certificate_expires_soon": "soon",
    "certificate_expired": "expired",
    "withdrawn": "withdrawn",
}


@pytest.fixture(scope="module")
def redrawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("samples")
    subprocess.run([sys.executable, ROOT / "scripts" / "make_samples", "--out", out], check=True, capture_output=True)
    return out


@pytest.fixture(scope="module")
def products() -> dict[str, Any]:
    code = (
        "import json; from datetime import date; from register import sample\n"
        "register = sample.build(sample.SEED, date.fromisoformat('2031-07-01'))\n"
        "print(json.dumps({p.gtin: [p.status, p.qr_text, [c.value for c in p.codes]] for p in register.products}))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "server", check=True, capture_output=True, text=True)
    return json.loads(run.stdout)  # type: ignore[no-any-return]


def test_there_is_a_label_for_every_verdict_to_try() -> None:
    assert [label["status"] for label in INDEX] == [*STATE, "not_registered", "malformed"]
    assert {path.name for path in SAMPLES.iterdir()} == {label["file"] for label in INDEX} | {"index.json"}


def test_the_list_is_what_the_script_writes(redrawn: Path) -> None:
    assert (redrawn / "index.json").read_text(encoding="utf-8") == (SAMPLES / "index.json").read_text(encoding="utf-8")


@LABELS
def test_the_picture_is_what_the_script_draws(label: dict[str, Any], redrawn: Path) -> None:
    with Image.open(SAMPLES / label["file"]) as kept, Image.open(redrawn / label["file"]) as drawn:
        assert kept.size == (1200, 800)
        assert kept.convert("RGB").tobytes() == drawn.convert("RGB").tobytes(), "run scripts/make_samples"


@LABELS
def test_zxing_reads_what_the_list_says(label: dict[str, Any]) -> None:
    with Image.open(SAMPLES / label["file"]) as image:
        found = {(str(code.format), code.text) for code in zxingcpp.read_barcodes(image.convert("L"))}
    names = {"QR Code": "QR Code", "EAN-13": "EAN-13"}
    assert found == {(names[code["symbology"]], code["text"]) for code in label["texts"]}


@LABELS
def test_zbar_reads_what_the_list_says(label: dict[str, Any]) -> None:
    with Image.open(SAMPLES / label["file"]) as image:
        found = {(code.type, code.data.decode()) for code in pyzbar.decode(image.convert("L"))}
    names = {"QR Code": "QRCODE", "EAN-13": "EAN13"}
    assert found == {(names[code["symbology"]], code["text"]) for code in label["texts"]}


@LABELS
def test_the_register_holds_the_product_in_the_state_that_the_label_is_for(
    label: dict[str, Any], products: dict[str, Any]
) -> None:
    if label["status"] not in STATE:
        assert label["gtin"] not in products
        return
    status, qr_text, _codes = products[label["gtin"]]
    assert status == STATE[label["status"]]
    assert {code["text"] for code in label["texts"]} == {qr_text, label["gtin"][1:]}


def test_the_labels_show_all_three_kinds_of_qr_text(products: dict[str, Any]) -> None:
    link, exact, prefix = (products[label["gtin"]] for label in (INDEX[0], INDEX[1], INDEX[3]))
    assert link[1] == f"https://id.ocop.example/01/{INDEX[0]['gtin']}"
    assert exact[2] == [exact[1]]
    assert prefix[1].startswith(prefix[2][0])
    assert prefix[1] != prefix[2][0]


def test_one_label_has_a_wrong_check_digit_and_no_ean13() -> None:
    label = INDEX[-1]
    digits = [int(digit) for digit in label["texts"][0]["text"][-14:]]
    weighted = sum(digit * (3, 1)[place % 2] for place, digit in enumerate(digits))
    assert weighted % 10 != 0
    assert [code["symbology"] for code in label["texts"]] == ["QR Code"]
    assert label["gtin"] is None

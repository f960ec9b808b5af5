"""The three codes that test a scanner: the pictures say them, and each way of changing them is recognised."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from services.decoding import decode, load
from services.scanners import Burst
from services.scanners.layouts import as_typed
from services.scanners.trial import Capitals, Finding, TrialCode, find_trial_code

ROOT = Path(__file__).resolve().parents[3]
PICTURES = ROOT / "assets" / "scanner"
ELEMENTS, LINK = TrialCode.DATA_MATRIX, TrialCode.DIGITAL_LINK


def found(typed: str, end: str = "Enter", gs: str = "") -> Finding:
    finding = find_trial_code(Burst(typed, end, gs))
    assert finding is not None
    return finding


@pytest.mark.parametrize("code", TrialCode)
def test_the_picture_says_the_code(code: TrialCode) -> None:
    (symbol,) = decode(load((PICTURES / f"{code.name.lower()}.png").read_bytes()))
    assert symbol.text == code


@pytest.mark.slow
def test_the_files_are_what_the_script_draws(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "scripts" / "make_scanner_codes", "--out", tmp_path], check=True)
    for path in PICTURES.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), "run scripts/make_scanner_codes"


@pytest.mark.parametrize("code", TrialCode)
def test_a_scanner_that_is_set_right_is_told_so(code: TrialCode) -> None:
    finding = found(code, gs="Ctrl+]" if code is ELEMENTS else "")
    assert finding.code is code
    assert finding.is_good
    assert (finding.prefix, finding.suffix) == ("", "")


@pytest.mark.parametrize(
    ("finding", "what", "value"),
    [
        (found(ELEMENTS.replace("\x1d", "|")), "gs", "|"),
        (found(ELEMENTS.replace("\x1d", "")), "gs", ""),
        (found(f"]d2{ELEMENTS}", gs="Alt+029"), "gs", "Alt+029"),
        (found(f"]d2{ELEMENTS}"), "prefix", ""),
        (found(LINK.swapcase()), "capitals", Capitals.SWAPPED),
        (found(LINK.upper()), "capitals", Capitals.ALL_CAPITAL),
        (found(ELEMENTS.lower()), "capitals", Capitals.ALL_SMALL),
        (found(as_typed(TrialCode.EAN_13, "AZERTY")), "layout", "AZERTY"),
        (found(as_typed(LINK, "QWERTZ")), "layout", "QWERTZ"),
        (found(f"#{TrialCode.EAN_13}", end=""), "prefix", "#"),
        (found(f"{TrialCode.EAN_13}$$", end=""), "suffix", "$$"),
        (found(LINK, end=""), "end", ""),
    ],
)
def test_each_setting_is_recognised(finding: Finding, what: str, value: object) -> None:
    assert getattr(finding, what) == value


@pytest.mark.parametrize("typed", ["9520007900017", "234567899", LINK[:40], "PRODUCT NO 9521234567899", ""])
def test_other_texts_and_parts_are_none_of_them(typed: str) -> None:
    assert find_trial_code(Burst(typed, "Enter")) is None

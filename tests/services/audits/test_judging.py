"""Lines judged anew by today's copy, reminders, and the table of an audit."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from services.audits.audit import LONGEST_TEXT, Done
from services.audits.export import COLUMNS, SAID, audit_table
from services.audits.judging import Reminder, anew, certificate_ends, reminders
from services.register.catalogue import Catalogue
from services.register.certificates import believed_today
from services.verification import Status
from tests.services.audits.conftest import TODAY, gtin, line, verdict
from tests.services.conftest import product
from tests.support.record_kinds import NOW

REGISTER = {"name": "Mẫu", "sample": True}


def ending(n: int, days: int, **fields: Any) -> dict[str, Any]:
    """A product whose certificate ends so many days from today."""
    made = product(n, gtin=gtin(n))
    certificate = made["certificates"][0] | {"valid_to": (TODAY.day + timedelta(days=days)).isoformat(), **fields}
    return made | {"certificates": [certificate]}


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    found = Catalogue.open(tmp_path / "catalogue")
    withdrawn = {"withdrawn_on": (TODAY.day + timedelta(days=10)).isoformat(), "withdrawn_reason": "Sai"}
    rows = [ending(1, 400), ending(2, 30), ending(3, 61), ending(4, -1), ending(5, 91), ending(6, 300, **withdrawn)]
    found.replace_all(rows, "1", REGISTER, NOW)
    return found


def test_lines_are_judged_anew_by_todays_copy(catalogue: Catalogue) -> None:
    lines = [
        line(1, verdict=verdict(Status.NOT_IN_COPY)),
        line(4),
        line(2),
        line(1, verdict=None),
        line(1, text="x" * LONGEST_TEXT),
        line(1, gtin=gtin(3)),
    ]
    found = [each.verdict and each.verdict.status for each in anew(lines, catalogue, NOW)]
    assert found == [Status.CERTIFIED, Status.EXPIRED, Status.EXPIRES_SOON, None, Status.CERTIFIED, Status.CERTIFIED]


def test_what_was_found_on_a_pack_stays_unless_it_is_looked_at_again(catalogue: Catalogue) -> None:
    kept = (Status.CODE_MISMATCH, Status.STATEMENT_INVALID, Status.DOUBTFUL_LINK, Status.SUSPECTED_COPY)
    lines = [line(1, verdict=verdict(status)) for status in (*kept, Status.STAR_MISMATCH)]
    lines += [line(1, verdict=verdict(Status.STAR_MISMATCH), stars_label=1)]
    statuses = [each.verdict.status for each in anew(lines, catalogue, NOW) if each.verdict]
    assert statuses == [*kept, Status.STAR_MISMATCH, Status.CERTIFIED]


def test_certificates_that_end_are_told_by_a_copy_that_can_tell_it(catalogue: Catalogue) -> None:
    lines = [
        line(2, shelf="Kệ 2"),
        replace(line(2, own_name="Chè nhà"), n=9),
        line(3),
        line(1),
        line(4),
        line(5),
        line(6),
        line(3, quantity=0),
    ]
    lines += [line(3, shelf="Kệ 3", done=Done("taken_down", NOW))]
    day = TODAY.day
    found = reminders(lines, catalogue, TODAY)
    assert [(each.gtin, each.days, each.within) for each in found] == [
        (gtin(6), 10, 30), (gtin(2), 30, 30), (gtin(3), 61, 90),
    ]  # fmt: skip
    assert found[1] == Reminder(gtin(2), "Trà 2", ("Kệ 1", "Kệ 2"), day + timedelta(days=30), 30, 30)
    assert found[2].shelves == ("Kệ 1",)
    assert certificate_ends([gtin(4), gtin(1)], catalogue, TODAY) == {gtin(1): day + timedelta(days=400)}
    assert reminders(lines, catalogue, replace(TODAY, clock_behind=True)) == []
    assert reminders(lines, catalogue, believed_today(NOW + timedelta(days=31))) == [], "a renewal may have come"


def test_a_table_has_days_as_days_and_codes_as_texts() -> None:
    titles = {column: f"[{column}]" for column in COLUMNS}
    lines = [line(expiry=date(2027, 1, 31), expiry_by="code", price=25_000, own_name="=1+1"), line(2, gtin=None)]
    content = audit_table(lines, titles, lambda column, each: f"{column} {each.n}", "xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    cells = {cell.get("r", ""): ("".join(cell.itertext()), cell.get("t")) for cell in sheet.iter(f"{space}c")}
    places = {name: chr(ord("A") + n) for n, name in enumerate(COLUMNS)}
    assert cells[f"{places['gtin']}2"] == (lines[0].gtin, "inlineStr")
    assert cells[f"{places['own_name']}2"] == ("=1+1", "inlineStr")
    assert cells[f"{places['expiry']}2"] == ("46418", None)
    assert cells[f"{places['price']}2"] == ("25000", None)
    assert cells[f"{places['first_seen']}2"][0].startswith("46349.625"), "15:00 in Vietnam"
    assert f"{places['gtin']}3" not in cells
    assert all(cells[f"{places[column]}3"] == (f"{column} 2", "inlineStr") for column in SAID)
    written = audit_table([], titles, lambda *_given: "", "csv").decode("utf-8-sig")
    assert written.splitlines()[0] == ",".join(titles.values())
    assert ",2026-11-23 15:00," in audit_table(lines, titles, lambda *_given: "", "csv").decode()

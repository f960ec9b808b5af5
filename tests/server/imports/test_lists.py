"""Whole lists come to what is written down for each of their cells, and answers settle what was asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from reading import codes, read_list, read_sheet, read_text, values

from imports.header import find_header
from imports.rows import Reading, read_rows
from imports.sample_list import DAY_COLUMN, SampleList, build
from imports.sheets import read_book
from imports.values import Field, Outcome
from imports.words import told

T, C, P, A, R, L = (
    Outcome.TAKEN, Outcome.CARRIED, Outcome.PROPOSED, Outcome.ASKED, Outcome.REFUSED, Outcome.LEFT_OUT,
)  # fmt: skip
LETTERS = {T: "T", C: "C", P: "P", A: "A", R: "R", L: "L", None: "."}
HANDED = "OCOP_OFFICE_SAMPLES"
"""The folder of lists that an office gave for trying; they are no part of the project."""


def outcomes(reading: Reading) -> dict[int, str]:
    """One letter a cell."""
    return {row.number: "".join(LETTERS[outcome] for outcome in row.outcomes) for row in reading.rows}


@pytest.fixture(scope="module")
def sample() -> SampleList:
    return build()


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (
            "annex.csv",
            {1: "L", 2: "L", 3: "T", 5: "TTTTTTT", 6: "LT", 7: "TTTTTT", 8: "TPP.T.T", 9: "LT", 10: "TTTTTT",
             11: "TTTTTA", 12: ".L", 13: "L....L"},
        ),
        (
            "office.csv",
            {1: "TTTTTTTTTTTTTT", 2: "TTPTLTTTTTTTT", 3: "T.....TTTTA.TT", 4: "TT.TLPTPTTTTR", 5: "TTATL.TTTRARR",
             6: "TT.TL.TT....A"},
        ),
        ("platform.csv", {1: "TTTTTTTTTTTTT", 2: "TTTT.TTTTTTTT", 3: "TTTTT.TTTTT", 4: "TTTL.RTTTTTL"}),
    ],
)  # fmt: skip
def test_each_cell_of_the_three_kinds_of_lists_comes_to_its_outcome(name: str, wanted: dict[int, str]) -> None:
    assert outcomes(read_list(name)) == wanted


def test_a_decision_above_the_table_and_stars_of_sections_go_down_to_the_rows() -> None:
    read = values(read_list("annex.csv"), 8)
    assert read[Field.STARS] == (C, 4)
    assert read[Field.DECISION_NUMBER] == (C, "888/QĐ-UBND")
    assert read[Field.DECISION_DATE] == (C, "2026-03-05")
    assert read[Field.NAME] == (P, ("Bánh thử", "bánh thử vị gừng"))
    assert read[Field.PRODUCER] == (P, ("Hộ KD Thử", "Hộ KD Thử, xã Hải Sơn"))
    assert read[Field.STATE] == (P, ("withdrawn",))


def test_a_star_against_its_section_and_points_against_stars_are_told() -> None:
    reading = read_list("annex.csv")
    assert values(reading, 11)[Field.STARS] == (A, ("4", "3"))
    assert "points_against_stars" in codes(reading, 10)
    assert values(reading, 10)[Field.STARS] == (T, 3)


def test_a_serial_number_in_csv_counts_where_the_decision_confirms_it() -> None:
    read = values(read_list("office.csv"), 2)
    assert read[Field.DECISION_DATE] == (T, "2020-11-20")
    alone = read_text("Tên sản phẩm,Chủ thể,Ngày QĐ\nTrà thử,HTX Thử,44155\n")
    assert values(alone, 2)[Field.DECISION_DATE] == (P, ("2020-11-20",))


def test_an_empty_producer_is_taken_from_above_only_when_the_person_says_so() -> None:
    asked = read_list("office.csv")
    assert {question.key for question in asked.questions} == {"day_order:10", "carry_down"}
    assert values(asked, 3)[Field.PRODUCER] == (P, ("HTX Thử Cô Tô",))
    said = read_list("office.csv", {"carry_down": "yes"})
    assert values(said, 3)[Field.PRODUCER] == (C, "HTX Thử Cô Tô")
    assert Field.PRODUCER not in values(read_list("office.csv", {"carry_down": "no"}), 3)


def test_the_answer_for_a_column_of_two_orders_settles_all_its_dates() -> None:
    said = read_list("office.csv", {"day_order:10": "dmy"})
    assert values(said, 3)[Field.DECISION_DATE] == (T, "2020-11-20")
    assert values(said, 5)[Field.DECISION_DATE] == (P, ("2021-11-20",))


def test_a_place_is_known_by_the_day_that_the_row_speaks_of() -> None:
    read = values(read_list("platform.csv"), 2)
    assert read[Field.COMMUNE] == (T, "06967")
    assert values(read_list("platform.csv"), 3)[Field.COMMUNE] == (T, "07093")
    old = values(read_list("office.csv"), 5)
    assert old[Field.DISTRICT] == (T, "hai-ha")
    assert old[Field.COMMUNE] == (A, ("06922", "06946", "06931", "06967"))


def test_an_identity_number_is_in_nothing_that_reading_gives() -> None:
    assert "012345678901" not in repr(read_list("platform.csv"))


def test_a_split_that_the_person_confirms_makes_several_products() -> None:
    said = read_list("annex.csv", {"split:8": "yes", "cell:8:producer": "Hộ KD Thử"})
    parts = [row for row in said.rows if row.number == 8]
    assert [row.values[Field.NAME].read for row in parts] == ["Bánh thử", "bánh thử vị gừng"]
    assert [row.part for row in parts] == [0, 1]
    whole = values(read_list("annex.csv", {"split:8": "no"}), 8)
    assert whole[Field.NAME] == (T, "Bánh thử, bánh thử vị gừng")


def test_a_correction_stands_in_place_of_the_cell() -> None:
    said = read_list("office.csv", {"cell:4:gtin": "9520000000158", "cell:5:valid_to": "", "cell:6:gtin": "123"})
    assert values(said, 4)[Field.GTIN] == (T, "09520000000158")
    assert Field.VALID_TO not in values(said, 5)
    assert values(said, 6)[Field.GTIN][0] is R


def test_every_cell_of_the_sample_comes_to_what_it_was_made_for(sample: SampleList) -> None:
    reading = read_sheet(read_book(sample.data, "danh-sach-mau.xlsx").sheets[0])
    by_number = {row.number: row for row in reading.rows}
    assert sum(row.kind == "product" for row in sample.rows) == 393
    assert list(by_number) == [row.number for row in sample.rows]
    wrong = []
    for made in sample.rows:
        read = by_number[made.number]
        said = {(value.source, value.read) for value in read.values.values()}
        for column, (outcome, told_as) in made.wanted.items():
            if read.outcomes[column] is not outcome or (
                told_as is not None and ((made.number, column), told_as) not in said
            ):
                wrong.append((made.number, column, made.cells[column], outcome, told_as, read.outcomes[column]))
        wrong += [
            (made.number, name, "carried", told_as, read.values.get(name))
            for name, told_as in made.carried.items()
            if name not in read.carried or read.values[name].read != told_as
        ]
        assert read.kind == made.kind
    assert wrong == []
    assert {question.key for question in reading.questions} == {f"day_order:{DAY_COLUMN}", "carry_down", "hidden_rows"}
    assert all(told(problem) for row in reading.rows for problem in row.problems)


def test_the_script_writes_the_sample_and_its_expected_outcome(tmp_path: Path, sample: SampleList) -> None:
    root = Path(__file__).resolve().parents[3]
    subprocess.run([sys.executable, root / "scripts" / "make_import_sample", tmp_path], check=True, timeout=60)
    written = json.loads((tmp_path / "danh-sach-mau.json").read_text(encoding="utf-8"))
    assert [row["row"] for row in written] == [row.number for row in sample.rows]
    sheet = read_book((tmp_path / "danh-sach-mau.xlsx").read_bytes(), "danh-sach-mau.xlsx").sheets[0]
    assert outcomes(read_sheet(sheet)) == outcomes(read_sheet(read_book(sample.data, "x.xlsx").sheets[0]))


def test_progress_is_told_and_what_it_raises_ends_the_reading(sample: SampleList) -> None:
    class Cancelled(Exception):
        pass

    def cancel(done: int) -> None:
        raise Cancelled(done)

    sheet = read_book(sample.data, "x.xlsx").sheets[0]
    with pytest.raises(Cancelled, match="200"):
        read_rows(sheet, find_header(sheet).mapping, on_row=cancel)


def test_lists_that_an_office_handed_in_come_to_an_outcome_in_every_cell() -> None:
    folder = os.environ.get(HANDED)
    if not folder:
        pytest.skip(f"No lists were handed in: {HANDED} names no folder.")
    files = sorted(file for file in Path(folder).rglob("*") if file.suffix in {".xlsx", ".ods", ".csv"})
    assert files
    for file in files:
        sheet = read_book(file.read_bytes(), file.name).sheets[0]
        reading = read_sheet(sheet)
        assert any(row.kind == "product" for row in reading.rows), file.name
        for row in reading.rows:
            filled = [bool(text.strip()) for text in row.cells]
            assert filled == [outcome is not None for outcome in row.outcomes], (file.name, row.number)


@pytest.mark.parametrize("last", [False, True], ids=["first", "last"])
def test_each_choice_that_is_offered_settles_its_cell_once_somebody_takes_it(last: bool) -> None:
    """Else the same would be asked again and again, whatever is answered."""
    sheet = read_book(build(products=120).data, "x.xlsx").sheets[0]
    columns = {f"day_order:{DAY_COLUMN}": "dmy"}
    offered = {
        (row.number, name): value.proposed[-1 if last else 0]
        for row in read_sheet(sheet, columns).rows
        for name, value in row.values.items()
        # A name is asked by splitting its row; of rows with one barcode all but one are corrected or left out.
        if value.proposed and name is not Field.NAME and "gtin_twice" not in {one.code for one in row.problems}
    }
    assert len(offered) > 50
    chosen = columns | {f"cell:{number}:{name}": option for (number, name), option in offered.items()}
    said = {row.number: row.values for row in read_sheet(sheet, chosen).rows}
    asked_again = {
        key: (option, said[key[0]][key[1]]) for key, option in offered.items() if said[key[0]][key[1]].outcome is not T
    }
    assert not asked_again

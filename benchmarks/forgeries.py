#!/usr/bin/env python
"""Forges, drops, swaps, copies and revokes what an inspector records, and prints who finds it and what it is called.

    .venv/bin/python benchmarks/forgeries.py                     # all cases, about three minutes
    .venv/bin/python benchmarks/forgeries.py --only fork --only photo
    .venv/bin/python benchmarks/forgeries.py --vi                # the app's words in Vietnamese too

A real server on SQLite, real folders of devices, real PDFs. The columns are what `main.py check-record` says of the
PDF on another device, what the page that the paper's QR code opens says, and what the back office shows. A case has
words that must be there and words that must not. The program ends with 1 where one is not so.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.forging import papers, records  # noqa: E402 - of this project, not installed
from benchmarks.forging.town import Told, Town  # noqa: E402


@dataclass(frozen=True)
class Case:
    """A case: its name, what makes it, and what must and must not be said in which column."""

    name: str
    make: Callable[[Town], Told]
    said: tuple[str, str, str]
    unsaid: tuple[str, str, str] = ("", "", "")


CASES = [
    Case(
        "nothing: as it was made",
        papers.as_it_was_made,
        ("as it was signed", "Matches the record", "ký bằng khóa"),
        ("!", "", ""),
    ),
    Case(
        "nothing: not sent yet",
        papers.before_it_was_sent,
        ("as it was signed", "has not reached", ""),
        ("received", "", ""),
    ),
    Case(
        "one byte of the round in the PDF", papers.one_byte_of_the_round, ("record of the round is not", "differs", "")
    ),
    Case("one byte of an inspection in the PDF", papers.one_byte_of_an_inspection, ("Inspection 2 is not", "", "")),
    Case("one byte of the packed PDF", papers.one_byte_of_the_file, ("The file was changed after", "", "")),
    Case(
        "words on a page, sealed by a stranger",
        papers.words_changed_and_sealed_anew,
        ("A stranger's key sealed", "", ""),
    ),
    Case(
        "words on a page, sealed by a colleague",
        papers.words_changed_and_sealed_by_a_colleague,
        ("Somebody else sealed", "", ""),
    ),
    Case(
        "another round's code on the paper",
        papers.anothers_code_on_the_paper,
        ("that of another record", "shows the id", ""),
    ),
    Case("another round's code in the file", papers.anothers_code_in_the_file, ("that of another record", "", "")),
    Case(
        "other numbers, signed by the own key",
        papers.other_numbers_in_the_code,
        ("numbers in the code", "not those of the record", ""),
    ),
    Case(
        "code signed by a colleague's key",
        papers.code_signed_by_a_colleague,
        ("another device or account", "key of another person", ""),
    ),
    Case(
        "certificate from outside its days",
        papers.certificate_from_outside_its_issuers_days,
        ("did not certify", "Nobody knows", ""),
    ),
    Case(
        "signed by another device's key",
        papers.signed_with_the_key_of_another_device,
        ("another device or account", "bad_signature", "not stored"),
    ),
    Case("photo swapped in the PDF", papers.photo_swapped_in_the_file, ("Photo 1.1 is not the picture", "", "")),
    Case(
        "photo swapped on the server's disk",
        records.photo_swapped_on_the_servers_disk,
        ("as it was signed", "", "KHÔNG PHẢI ẢNH ĐÃ KÝ"),
        ("!", "", ""),
    ),
    Case(
        "record left out of the chain (gap)",
        records.record_left_out,
        ("as it was signed", "has not arrived", "CHƯA NHẬN ĐƯỢC"),
    ),
    Case(
        "whole disk copied (fork)",
        records.whole_disk_copied,
        ("Two different records follow", "Two records follow", "Hai phiếu"),
    ),
    Case(
        "nothing: correction in a copied folder",
        records.correction_begun_and_folder_copied,
        ("as it was signed", "Matches", ""),
        ("!", "Two records", "Hai phiếu"),
    ),
    Case(
        "key revoked after the record came",
        records.key_revoked_afterwards,
        ("key that sealed the pages was revoked", "after the record had arrived", "sau khi đã nhận"),
    ),
    Case(
        "key revoked before the record came",
        records.key_revoked_before_it_came,
        ("The key was revoked", "arrived after its key", "trước khi nhận"),
    ),
    Case(
        "clock set back a year before the round",
        records.clock_set_back_before_the_round,
        ("days after the day", "clock was set back", ""),
    ),
    Case(
        "clock set back a year within the round",
        records.clock_set_back_within_the_round,
        ("clock was wrong or was set", "clock was set back", ""),
    ),
    Case("clock a year ahead", records.clock_a_year_ahead, ("clock was wrong or was set", "after the arrival", "")),
    Case(
        "nothing: a year without a network",
        records.a_year_without_a_network,
        ("days after the day", "many days after", ""),
        ("!", "set back", "chỉnh lùi"),
    ),
    Case(
        "register restored from an older copy",
        records.register_restored,
        ("the register received it", "has not reached", ""),
    ),
    Case(
        "nothing: erased by law", records.erased_by_law, ("as it was signed", "erased", "0 with names"), ("!", "", "")
    ),
    Case(
        "nothing: corrected before closing",
        records.corrected_before_closing,
        ("as it was signed", "Matches", ""),
        ("!", "", ""),
    ),
    Case(
        "corrected after closing: the old paper",
        records.corrected_afterwards,
        ("corrected after the round", "were corrected", "đã được thay"),
    ),
    Case(
        "nothing: signature refused",
        records.signature_refused,
        ("refused: Không đồng ý", "Matches", "từ chối ký"),
        ("!", "", ""),
    ),
    Case("receipt of another record", papers.receipt_of_another_record, ("A receipt in the file is not", "", "")),
]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="WORDS", help="cases with these words in their names")
    parser.add_argument("--vi", action="store_true", help="also what the app says of the file in Vietnamese")
    options = parser.parse_args()
    chosen = [case for case in CASES if not options.only or any(words in case.name for words in options.only)]
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder), vietnamese=options.vi)
        try:
            print(row("case", Told(["the check"], ["the register's page"], ["the office"])))
            for case in chosen:
                told = case.make(town)
                print("-" * 198, row(case.name, told), sep="\n", flush=True)
                wrong += [f"{case.name}: {each}" for each in missed(case, told)]
        finally:
            town.close()
    print("-" * 198, *wrong, f"{len(chosen)} cases, {len(wrong)} not told as they must be", sep="\n")
    return int(bool(wrong))


def missed(case: Case, told: Told) -> list[str]:
    """What of a case is not said, or said though it must not be."""
    columns = ["\n".join(column) for column in (told.check, told.page, told.office)]
    found = [f"not said: {words}" for words, column in zip(case.said, columns, strict=True) if words not in column]
    pairs = zip(case.unsaid, columns, strict=True)
    return found + [f"said: {words}" for words, column in pairs if words and words in column]


def row(name: str, told: Told) -> str:
    """A row of the table, as many lines high as its highest cell."""
    cells = [[name], told.check, told.page, told.office]
    widths = (26, 60, 60, 42)
    wrapped = [
        [line for each in c for line in textwrap.wrap(each, w) or [""]] for c, w in zip(cells, widths, strict=True)
    ]
    height = max(map(len, wrapped))
    lines = zip(*(cell + [""] * (height - len(cell)) for cell in wrapped), strict=True)
    return "\n".join(" | ".join(text.ljust(w) for text, w in zip(line, widths, strict=True)).rstrip() for line in lines)


if __name__ == "__main__":
    sys.exit(main())

"""Takes what a person answers, corrects and accepts in a preview; the preview is then made anew."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.db import transaction

from imports.header import find_header
from imports.models import ImportRun, SourceMapping
from imports.preview import sheet_of, source_key, words_of
from imports.values import Field

MOST_ANSWERS = 60_000
LONGEST = 500


def answer(run: ImportRun, answers: Mapping[str, str]) -> None:
    """Keep answers by their keys; what others answer at the same time is kept too."""
    with transaction.atomic():
        stored = ImportRun.objects.select_for_update().get(pk=run.pk)
        stored.answers |= {key[:100]: text[:LONGEST] for key, text in answers.items()}
        if len(stored.answers) > MOST_ANSWERS:
            raise ValueError("too many answers")
        stored.save(update_fields=["answers"])
    run.answers = stored.answers


def accept_all(run: ImportRun, kind: str) -> int:
    """Accept what is proposed in each row for this kind; return how many."""
    taken: dict[str, str] = {}
    for asks in run.rows.exclude(asks=[]).values_list("asks", flat=True).iterator(2000):
        for ask in asks:
            if ask["kind"] == kind:
                taken[ask["key"]] = ask["options"][0][0]
    answer(run, taken)
    return len(taken)


def fill(run: ImportRun, name: str, text: str) -> int:
    """Put one text into every row that says nothing in this field and is refused; return into how many."""
    rows = run.rows.filter(outcome__in=("refused", "asked")).only("number", "part", "read")
    empty = {
        f"cell:{row.label}:{name}": text
        for row in rows.iterator(2000)
        if not row.read["values"].get(name, {}).get("text", "").strip()
    }
    answer(run, empty)
    return len(empty)


def choose_sheet(run: ImportRun, number: int) -> None:
    """Read another sheet; what was answered was about the one before."""
    with transaction.atomic():
        stored = ImportRun.objects.select_for_update().get(pk=run.pk)
        stored.sheet = number
        stored.answers = {key: text for key, text in stored.answers.items() if key == "issuer"}
        stored.save(update_fields=["sheet", "answers"])
    run.refresh_from_db()


def choose_columns(run: ImportRun, row: int, columns: Mapping[str, int], by: int | None) -> None:
    """Say which column holds what, and remember it for files with the same header."""
    known = {Field(name).value: at for name, at in columns.items()}
    answer(run, {"columns": json.dumps({"row": row, **known})})
    sheet = sheet_of(run)
    if sheet is not None and row:
        words = words_of(sheet, row, find_header(sheet, run.answers))
        SourceMapping.objects.update_or_create(words=source_key(words), defaults={"columns": known, "by_id": by})

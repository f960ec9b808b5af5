"""Makes the preview of an import: reads the file, judges its rows against the register and keeps what comes of it."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Value as Expression

from imports import judging
from imports.cells import Book, Sheet, Unreadable
from imports.header import Header, Mapping, find_header
from imports.known import load, register_state
from imports.models import ImportRow, ImportRun, RunState, SourceMapping
from imports.rows import ReadRow, read_rows
from imports.sheets import read_book
from imports.stored import as_json, from_json, problem_as_json
from imports.values import Field, Problem
from register.folding import fold

_PART = 500
Step = Callable[[int], None]


def make(run: ImportRun, step: Step) -> RunState:
    """Read and judge; ASKING where a person has to say first which sheet or which columns. Raises Unreadable."""
    book = _book(run.path, run.name)
    run.sheets = [{"name": one.name, "rows": len(one.rows), "hidden": one.hidden} for one in book.sheets]
    if run.sheet is None or run.sheet >= len(book.sheets):
        filled = [number for number, one in enumerate(book.sheets) if one.rows and not one.hidden]
        if len(filled) != 1:
            return _kept(run, RunState.ASKING)
        run.sheet = filled[0]
    sheet = book.sheets[run.sheet]
    step(0)
    header = find_header(sheet, run.answers)
    mapping = _mapping(run, header)
    run.header = {
        "words": list(words_of(sheet, mapping.header_row, header)),
        "row": mapping.header_row,
        "title": {name.value: str(value.read) for name, value in header.title.items() if value.read is not None},
    }
    run.mapping = {name.value: column for name, column in mapping.columns.items()} | {"by": mapping.by}
    open_columns = [one for one in header.questions if one.key.startswith("column:")]
    if Field.NAME not in mapping.columns or (open_columns and mapping.by != "person"):
        run.questions = [_question(one) for one in header.questions]
        run.problems = [problem_as_json(one) for one in (*book.notes, *header.problems)]
        return _kept(run, RunState.ASKING)
    run.total = len(sheet.rows)
    reading = read_rows(sheet, mapping, run.answers, header.title, step)
    run.questions = [_question(one) for one in (*header.questions, *reading.questions)]
    notes = (*book.notes, *header.problems, *reading.problems)
    run.problems = [problem_as_json(one) for one in notes]
    judge(run, reading.rows, step)
    return _kept(run, RunState.PREVIEW)


def words_of(sheet: Sheet, row: int, header: Header) -> tuple[str, ...]:
    """The words of the header, by column; of a row that a person named, its texts."""
    if row == header.mapping.header_row:
        return header.words
    found = next((one for one in sheet.rows if one.number == row), None)
    return tuple(" ".join(cell.text.split()) for cell in found.cells) if found else ()


def source_key(words: Iterable[str]) -> str:
    """How a source is known: by the words of its header."""
    return hashlib.sha256("|".join(fold(word) for word in words).encode()).hexdigest()


def sheet_of(run: ImportRun) -> Sheet | None:
    """The chosen sheet, for the page of columns."""
    return _book(run.path, run.name).sheets[run.sheet] if run.sheet is not None else None


@lru_cache(maxsize=1)
def _book(path: str, name: str) -> Book:
    """The last file that was read; a person who corrects rows has it read many times. Raises Unreadable."""
    try:
        with default_storage.open(path) as file:
            return read_book(file.read(), name)
    except FileNotFoundError:
        raise Unreadable(Problem("file_gone")) from None


def _mapping(run: ImportRun, header: Header) -> Mapping:
    """What this person said of this file, else what somebody said of files with this header, else what words say."""
    if said := run.answers.get("columns"):
        columns = json.loads(said)
        row = int(columns.pop("row"))
        levels = header.mapping.levels if row == header.mapping.header_row else 1
        return Mapping(row, {Field(name): at for name, at in columns.items()}, "person", levels)
    kept = SourceMapping.objects.filter(words=source_key(header.words)).first()
    if kept is not None and header.words:
        columns = {Field(name): at for name, at in kept.columns.items()}
        return Mapping(header.mapping.header_row, columns, "person", header.mapping.levels)
    return header.mapping


def judge(run: ImportRun, rows: Sequence[ReadRow], step: Step, *, at_once: bool = False) -> int:
    """Judge rows and keep what differs from what was kept; return how many rows differ.

    With `at_once` all of it is kept, or nothing where the work ends before: then the rows stay as a person saw them.
    """
    run.seen = register_state()
    known = load()
    course = judging.begin(rows, known, run.answers)
    kept = dict(run.rows.order_by().values_list("position", "digest"))
    counts: Counter[str] = Counter()
    batch: list[ImportRow] = []
    changed = 0
    for position, row in enumerate(rows):
        one = _row(run, position, row, course)
        counts[one.outcome] += 1
        counts.update({f"kind:{ask['kind']}": 1 for ask in one.asks if ask["kind"]})
        if kept.pop(position, None) != one.digest:
            batch.append(one)
            changed += 1
        if len(batch) >= _PART and not at_once:
            _keep(batch)
        if position % 200 == 0:
            step(position)
    run.counts = dict(counts)
    run.judged = secrets.token_hex(8)
    with transaction.atomic():
        _keep(batch)
        for part in (list(kept)[at : at + _PART] for at in range(0, len(kept), _PART)):
            run.rows.filter(position__in=part).delete()
        if at_once:
            run.save(update_fields=["seen", "judged", "counts"])
    return changed + len(kept)


def judge_again(run: ImportRun, step: Step) -> int:
    """Judge the rows as they were read against the register as it is now; return how many differ."""
    stored = run.rows.order_by("position").values_list("read", flat=True)
    return judge(run, [from_json(one) for one in stored.iterator(2000)], step, at_once=True)


def _row(run: ImportRun, position: int, row: ReadRow, course: judging.Course) -> ImportRow:
    judged = judging.judge(row, course)
    said: dict[str, Any] = {
        "read": as_json(row),
        "outcome": judged.outcome.value,
        "reasons": [reason.as_json() for reason in judged.reasons],
        "asks": [ask.as_json() for ask in judged.asks],
        "changes": [list(change) for change in judged.changes],
        "plan": judged.plan,
        "product": judged.product,
    }
    digest = hashlib.md5(json.dumps(said, sort_keys=True).encode(), usedforsecurity=False).hexdigest()
    return ImportRow(run=run, position=position, number=row.number, part=row.part, digest=digest, **said)


def _keep(batch: list[ImportRow]) -> None:
    columns = ["number", "part", "read", "outcome", "reasons", "asks", "changes", "plan", "product", "digest"]
    if batch:
        # One expression among the values keeps Django from sending whole columns as arrays, in which psycopg escapes
        # every quote of the JSON one after the other.
        batch[0].part = Expression(batch[0].part)
    ImportRow.objects.bulk_create(
        batch, update_conflicts=True, unique_fields=["run", "position"], update_fields=columns, batch_size=_PART
    )
    batch.clear()


def _question(question: Any) -> dict[str, Any]:
    return {
        "key": question.key, "code": question.code, "field": question.field.value, "column": question.column,
        "options": list(question.options), "examples": list(question.examples),
    }  # fmt: skip


def _kept(run: ImportRun, state: RunState) -> RunState:
    names = ("sheets", "sheet", "header", "mapping", "questions", "problems", "counts", "seen", "judged", "total")
    run.save(update_fields=names)
    return state

"""Says which migrations the version before would not survive: `python -m tests.support.migration_lint [--record]`.

While an upgrade is under way, workers of the version before go on reading and writing the database that the new one has
migrated, and so they do after a rollback. CONTRIBUTING.md tells the rules. What is judged is the SQL that PostgreSQL
would be told; most checks are django-migration-linter's. Migrations in the list of released ones are not judged;
`--record` writes it anew. DATABASE_URL names a PostgreSQL, else a temporary one is started. Nothing is written to it.
"""

from __future__ import annotations

import argparse
import inspect
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django_migration_linter.sql_analyser.base import Check, CheckMode, CheckType
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

from tests.support.registry_server import ROOT

RELEASED = ROOT / "tests" / "fixtures" / "released_migrations.txt"
REASONS = "survived"
"""The attribute of a migration that gives a reason for each code that it may break."""
SHORTEST_REASON = 30
REASONS_OF_OTHERS: dict[tuple[str, str], dict[str, str]] = {}
"""The same for migrations of packages, by app and name."""

WAYS = {
    "NOT_NULL": "the version before leaves it out, or writes NULL: give it db_default=, or let it be null until the "
    "next release",
    "DROP_COLUMN": "the version before still reads and writes it: take it out of the model by "
    "SeparateDatabaseAndState now, drop it in the next release",
    "FORGOTTEN": "the new version leaves out a column that takes no NULL: let database_operations give it a default",
    "DROP_TABLE": "the version before still uses it: drop it in the next release",
    "RENAME_COLUMN": "the version before knows the old name: keep it by db_column=",
    "RENAME_TABLE": "the version before knows the old name: keep it by db_table=",
    "ALTER_COLUMN": "the table may be written anew while all wait, and the version before may write what no longer "
    "fits: add a column instead, or say why neither is so",
    "ADD_UNIQUE": "the version before may write what is there already, and all wait while the index is made",
    "ADD_CONSTRAINT": "the version before may write what it forbids, and all wait while every row is read: add it in "
    "the next release",
    "CREATE_INDEX": "writers of the table wait until it is made: use migrating.indexes.AddIndexBesideWriters",
    "DROP_INDEX": "all wait for the table: use migrating.indexes.RemoveIndexBesideWriters",
    "REINDEX": "all wait for the table",
    "RUNPYTHON_SCHEMA": "what a function does to tables cannot be judged: use operations of migrations",
    "RUNPYTHON_REVERSIBLE": "give it a function for the way back, if only migrations.RunPython.noop",
    "NO_REASON": "a reason says in a sentence why the version before survives",
    "NO_NEED": "take the reason out: nothing of this code is done here",
    "GONE": "a released migration stays, for the databases that have not run it",
}
"""What to do instead, by the code of what is refused."""


def _new_tables(sql: Iterable[str]) -> set[str]:
    return {found[1] for line in sql if (found := re.match(r'CREATE TABLE ("[^"]+")', line))}


def _on_older_tables(sql: Sequence[str], pattern: str) -> bool:
    """Whether a statement matches `pattern`, whose first group is a table that the same migration has not made."""
    new = _new_tables(sql)
    return any(found[1] not in new for line in sql if (found := re.search(pattern, line)))


def _left_out(sql: Sequence[str], **_: Any) -> bool:
    """Whether a column of an older table takes no NULL and has no default in the database, column by column."""
    new = _new_tables(sql)
    has_default: dict[tuple[str, str], bool] = {}
    for line in sql:
        changed = re.match(r'ALTER TABLE ("[^"]+") (ADD|ALTER) COLUMN ("[^"]+") (.*)', line, re.DOTALL)
        if changed is None or changed[1] in new:
            continue
        column, what = (changed[1], changed[3]), changed[4]
        if changed[2] == "ADD" and re.search(r"\bNOT NULL\b", what):
            has_default[column] = bool(re.search(r"\b(DEFAULT|GENERATED)\b", what))
        elif re.search(r"\bSET NOT NULL\b", what) or ("DROP DEFAULT" in what and column in has_default):
            has_default[column] = False
        elif "SET DEFAULT" in what and column in has_default:
            has_default[column] = True
    return not all(has_default.values())


class Analyser(PostgresqlAnalyser):  # type: ignore[misc]  # untyped in what matters
    """django-migration-linter's checks. Those below it asks of a migration's first statement alone, or not at all."""

    migration_checks = [  # noqa: RUF012 - the base class has it so
        *PostgresqlAnalyser.migration_checks,
        *(
            Check(code, check, code, CheckMode.TRANSACTION, CheckType.ERROR)
            for code, check in {
                "NOT_NULL": _left_out,
                "CREATE_INDEX": lambda sql, **_: _on_older_tables(
                    sql, r'^CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).* ON ("[^"]+")'
                ),
                "CREATE_INDEX_EXCLUSIVE": lambda *_, **__: False,  # the one above is stricter
                "ADD_UNIQUE": lambda sql, **_: (
                    _on_older_tables(sql, r'^ALTER TABLE ("[^"]+") ADD CONSTRAINT .* UNIQUE')
                    or _on_older_tables(sql, r'^CREATE UNIQUE INDEX .* ON ("[^"]+")')
                ),
                "ADD_CONSTRAINT": lambda sql, **_: _on_older_tables(
                    sql, r'^ALTER TABLE ("[^"]+") ADD CONSTRAINT .* (?:CHECK|FOREIGN KEY|EXCLUDE)\b'
                ),
            }.items()
        ),
    ]


def judged(migration: Any, models: Any) -> set[str]:
    """The codes of what the version before would not survive in a migration of `models`. Nothing is executed."""
    analyser = Analyser([])
    analyser.analyse([" ".join(statement.split()) for statement in _statements(migration, models.clone())])
    codes = {issue.code for issue in [*analyser.errors, *analyser.warnings]}
    for operation in migration.operations:
        codes |= _of_a_function(operation) | _of_models_alone(operation, migration.app_label, models)
    return codes


def _statements(migration: Any, models: Any) -> list[str]:
    from django.db import connection

    with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        migration.apply(models, editor, collect_sql=True)
    return [line for line in editor.collected_sql if not line.startswith("--")]


def _of_a_function(operation: Any) -> set[str]:
    from django.db.migrations import RunPython

    codes = set[str]()
    if isinstance(operation, RunPython):
        if not operation.reversible:
            codes.add("RUNPYTHON_REVERSIBLE")
        if re.search(r"schema_editor\.(?!connection)\w+\(|\b(CREATE|ALTER|DROP)\b", inspect.getsource(operation.code)):
            codes.add("RUNPYTHON_SCHEMA")
    return codes


def _of_models_alone(operation: Any, app: str, models: Any) -> set[str]:
    """Whether the models forget a column that takes no NULL and has no default: the new version leaves it out."""
    from django.db.migrations import RemoveField, SeparateDatabaseAndState
    from django.db.models import NOT_PROVIDED

    if not isinstance(operation, SeparateDatabaseAndState) or operation.database_operations:
        return set()
    forgotten = [
        models.models[app, step.model_name_lower].fields[step.name]
        for step in operation.state_operations
        if isinstance(step, RemoveField)
    ]
    left_out = [field for field in forgotten if not field.null and field.db_default is NOT_PROVIDED]
    return {"FORGOTTEN"} if left_out else set()


def refused(codes: set[str], reasons: Mapping[str, str]) -> set[str]:
    """Those codes for which there is no reason, and what is wrong with reasons."""
    found = codes - set(reasons)
    if set(reasons) - codes:
        found.add("NO_NEED")
    if any(len(reason) < SHORTEST_REASON for reason in reasons.values()):
        found.add("NO_REASON")
    return found


def released(path: Path = RELEASED) -> set[tuple[str, str]]:
    """App and name of each migration that some release has had."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {(app, name) for line in lines if not line.startswith("#") for app, name in [line.split()]}


def judge(known: set[tuple[str, str]]) -> dict[tuple[str, str], set[str]]:
    """What is refused, by app and name of the migration; those in `known` are not looked at."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection, replace_migrations=False)
    found: dict[tuple[str, str], set[str]] = {name: {"GONE"} for name in known - set(loader.disk_migrations)}
    for name, migration in loader.disk_migrations.items():
        if name not in known:
            codes = judged(migration, loader.project_state(name, at_end=False))
            reasons = getattr(migration, REASONS, REASONS_OF_OTHERS.get(name, {}))
            if wrong := refused(codes, reasons):
                found[name] = wrong
    return found


def record(path: Path = RELEASED) -> int:
    """Write down all migrations that there are as released; how many."""
    from django.db.migrations.loader import MigrationLoader

    names = sorted(MigrationLoader(None).disk_migrations)
    head = "# Migrations of the last release: later ones are judged. scripts/lint_migrations --record\n"
    path.write_text(head + "".join(f"{app} {name}\n" for app, name in names), encoding="utf-8")
    return len(names)


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge and tell, or record."""
    parser = argparse.ArgumentParser(description="Migrations that the version before would not survive.")
    parser.add_argument("--record", action="store_true", help="take all that there are as released")
    options = parser.parse_args(arguments)
    from tests.faults.postgresql import temporary_postgresql

    sys.path.insert(0, str(ROOT / "server"))
    with tempfile.TemporaryDirectory() as data:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "OCOP_SERVER_DATA": data}
        if options.record:
            os.environ["DATABASE_URL"] = "sqlite:///:memory:"
            _set_up()
            print(f"{record()} migrations are recorded as released")
            return 0
        if os.environ.get("DATABASE_URL", "").startswith("postgres"):
            return _tell()
        with temporary_postgresql() as cluster:
            os.environ["DATABASE_URL"] = cluster.url
            return _tell()


def _set_up() -> None:
    import django

    django.setup()


def _tell() -> int:
    _set_up()
    from django.db import connection

    known = released()
    found = judge(known)
    connection.close()
    for (app, name), codes in sorted(found.items()):
        print(f"{app} {name}")
        for code in sorted(codes):
            print(f"    {code}: {WAYS.get(code, 'the version before would not survive it')}")
    if found:
        print(f"An exception is written into the migration: {REASONS} = {{CODE: why the version before survives}}")
    print(f"{len(found)} migrations refused")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

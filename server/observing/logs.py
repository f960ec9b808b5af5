"""Writes the server's log: one JSON object a line, with nothing about people.

It holds nothing that was sent, and of an address only its pattern: paths hold GTINs and ids, queries more. Of an error
it tells the class and the line of code, not the message, which may quote what was sent (PostgreSQL quotes whole rows).
Messages of other libraries are left out for the same reason; their line of code is told.
"""

from __future__ import annotations

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

# The id of the request that this thread answers.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

# Loggers whose messages are written: our packages', and one that only tells how many requests wait.
OWN = (
    "accounts", "answers", "api", "audits", "background", "backoffice", "backups", "checklists", "config", "doctor",
    "epcis", "guidance", "imports", "inspections", "issuing", "linking", "logbook", "migrating", "observing",
    "office_files", "overview", "pages", "pictures", "privacy", "publishing", "querying", "records", "register",
    "reports", "reviewing", "rounds", "sample_office", "serving",
)  # fmt: skip
_OF_OTHERS = "waitress.queue"


class JsonLines(logging.Formatter):
    """One record as one line of JSON; `extra={"fields": {...}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the record."""
        own = record.name == _OF_OTHERS or record.name.partition(".")[0] in OWN
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if own else f"{record.name}.{record.funcName}",
        }
        identity = request_id.get()
        if identity:
            line["request"] = identity
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            line["error"] = _described(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _described(error: BaseException) -> dict[str, Any]:
    """Class, line and machine-readable codes of an error and of its causes."""
    kind = type(error)
    described: dict[str, Any] = {"kind": f"{kind.__module__}.{kind.__qualname__}"}
    diagnosis = getattr(error, "diag", None)  # psycopg's
    response = getattr(error, "response", None)  # botocore's
    codes = {
        "errno": getattr(error, "errno", None),
        "sqlstate": getattr(error, "sqlstate", None),
        "constraint": getattr(diagnosis, "constraint_name", None),
        "code": response.get("Error", {}).get("Code") if isinstance(response, dict) else None,
    }
    described |= {name: code for name, code in codes.items() if code}
    described["at"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    cause = error.__cause__ or error.__context__
    if cause is not None:
        described["cause"] = _described(cause)
    return described

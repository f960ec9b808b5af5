"""Lines of the server's log: one object each, in UTC, with the code of what was refused."""

from __future__ import annotations

import json
import logging
import sys
import uuid
from datetime import datetime, timedelta

import pytest
from django.test import Client

from observing.logs import JsonLines
from observing.observation import Observation


def test_a_line_is_one_object_with_its_time_in_utc_whatever_is_in_it() -> None:
    forged = 'a\r\n{"level": "info", "event": "forged"}\u2028\u0000\x1b[2K'
    try:
        int(forged)
    except ValueError:
        record = logging.LogRecord("records.x", logging.ERROR, "x.py", 1, "%s", (forged,), sys.exc_info())
    record.fields = {"code": forged}
    line = JsonLines().format(record)
    assert len(line.encode().splitlines()) == 1
    assert "\x1b" not in line
    told = json.loads(line)
    assert told["event"] == told["code"] == forged
    assert "forged" not in json.dumps(told["error"])
    assert datetime.fromisoformat(told["time"]).utcoffset() == timedelta(0)


@pytest.mark.django_db
def test_what_is_refused_is_told_with_its_code(caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    with caplog.at_level(logging.INFO, logger=Observation.__module__):
        client.get("/api/v1/records", headers={"Authorization": "Bearer khong-co"})
        client.put(f"/api/v1/inspections/{uuid.uuid4()}", b"{}", content_type="application/json")
        client.post("/api/v1/auth/sign-in", "x" * 20_000, content_type="application/json")
        client.get("/admin/register/product/")
    told = [(record.fields["route"], record.fields["status"], record.fields.get("code")) for record in caplog.records]  # type: ignore[attr-defined]
    assert [(status, code) for _, status, code in told] == [
        (401, "not_signed_in"), (400, "bad_digest"), (413, "too_large"), (302, None),
    ]  # fmt: skip
    assert told[1][0] == "/api/v1/inspections/<id>"

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.codes import parse
from services.notes.content import NotedCode, NotedVerdict, Outcome, Position
from services.notes.note import Draft
from services.register.certificates import believed_today
from services.verification import Finding, Verdict
from services.verification.check import CheckedCode
from services.verification.verdict import Reason, ReasonCode, Status
from tests.services.conftest import NOW, new_id

PACK = "(01)09521234567899(17)270131(10)L1(21)S7"
OLD: dict[str, Any] = {
    "id": new_id(), "started_at": "2026-11-23T08:00:00+00:00", "product_name": "Chả mực", "outcome": "mislabelled",
    "text": "Tem mờ", "supersedes": None, "account": "kiemtra01",
    "code": {"text": "x", "symbology": "typed", "gtin": None, "lot": None, "serial": None, "expiry": None},
    "verdict": {"status": "certified", "reasons": ["certificate_valid"], "as_of": "2026-11-23T07:00:00Z"},
    "place": {"lat": 20.95, "lon": 107, "accuracy": None},
    "photos": [{"sha256": "0" * 64, "size": 12, "type": "image/jpeg"}],
}  # fmt: skip


def checked(text: str) -> CheckedCode:
    as_of = datetime(2026, 11, 23, 7, 0, 0, 999_999, UTC)
    valid = Finding(Status.CERTIFIED, (Reason(ReasonCode.CERTIFICATE_VALID),))
    verdict = Verdict((valid,), as_of, believed_today(as_of))
    return CheckedCode(text, "GS1 DataMatrix", parse(text), None, verdict)


def test_what_was_checked_is_noted_in_the_wire_form() -> None:
    code = NotedCode.of(checked(PACK))
    assert code == NotedCode(PACK, "GS1 DataMatrix", "09521234567899", "L1", "S7", date(2027, 1, 31))
    assert code.to_json() == {
        "text": PACK, "symbology": "GS1 DataMatrix", "gtin": "09521234567899", "lot": "L1", "serial": "S7",
        "expiry": "2027-01-31",
    }  # fmt: skip
    verdict = NotedVerdict.of(checked(PACK))
    assert verdict.to_json() == {
        "status": "certified", "reasons": ["certificate_valid"], "as_of": "2026-11-23T07:00:00Z",
    }  # fmt: skip
    for noted in (code, verdict, Position(20.95, 107, None), Position(-1.5, 2.25, 12.0)):
        assert type(noted).from_json(json.loads(json.dumps(noted.to_json()))) == noted


@pytest.mark.parametrize("text", ["https://truyxuat.example/p/1", "nonsense"])
def test_what_names_no_product_is_noted_too(text: str) -> None:
    assert NotedCode.of(checked(text)) == NotedCode(text, "GS1 DataMatrix")


def test_a_draft_of_version_0_1_0_is_read_and_written_as_it_was() -> None:
    draft = Draft.from_json(OLD)
    assert draft.verdict == NotedVerdict("certified", ("certificate_valid",), datetime(2026, 11, 23, 7, tzinfo=UTC))
    assert draft.outcome == Outcome.MISLABELLED
    assert json.loads(json.dumps(draft.to_json())) == OLD


def test_what_is_not_known_here_loses_no_draft() -> None:
    richer = {name: {**part, "later": 1} if isinstance(part, dict) else part for name, part in OLD.items()}
    assert Draft.from_json({**richer, "later": {"a": 1}}) == Draft.from_json(OLD)


def test_what_is_missing_or_cannot_be_read_loses_no_draft() -> None:
    bare = {"id": new_id(), "started_at": NOW.isoformat(), "photos": [], "code": {"text": "x"}, "verdict": {}}
    draft = Draft.from_json(bare | {"text": "Tem mờ"})
    assert (draft.text, draft.code, draft.verdict) == ("Tem mờ", NotedCode("x", ""), NotedVerdict(""))
    odd = OLD | {"code": OLD["code"] | {"expiry": "soon"}, "verdict": OLD["verdict"] | {"as_of": 7}}
    assert Draft.from_json(odd).text == "Tem mờ"

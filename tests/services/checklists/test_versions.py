"""Versions by their hash: what the register names is fetched and kept, and what was used stays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from services.checklists.annex_groups import AnnexGroups
from services.checklists.document import ChecklistRefused, bundled
from services.checklists.versions import Versions
from services.client.registry import Registry
from services.register.about import NamedChecklist, Register
from services.storage.store import StoreWriteError
from services.sync.passes import fetch_checklists
from tests.support.wire import Answer

Stranger = Callable[[Callable[[str, str], Answer]], Registry]

OTHER = json.dumps({**json.loads(bundled()), "made": "2026-12-01"}).encode()
NEWER = json.dumps({"format": 2}).encode()
SHA, NEWER_SHA, OWN = (hashlib.sha256(content).hexdigest() for content in (OTHER, NEWER, bundled()))
DAY = date(2026, 11, 28)


def said(status: int, body: bytes) -> Answer:
    return status, {"Date": "Sat, 28 Nov 2026 08:00:00 GMT"}, body


def named(sha256: str, begins: date = date(2026, 1, 1), ends: date | None = None) -> NamedChecklist:
    return NamedChecklist(sha256, begins, ends)


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path / "checklists")


def test_a_device_that_was_never_online_has_the_apps_own_version(versions: Versions) -> None:
    assert versions.in_force((), DAY).sha256 == OWN
    assert versions.get(OWN) is versions.own
    assert not versions.folder.exists()


def test_what_is_kept_is_there_after_a_restart_and_holds_on_its_days(versions: Versions) -> None:
    versions.keep(SHA, OTHER)
    again = Versions(versions.folder)
    assert again.in_force([named(SHA)], DAY).sha256 == SHA
    assert again.in_force([named(SHA, ends=date(2026, 11, 27))], DAY).sha256 == OWN
    assert again.in_force([named(OWN), named(SHA, date(2026, 11, 28))], DAY).sha256 == SHA
    assert again.in_force([named(OWN), named(SHA, date(2026, 11, 29))], DAY).sha256 == OWN
    assert again.get(SHA)  # no register names it, and inspections may


def test_a_version_that_has_not_come_yet_leaves_the_one_before_in_use(versions: Versions) -> None:
    versions.keep(SHA, OTHER)
    assert versions.in_force([named(SHA), named("0" * 64, date(2026, 11, 1))], DAY).sha256 == SHA


def test_a_damaged_file_counts_as_absent_and_is_fetched_again(versions: Versions) -> None:
    versions.keep(SHA, OTHER)
    (path,) = versions.folder.glob("*.json")
    path.write_bytes(OTHER[:-1])
    again = Versions(versions.folder)
    assert again.get(SHA) is None
    assert again.missing([named(SHA), named(OWN)]) == [SHA]


def test_other_bytes_are_not_taken_for_a_version(versions: Versions) -> None:
    with pytest.raises(ChecklistRefused) as refused:
        versions.keep(SHA, OTHER + b" ")
    assert refused.value.reason == "altered"
    assert not versions.folder.exists()


def test_a_full_disk_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "checklists").write_text("a file")
    with pytest.raises(StoreWriteError):
        Versions(tmp_path / "checklists").keep(SHA, OTHER)


def test_no_name_leads_out_of_the_folder(versions: Versions, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(OTHER)
    assert versions.get("../x") is None


def test_the_pass_fetches_what_is_named_once(versions: Versions, stranger: Stranger) -> None:
    asked: list[str] = []

    def serve(_method: str, path: str) -> Answer:
        asked.append(path.rpartition("/")[2])
        return said(200, {SHA: OTHER, NEWER_SHA: NEWER}[asked[-1]])

    registry = stranger(serve)
    both = [named(OWN), named(NEWER_SHA), named(SHA)]
    fetch_checklists(versions, registry, both)
    assert asked == [NEWER_SHA, SHA]
    assert versions.get(SHA)
    assert versions.refused[NEWER_SHA].reason == "another_format"
    fetch_checklists(versions, registry, both)
    assert len(asked) == 2
    assert versions.unread(both, DAY)
    assert not versions.unread([named(NEWER_SHA, ends=date(2026, 11, 27)), named(SHA)], DAY)


@pytest.mark.parametrize(
    "answer",
    [
        said(200, b'{"another": "document"}'),
        said(404, b'{"error": {"code": "not_found", "message": ""}}'),
        said(200, b"x" * 2_000_000),
        said(503, b"<html>busy</html>"),
    ],
)
def test_what_does_not_come_is_asked_for_again(versions: Versions, stranger: Stranger, answer: Answer) -> None:
    fetch_checklists(versions, stranger(lambda _method, _path: answer), [named(SHA)])
    assert versions.missing([named(SHA)]) == [SHA]
    assert versions.in_force([named(SHA)], DAY).sha256 == OWN


def test_the_register_names_versions_and_what_cannot_be_read_is_left_out() -> None:
    told = [
        {"sha256": SHA, "valid_from": "2026-01-23", "valid_to": None},
        {"sha256": SHA, "valid_from": "2026-01-01", "valid_to": "2026-01-22"},
        {"sha256": "../x", "valid_from": "2026-01-23", "valid_to": None},
        {"sha256": SHA, "valid_from": "soon", "valid_to": None},
        "nothing",
    ]
    assert Register.from_json({"checklists": told}).checklists == (
        named(SHA, date(2026, 1, 23)),
        named(SHA, date(2026, 1, 1), date(2026, 1, 22)),
    )
    assert Register.from_json({}).checklists == ()


def test_the_annex_group_of_a_product_is_remembered(tmp_path: Path) -> None:
    groups = AnnexGroups.open(tmp_path)
    groups.remember("09520007900017", "ruou")
    groups.remember("09520007900017", "do_uong")
    groups.close()
    again = AnnexGroups.open(tmp_path)
    assert (again.of("09520007900017"), again.of("09520007900024"), again.of(None)) == ("do_uong", None, None)
    again.close()

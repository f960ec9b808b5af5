"""Versions of the checklists: taken whole or refused, told in REGISTER, served to the byte and for ever."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from office import browser_of

from accounts.models import Role
from checklists.adding import add
from checklists.document import MOST_BYTES, Refused, read
from checklists.management.commands.checklists import SAMPLE
from checklists.models import Checklist
from services.checklists.document import bundled

pytestmark = pytest.mark.django_db
SMALL = {
    "format": 1,
    "made": "2026-11-28",
    "laws": [{"id": "L", "name": "Luật", "valid_from": "2026-01-01", "valid_to": None, "short": "L"}],
    "sources": {"s": {"name": "Điều 1"}},
    "groups": [{"ocop_group": "do_uong", "annex_groups": [{"id": "a", "name": "Rượu", "name_en": "Alcohol"}]}],
    "lists": [{"group": "a", "law": "L", "label": "Rượu", "chosen_by": "production_day", "items": ["i"]}],
    "items": [
        {
            "id": "i", "text": "Tên", "text_en": "Name", "citation": ["s"], "certainty": "found", "note": "",
            "prefill": None, "photo": "on_fail", "reason": "never", "optional": False,
        }
    ],
}  # fmt: skip


def spoilt(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(json.dumps(SMALL))
    change(document)
    return json.dumps(document).encode()


def version(name: str = "1") -> bytes:
    return json.dumps({**SMALL, "made": name}, ensure_ascii=False, indent=2).encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff", "no JSON"),
        (b"[]", "valid dictionary"),
        (b" " * (MOST_BYTES + 1), "over"),
        (spoilt(lambda d: d.update(format=2)), "format"),
        (spoilt(lambda d: d.pop("items")), "items"),
        (spoilt(lambda d: d.update(lists=[])), "lists"),
        (spoilt(lambda d: d["lists"][0].update(law="X")), "X, which is not there"),
        (spoilt(lambda d: d["lists"][0].update(group="X")), "X, which is not there"),
        (spoilt(lambda d: d["lists"][0].update(items=["i", "j"])), "j, which is not there"),
        (spoilt(lambda d: d["lists"][0].update(items=["i", "i"])), "twice"),
        (spoilt(lambda d: d["lists"].append(d["lists"][0])), "twice"),
        (spoilt(lambda d: d["items"].append(d["items"][0])), "twice"),
        (spoilt(lambda d: d["items"][0].update(citation=["t"])), "cites t"),
        (spoilt(lambda d: d["items"][0].update(citation=[])), "citation"),
        (spoilt(lambda d: d["items"][0].update(certainty="sure")), "certainty"),
        (spoilt(lambda d: d["items"][0].update(photo=True)), "photo"),
        (spoilt(lambda d: d["items"][0].update(text=" ")), "text"),
        (spoilt(lambda d: d["laws"][0].update(valid_to="2025-01-01")), "before the first"),
        (spoilt(lambda d: d["laws"][0].update(valid_from="2026-02-30")), "valid_from"),
    ],
)
def test_a_document_that_does_not_fit_is_refused_with_its_reason(content: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read(content)


def test_a_version_is_told_and_served_to_the_byte_for_ever(client: Client, register: object) -> None:
    cursor = client.get("/api/v1/changes?limit=1000").json()["next_cursor"]
    content = version()
    sha256 = hashlib.sha256(content).hexdigest()
    assert client.get(f"/api/v1/checklists/{sha256}").status_code == 404
    add(content, date(2026, 1, 1))
    told = client.get(f"/api/v1/changes?cursor={cursor}").json()["register"]["checklists"]
    assert told == [{"sha256": sha256, "valid_from": "2026-01-01", "valid_to": None}]
    answer = client.get(f"/api/v1/checklists/{sha256}")
    assert answer.content == content
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    again = client.get(f"/api/v1/checklists/{sha256}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_version_before_ends_the_day_before_the_next(client: Client) -> None:
    for name, day in (("1", 1), ("2", 10), ("3", 10)):
        add(version(name), date(2026, 1, day))
    with pytest.raises(Refused, match="2026-01-10"):
        add(version("4"), date(2026, 1, 9))
    with pytest.raises(Refused, match="already"):
        add(version("1"), date(2026, 2, 1))
    days = [(one.valid_from.day, one.valid_to and one.valid_to.day) for one in Checklist.objects.all()]
    assert days == [(10, None), (10, 9), (1, 9)]


def test_the_office_adds_a_version_or_is_told_why_not(register: object) -> None:
    office, address = browser_of("sodangky"), reverse("admin:checklists_checklist_add")

    def upload(content: bytes, day: str = "01/02/2026") -> Any:
        return office.post(address, {"file": SimpleUploadedFile("d.json", content), "valid_from": day})

    refused = upload(spoilt(lambda d: d["items"][0].update(citation=["t"]))).content.decode()
    assert "Chưa thêm gì" in refused
    assert "Hãy chuyển dòng sau cho người soạn tệp" in refused
    assert "the item i cites t" in refused
    assert not Checklist.objects.exists()
    assert upload(version()).status_code == 302
    added = Checklist.objects.get()
    assert (added.document.encode(), added.valid_from, added.added_by.username) == (
        version(),
        date(2026, 2, 1),
        "sodangky",
    )
    assert "Bản danh mục này đã có rồi" in upload(version()).content.decode()
    assert "Đã có bản dùng từ ngày 01/02/2026" in upload(version("2"), "31/01/2026").content.decode()
    page = reverse("admin:checklists_checklist_change", args=[added.pk])
    assert "Rượu" in office.get(page).content.decode()
    assert office.post(page, {"valid_from": "01/01/2020"}).status_code == 403
    assert (
        office.post(reverse("admin:checklists_checklist_delete", args=[added.pk]), {"post": "yes"}).status_code == 403
    )
    assert browser_of("kiemtra", Role.INSPECTOR).get(address).status_code == 302


@pytest.mark.parametrize("more", ['"\\ud800"', "[" * 300 + "]" * 300, "NaN"])
def test_a_version_that_was_taken_is_shown(register: object, more: str) -> None:
    """What apps of another version may know is not looked at, neither when it is taken nor when it is shown."""
    added = add(version()[:-1].rstrip() + f', "more": {more}}}'.encode(), date(2026, 1, 1))
    page = reverse("admin:checklists_checklist_change", args=[added.pk])
    assert "Rượu" in browser_of("sodangky").get(page).content.decode()


def test_the_command_adds_lists_and_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "d.json"
    file.write_bytes(version())
    call_command("checklists", "add", str(file), "--from", "2026-02-01")
    call_command("checklists", "sample")  # there is one already
    call_command("checklists", "list")
    assert capsys.readouterr().out.count(hashlib.sha256(version()).hexdigest()) == 2
    assert Checklist.objects.count() == 1
    for content in (version(), b"{}"):
        file.write_bytes(content)
        with pytest.raises(CommandError, match="Nothing was added"):
            call_command("checklists", "add", str(file))
    with pytest.raises(CommandError, match="could not be read"):
        call_command("checklists", "add", str(tmp_path / "nothing.json"))


def test_the_version_that_comes_with_the_server_is_whole() -> None:
    assert read(SAMPLE.read_bytes()).begins == date(2022, 2, 15)
    assert SAMPLE.read_bytes() == bundled(), "the app has the same"

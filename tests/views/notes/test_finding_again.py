"""Finding records again: search, filters in the address, other kinds and devices, what waits, and answering."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import flet as ft
import pytest

from services.journal.journal import Became, JournalFilter
from services.records.events import Event
from services.rounds.inspection import Finding, Found, Inspection
from services.rounds.place import Place, PlaceKind
from services.workspace import Device, Workspace
from tests.services.conftest import new_id
from tests.views.headless import Client
from views.notes.sought import Sought
from views.parts.places import above

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def device(workspace: Workspace, signed_in: Any) -> Device:
    """The sample inspector's device."""
    device = workspace.device("local")
    signed_in(device)
    return device


def note(device: Device, text: str, name: str = "Chả mực") -> str:
    draft = device.notebook.new_draft(product_name=name, outcome="mislabelled", text=text)
    viewer = device.accounts.viewer
    signed = device.notebook.sign(
        draft.id, account="kiemtra01", device=device.id, now=NOW, clock_offset=None, viewer=viewer
    )
    return signed.id


def inspection(device: Device, **fields: Any) -> Inspection:
    """An inspection in a round that is open."""
    viewer = device.accounts.viewer
    said = device.rounds.current(viewer)
    if said is None:
        said = device.rounds.open(Place(PlaceKind.MARKET, "Chợ Cửa Sông"), None, (), None, viewer, now=NOW)
    found = replace(Found(product_name="Mực khô Vân Đồn", findings=(Finding.STARS_DIFFER,)), **fields)
    draft = device.rounds.begin(said.id, found, device.author, now=NOW)
    return device.rounds.finish(draft.id, device.author, now=NOW)


def say(device: Device, record: str, state: str, text: str = "", kind: str = "note") -> Event:
    event = Event(new_id(), record, NOW, state, text, None, kind)
    account = device.accounts.viewer.account or ""
    device.notebook.events.keep(account, "https://register.example", [event], new_id())
    return event


def test_an_address_holds_what_is_sought_and_what_it_cannot_mean_is_ignored() -> None:
    day = datetime(2026, 11, 28, tzinfo=UTC).date()
    where = JournalFilter(day, day, "note", "Chợ Hạ Long", "09520000000011", "withdrawn", "past_date", Became.ASKED)
    sought = Sought("mực khô", where)
    assert Sought.at(sought.address()) == sought
    assert sought.address("x").startswith("/notes/x?q=")
    assert Sought().address() == "/notes"
    assert Sought.at("/notes?from=hom-qua&state=of_tomorrow&q=" + "a" * 300) == Sought()
    assert above("/notes/x?q=a") == "/notes?q=a"
    assert above("/answer/x") == "/waiting"


async def test_search_as_you_type_and_filters_narrow_the_list_and_the_address(
    workspace: Workspace, device: Device
) -> None:
    note(device, "Nhãn mờ")
    inspection(device)
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: len(app.known("note-row")) == 2)
        assert app.says("Khác số sao")
        await app.change(app.within("notes-search", ft.TextField), "muc kho")
        await app.until(lambda: len(app.known("note-row")) == 1)
        assert app.page.route == "/notes?q=muc+kho"
        await app.change(app.within("notes-search", ft.TextField), "khong co")
        await app.until(lambda: app.says("Không tìm thấy"))
        await app.tap(ft.TextButton, "Bỏ bộ lọc")
        await app.until(lambda: len(app.known("note-row")) == 2)
        assert app.page.route == "/notes"
        kinds = app.inside("notes-kind", ft.PopupMenuItem)
        await app.fire(next(item for item in kinds if item.content == "Ghi chép"), "click")
        await app.until(lambda: len(app.known("note-row")) == 1)
        assert app.page.route == "/notes?kind=note"


async def test_an_address_with_a_filter_opens_that_list(workspace: Workspace, device: Device) -> None:
    note(device, "Nhãn mờ")
    inspection(device)
    async with Client(workspace, route=f"/notes?place={quote('Chợ Cửa Sông')}") as app:
        await app.until(lambda: len(app.known("note-row")) == 1)
        assert app.find(ft.Text, "Mực khô Vân Đồn")


async def test_an_inspection_is_shown_whole_with_its_round(workspace: Workspace, device: Device) -> None:
    made = inspection(device, seller_said="Lấy ở HTX", price=120_000)
    device.rounds.close(made.round, device.author, now=NOW + timedelta(minutes=1))
    async with Client(workspace, route=f"/notes/{made.id}") as app:
        await app.until(lambda: app.known("record-facts"))
        for words in ("Mực khô Vân Đồn", "Khác số sao", "Lấy ở HTX", "120.000\N{NO-BREAK SPACE}đ", "Chợ Cửa Sông"):
            assert app.says(words), words
        await app.tap(ft.TextButton, "Đợt của phiếu này")
        await app.until(lambda: app.says("1 phiếu") or app.known("note-row"))
        assert app.page.route == f"/notes/{made.round}"


async def test_a_record_of_another_device_is_marked_and_gone_after_signing_out(
    workspace: Workspace, device: Device
) -> None:
    made = inspection(device)
    body = made.body | {"id": new_id(), "text": "ở máy khác", "files": [_AWAY]}
    row = {"kind": "inspection", "id": body["id"], "sha256": "ab" * 32, "received_at": "2026-11-23T09:00:00Z"}
    account = device.accounts.viewer.account or ""
    row |= {"files": [{"sha256": _AWAY["sha256"], "stored": True}], "body": body}
    device.elsewhere.keep(account, "https://register.example", [row], "1", ())
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: app.says("Máy khác"))
        await app.go(f"/notes/{body['id']}")
        await app.until(lambda: app.says("1 ảnh không có trên máy này. Cơ quan có những ảnh đã gửi."))
        device.accounts.sign_out()
        await app.until(lambda: app.says("Ghi chép này không có trên máy này"))


_AWAY = {"sha256": "cd" * 32, "size": 9, "type": "image/jpeg"}


async def test_a_question_is_counted_answered_and_no_longer_waits(workspace: Workspace, device: Device) -> None:
    made = inspection(device)
    event = say(device, made.id, "more_wanted", "Số lô là gì?", "inspection")
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: app.says("1 việc chờ bạn"))
        await app.until(lambda: any(icon.badge for icon in app.find(ft.Icon)))
        await app.fire(app.within("notes-waiting", ft.OutlinedButton), "click")
        await app.until(lambda: app.known("waiting-row"))
        assert app.says("Số lô là gì?")
        await app.fire(app.within("waiting-row", ft.OutlinedButton), "click")
        await app.until(lambda: app.known("answer-text"))
        assert app.page.route == f"/answer/{event.id}"
        await app.fire(app.within("answer-send", ft.FilledButton), "click")
        await app.until(lambda: app.says("Hãy viết câu trả lời"))
        await app.change(app.within("answer-text", ft.TextField), "L-2311")
        await app.fire(app.within("answer-send", ft.FilledButton), "click")
        await app.until(lambda: app.page.route == f"/notes/{made.id}")
        await app.until(lambda: app.known("answer-given"))
        assert app.says("L-2311")
        assert not app.known("answer-question")
        await app.until(lambda: not any(icon.badge for icon in app.find(ft.Icon)))
    (kept,) = device.answers.answers(device.accounts.viewer)
    assert (kept.answer.event, kept.answer.text) == (event.id, "L-2311")


async def test_what_is_typed_of_an_answer_is_there_after_leaving(workspace: Workspace, device: Device) -> None:
    event = say(device, note(device, "x"), "more_wanted", "Ảnh?")
    async with Client(workspace, route=f"/answer/{event.id}") as app:
        await app.until(lambda: app.known("answer-text"))
        await app.change(app.within("answer-text", ft.TextField), "Sẽ gửi")
        await app.go("/waiting")
        await app.until(lambda: device.answers.drafts(device.accounts.viewer))
        await app.go(f"/answer/{event.id}")
        await app.until(lambda: app.known("answer-text"))
        assert app.within("answer-text", ft.TextField).value == "Sẽ gửi"


async def test_news_is_no_news_once_the_record_was_opened(workspace: Workspace, device: Device) -> None:
    record = note(device, "x")
    say(device, record, "decided", "Nhắc nhở người bán.")
    async with Client(workspace, route="/waiting") as app:
        await app.until(lambda: app.says("Nhắc nhở người bán."))
        await app.fire(app.within("waiting-row", ft.OutlinedButton), "click")
        await app.until(lambda: app.known("events"))
        await app.until(lambda: not device.matters(device.accounts.viewer))
        await app.go("/waiting")
        await app.until(lambda: app.says("Không có việc nào chờ bạn"))


async def test_the_office_is_asked_from_the_list_of_what_waits(
    workspace: Workspace, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(device, "send_now", lambda: asked.append(True))
    async with Client(workspace, route="/waiting") as app:
        await app.until(lambda: app.known("ask-now"))
        await app.fire(app.within("ask-now", ft.IconButton), "click")
        await app.until(lambda: asked)


async def test_the_list_as_it_is_filtered_is_exported(workspace: Workspace, device: Device) -> None:
    note(device, "Nhãn mờ")
    made = inspection(device)
    answers = {"save_file": "/tmp/x.zip"}
    async with Client(workspace, route="/notes?kind=inspection", answers=answers) as app:
        await app.until(lambda: app.known("note-row"))
        await app.fire(app.within("notes-export", ft.IconButton), "click")
        await app.until(lambda: app.says("Đã xuất: ocop-ghi-chep-"))
        with zipfile.ZipFile(io.BytesIO(app.called("save_file")[0]["src_bytes"])) as archive:
            assert set(archive.namelist()) == {"records.xlsx", "records.csv", f"records/inspection-{made.id}.json"}

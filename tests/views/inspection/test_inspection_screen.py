"""One inspection on the screen: written in a few taps, kept while it is written, final once saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import flet as ft
import pytest
from flet.controls.base_control import BaseControl

from services.rounds.inspection import InspectionDraft, Quantity, Sealed, Shows
from services.storage.store import StoreWriteError
from services.workspace import Device, Workspace
from tests.views.headless import Client
from tests.views.inspection.conftest import FOUND, begun, kept, opened
from tests.views.plugin import Plugin
from views.parts import autosave
from views.parts.places import round_address


def address(draft: InspectionDraft) -> str:
    return round_address(draft.round, draft.id)


async def tap(app: Client, identifier: str, kind: type[BaseControl] = ft.OutlinedButton) -> None:
    await app.fire(app.within(identifier, kind), "click")


async def put(app: Client, field: str, text: str) -> None:
    await app.change(app.within(f"field-{field}", ft.TextField), text)


async def test_from_a_verdict_to_a_saved_inspection_with_photo_and_finding_in_four_taps(
    workspace: Workspace, device: Device, camera: Plugin
) -> None:
    taps = 0

    async def count(control: BaseControl) -> None:
        nonlocal taps
        taps += 1
        await app.fire(control, "click")

    route = "/verdict?c=9520007900017&s=typed"
    async with Client(workspace, route=route, answers=camera.answers) as app:
        await app.until(lambda: app.known("write-note"))
        await count(app.within("write-note", ft.FilledButton))
        await app.until(lambda: app.known("photo-take") and not app.within("photo-take", ft.IconButton).disabled)
        await count(app.within("photo-take", ft.IconButton))
        await app.until(lambda: app.known("photo-tile"))
        await count(app.within("finding-stars_differ", ft.OutlinedButton))
        await count(app.within("inspection-save", ft.FilledButton))
        await app.until(lambda: app.page.route == "/scan")
        (saved,) = device.rounds.inspections_of(opened(device).id, device.accounts.viewer)
        assert saved.inspection is not None
        assert saved.found.findings == ("stars_differ",)
        assert [picture.shows for picture in saved.pictures] == [Shows.FRONT]
        assert taps == 4
        assert app.says("1 đã lưu")


async def test_nothing_is_chosen_beforehand_and_that_it_matches_stands_alone(
    workspace: Workspace, device: Device
) -> None:
    draft = begun(device)
    async with Client(workspace, route=address(draft)) as app:
        await app.until(lambda: app.known("finding-matches"))
        chosen = [
            one.identifier for one in app.find(ft.Semantics) if one.checked and "shot-" not in str(one.identifier)
        ]
        assert chosen == []
        for finding in ("stars_differ", "label_differs"):
            await tap(app, f"finding-{finding}")
        await app.until(lambda: kept(device, draft).found.findings == ("stars_differ", "label_differs"))
        await tap(app, "finding-matches")
        await app.until(lambda: kept(device, draft).found.findings == ("matches",))
        await tap(app, "sale-held_back")
        await app.until(lambda: kept(device, draft).found.sale == "held_back")
        assert kept(device, draft).found.findings == ("matches",), "what becomes of the goods is another thing"
        await tap(app, "sale-held_back")
        await app.until(lambda: kept(device, draft).found.sale is None)


async def test_what_is_typed_into_each_field_is_on_the_disk(
    workspace: Workspace, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "DELAY", 0.05)
    draft = begun(device)
    async with Client(workspace, route=address(draft)) as app:
        await app.until(lambda: app.known("field-amount"))
        assert app.says("14/09/2027"), "what the code says"
        await tap(app, "expiry-as-code", ft.TextButton)
        await app.until(lambda: kept(device, draft).found.expiry.label == "2027-09-14")
        assert app.within("field-expiry", ft.TextField).value == "14/09/2027"
        assert not app.known("expiry-differs")
        await put(app, "amount", "1.500,5")
        await put(app, "unit", "gói")
        await put(app, "price", "250.000")
        await put(app, "text", "Tem rách")
        await put(app, "seller_said", "Mua ở chợ")
        await put(app, "lot", "L260915")
        await put(app, "expiry", "09/2027")
        await app.fire(app.within("field-expiry", ft.TextField), "blur")
        await app.until(lambda: kept(device, draft).found.expiry.label == "2027-09-30")
        found = kept(device, draft).found
        assert found.quantity == Quantity(1500.5, "gói")
        assert (found.price, found.text, found.seller_said) == (250_000, "Tem rách", "Mua ở chợ")
        assert (found.lot.code, found.lot.label) == ("L260914", "L260915")
        assert app.known("lot-differs"), "told calmly"
        assert app.known("expiry-differs")


async def test_what_cannot_be_understood_is_named_at_its_field_and_stays_there(
    workspace: Workspace, device: Device
) -> None:
    wrong = {
        "amount": ("hai chục", "Hãy ghi một số"),
        "price": ("12,5", "Hãy ghi giá"),
        "produced": ("09/2027", "Hãy ghi ngày như trên nhãn"),
        "expiry": ("31/02/2027", "Hãy ghi ngày như trên nhãn"),
    }
    draft = begun(device)
    async with Client(workspace, route=address(draft)) as app:
        await app.until(lambda: app.known("field-amount"))
        await tap(app, "inspection-save", ft.FilledButton)
        await app.until(lambda: app.known("problem"))
        assert app.says("Hãy chọn điều đã thấy, chụp một ảnh hoặc ghi vài lời."), "nothing was said yet"
        await tap(app, "finding-other")
        for field, (typed, _said) in wrong.items():
            await put(app, field, typed)
            await app.fire(app.within(f"field-{field}", ft.TextField), "blur")
        for field, (typed, said) in wrong.items():
            entry = app.within(f"field-{field}", ft.TextField)
            assert (said in str(entry.error), entry.value) == (True, typed), field
        for field in wrong:
            await tap(app, "inspection-save", ft.FilledButton)
            assert app.page.route == address(draft), f"{field} is not understood yet"
            await put(app, field, "")
        await tap(app, "inspection-save", ft.FilledButton)
        await app.until(lambda: app.page.route == "/scan")


async def test_samples_carry_their_seals_and_the_unit_used_last_is_there(workspace: Workspace, device: Device) -> None:
    first = begun(device, replace(FOUND, findings=("other",), quantity=Quantity(3, "bao")))
    device.rounds.finish(first.id, device.author)
    draft = begun(device, replace(FOUND, findings=("other",)))
    async with Client(workspace, route=address(draft)) as app:
        await app.until(lambda: app.known("add-sample"))
        assert app.within("field-unit", ft.TextField).value == "bao", "used last"
        await put(app, "amount", "5")
        await tap(app, "unit-hộp")
        await app.until(lambda: kept(device, draft).found.quantity == Quantity(5, "hộp"))
        await tap(app, "add-sample")
        await app.until(lambda: app.known("field-sample-0-amount"))
        await put(app, "sample-0-amount", "2")
        await tap(app, "inspection-save", ft.FilledButton)
        await app.until(lambda: app.says("Hãy ghi số niêm phong của mẫu."))
        await put(app, "sample-0-seal", "NP-0041")
        await tap(app, "add-held")
        await put(app, "held-amount", "22")
        await tap(app, "inspection-save", ft.FilledButton)
        await app.until(lambda: app.page.route == "/scan")
        saved, _first = device.rounds.inspections_of(draft.round, device.accounts.viewer)
        assert [(one.amount, one.unit, one.seal_number) for one in saved.found.samples] == [(2, "hộp", "NP-0041")]
        assert saved.found.held is not None
        assert (saved.found.held.amount, saved.found.held.seal_number) == (22, None)


async def test_sentences_are_one_tap_and_a_handheld_scan_stays_out(workspace: Workspace, device: Device) -> None:
    device.templates.keep("Tem rách, dán đè lên mã.", device.accounts.viewer)
    draft = begun(device)
    async with Client(workspace, route=address(draft)) as app:
        await app.until(lambda: app.known("sentence"))
        await put(app, "text", "Kệ số 3.9520007900017\n")
        take_out = app.session.scanning.take_out
        assert take_out is not None
        take_out("9520007900017")
        await app.until(lambda: kept(device, draft).found.text == "Kệ số 3.")
        await tap(app, "sentence")
        await app.until(lambda: kept(device, draft).found.text == "Kệ số 3.\nTem rách, dán đè lên mã.")
        assert app.within("field-text", ft.TextField).value == "Kệ số 3.\nTem rách, dán đè lên mã."
        await tap(app, "sentences-change", ft.TextButton)
        await app.change(app.within("sentence-new", ft.TextField), "Hàng không có giấy.")
        await app.fire(app.within("sentences-keep", ft.FilledButton), "click")
        await app.until(lambda: "Hàng không có giấy." in device.templates.offered(device.accounts.viewer))


async def test_a_saved_inspection_is_corrected_by_another(workspace: Workspace, device: Device) -> None:
    draft = begun(device, replace(FOUND, findings=("stars_differ",), text="Nhãn ghi 5 sao"))
    device.rounds.finish(draft.id, device.author)
    async with Client(workspace, route=address(draft)) as app:
        await app.until(lambda: app.known("correct"))
        assert app.says("Nhãn ghi 5 sao")
        await tap(app, "correct")
        await app.until(lambda: app.known("field-text"))
        assert app.known("finding-stars_differ")[0].checked
        await tap(app, "finding-label_differs")
        await tap(app, "inspection-save", ft.FilledButton)
        await app.until(lambda: app.page.route == "/scan")
        (stands,) = device.rounds.inspections_of(draft.round, device.accounts.viewer)
        assert stands.inspection is not None
        assert stands.inspection.supersedes == draft.id
        await app.go(address(draft))
        await app.until(lambda: app.says("Đã được đính chính."))


async def test_another_accounts_inspection_is_not_shown(
    workspace: Workspace, device: Device, signed_in: Callable[[Device], None]
) -> None:
    draft = begun(device)
    device.accounts.sign_out()
    async with Client(workspace, route=address(draft)) as app:
        await app.until(lambda: app.says("Phiếu này không có ở đây"))
        assert not app.known("finding-matches")


async def test_what_was_half_typed_outlives_a_kill_and_is_not_lost_by_saving_from_elsewhere(
    workspace: Workspace, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "DELAY", 0.0)
    draft = begun(device, replace(FOUND, findings=("other",), samples=(Sealed(2, "gói", "N-1"),)))
    async with Client(workspace, route=address(draft)) as app:
        await app.until(lambda: app.known("field-amount"))
        await put(app, "amount", "hai chục")
        await put(app, "sample-0-amount", "nửa gói")
        await app.until(lambda: len(kept(device, draft).typed) == 2)
    async with Client(workspace, route=address(draft)) as app:
        await app.until(lambda: app.known("field-amount"))
        for field, typed in (("amount", "hai chục"), ("sample-0-amount", "nửa gói")):
            entry = app.within(f"field-{field}", ft.TextField)
            assert (entry.value, "Hãy ghi một số" in str(entry.error)) == (typed, True), field
        await app.go(f"{address(draft)}/checklist")
        await app.until(lambda: app.known("inspection-save"))
        await tap(app, "inspection-save", ft.FilledButton)
        await app.until(lambda: app.says("Hãy ghi một số"))
        await app.go(address(draft))
        await app.until(lambda: app.known("field-amount"))
        await put(app, "amount", "20")
        await put(app, "sample-0-amount", "0,5")
        await tap(app, "inspection-save", ft.FilledButton)
        await app.until(lambda: app.page.route == "/scan")
    (saved,) = device.rounds.inspections_of(draft.round, device.accounts.viewer)
    assert saved.found.quantity is not None
    assert (saved.found.quantity.amount, saved.found.samples[0].amount) == (20, 0.5)


async def test_a_full_disk_after_the_saving_does_not_say_that_it_was_not_saved(
    workspace: Workspace, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_said: object) -> None:
        raise StoreWriteError(device.folder, "no space left")

    monkeypatch.setattr(device.templates, "learn", full)
    draft = begun(device, replace(FOUND, findings=("other",)))
    async with Client(workspace, route=address(draft)) as app:
        await app.until(lambda: app.known("inspection-save"))
        await tap(app, "inspection-save", ft.FilledButton)
        await app.until(lambda: app.page.route == "/scan")
        assert app.says("1 đã lưu")

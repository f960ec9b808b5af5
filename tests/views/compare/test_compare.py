"""A pack beside its registered label: zoomed as one, judged by the person alone, noted or reported with one tap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import flet as ft
import pytest

from services.notes.content import Outcome
from services.notes.photos import prepare
from services.rounds.inspection import Found
from services.rounds.place import Place, PlaceKind
from services.workspace import Device, Workspace
from tests.services.register.test_device_pictures import A, webp
from tests.views.conftest import INDEX, REGISTER, _product
from tests.views.headless import Client
from tests.views.notes.test_note_screen import files, picture
from views.compare.matters import MATTERS, Seen, differing, words_of
from views.compare.side_by_side import LARGEST, Zoom
from views.parts.places import above, round_address
from views.parts.question import Question
from views.parts.texts import Texts

QUESTION = Question((("9520007900017", "typed"),))


@pytest.fixture
def labelled(workspace: Workspace) -> Workspace:
    """The register has the picture of the certified product's label, and this device has it too."""
    label = next(_product(label) for label in INDEX if label["status"] == "certified")
    label["pictures"] = [{"sha256": A, "shows": "label", "width": 160, "height": 120}]
    workspace.catalogue.replace_all([label], "2", REGISTER, datetime.now(UTC))
    for width in (160, 640, 1600):
        workspace.pictures.ahead.keep((A, width), webp())
    return workspace


async def measured(app: Client) -> None:
    """Tell how wide the pictures' part of the screen is, as a client does once it has drawn that."""
    (sides,) = [box for box in app.find(ft.Container) if box.on_size_change]
    await app.fire(sides, "size_change", {"w": 380.0, "h": 400.0})


async def answer(app: Client, matter: str, seen: Seen) -> None:
    await app.choose(app.within(f"matter-{matter}", ft.SegmentedButton), "selected", [seen.value])


async def choose_file(app: Client) -> None:
    await measured(app)
    await app.fire(app.within("pack-file", ft.TextButton), "click")
    await app.until(lambda: app.known("zoom"))


def shown(app: Client) -> list[object]:
    return [image.src for image in app.find(ft.Image)]


async def test_what_differs_goes_into_a_note_with_the_photo(
    labelled: Workspace, signed_in: Callable[[Device], None]
) -> None:
    signed_in(labelled.device("local"))
    async with Client(labelled, route=QUESTION.comparison, answers={"pick_files": files(picture())}) as app:
        await choose_file(app)
        await app.until(lambda: shown(app) == [prepare(picture()), webp()])  # the pack beside the label
        await answer(app, "stars", Seen.DIFFERS)
        await answer(app, "name", Seen.SAME)
        await app.tap(ft.FilledButton, "Ghi 1 điểm khác")
        await app.until(lambda: app.known("note-text"))
        (draft,) = app.session.device.notebook.drafts()
        assert draft.text == "Khác nhãn đã đăng ký: số sao.\nGiống nhãn đã đăng ký: tên và khối lượng."
        assert draft.product_name == "Chả mực certified.png"
        assert draft.code is not None
        assert draft.code.text == "9520007900017"
        assert len(draft.photos) == 1
        assert draft.outcome == Outcome.OTHER, "what was found is for the person to say"


async def test_without_an_account_it_goes_into_a_report(labelled: Workspace) -> None:
    async with Client(labelled, route=QUESTION.comparison, answers={"pick_files": files(picture())}) as app:
        await choose_file(app)
        await answer(app, "address", Seen.DIFFERS)
        await answer(app, "seal", Seen.DIFFERS)
        await app.tap(ft.FilledButton, "Báo 2 điểm khác")
        await app.until(lambda: app.known("report-send"))
        (draft,) = app.session.device.reports.drafts(app.session.state.viewer)
        assert draft.text == "Khác nhãn đã đăng ký: cơ sở và địa chỉ, tem, con dấu."
        assert draft.subject.gtin == "09520007900017"
        assert len(draft.photos) == 1


async def test_nothing_is_judged_before_the_person_says_it_and_an_answer_can_be_taken_back(labelled: Workspace) -> None:
    async with Client(labelled, route=QUESTION.comparison) as app:
        await app.until(lambda: app.known("matter-logo"))
        for matter in MATTERS:
            assert app.within(f"matter-{matter.key}", ft.SegmentedButton).selected == []
        assert app.says("Giấy chứng nhận là 4 sao"), "where to look is said"
        await answer(app, "logo", Seen.DIFFERS)
        await app.until(lambda: app.known("note-differences"))
        await app.choose(app.within("matter-logo", ft.SegmentedButton), "selected", [])
        await app.until(lambda: not app.known("note-differences"))
        await app.tap(ft.FilledButton, "Về kết luận")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")


async def test_it_begins_with_the_picture_that_the_codes_were_read_from(labelled: Workspace) -> None:
    async with Client(labelled, route=QUESTION.address) as app:
        app.session.scanning.seen = frozenset(QUESTION.codes), picture()
        await app.fire(app.within("compare-label", ft.FilledTonalButton), "click")
        await app.until(lambda: app.known("zoom"))
        await measured(app)
        await app.until(lambda: prepare(picture()) in shown(app))


@pytest.mark.parametrize(
    ("code", "said"),
    [("9520007900017", "chưa có ảnh nhãn"), ("9529999999993", "không có nhãn để so")],
)
async def test_where_there_is_no_label_it_says_so_and_leads_back(workspace: Workspace, code: str, said: str) -> None:
    question = Question(((code, "typed"),))
    async with Client(workspace, route=question.comparison) as app:
        assert app.says(said)
        assert above(question.comparison) == question.address


def test_both_pictures_are_zoomed_within_their_edges() -> None:
    zoom = Zoom().to(3)
    assert zoom.moved(0.4, -9) == Zoom(3, 0.4, -1)
    assert zoom.moved(0.9, 0).to(1) == Zoom()
    assert Zoom().to(99).times == LARGEST


def test_what_was_not_looked_at_is_not_named() -> None:
    assert words_of(Texts("en"), {"logo": Seen.SAME}) == "Same as on the registered label: OCOP logo."
    assert differing({"logo": Seen.SAME}) == []


async def test_in_an_open_round_it_goes_into_the_inspection_and_names_the_label_that_was_compared(
    labelled: Workspace, signed_in: Callable[[Device], None]
) -> None:
    device = labelled.device("local")
    signed_in(device)
    viewer = device.accounts.viewer
    said = device.rounds.open(Place(PlaceKind.MARKET, "Chợ Hạ Long I"), None, (), None, viewer)
    draft = device.rounds.begin(said.id, Found(gtin="09520007900017", findings=("matches",)), device.author)
    here = round_address(said.id, draft.id)
    route = f"{QUESTION.comparison}&inspection={said.id}/{draft.id}"
    assert above(route) == here
    async with Client(labelled, route=route, answers={"pick_files": files(picture())}) as app:
        await choose_file(app)
        for matter in ("stars", "seal", "barcode"):
            await answer(app, matter, Seen.DIFFERS)
        await app.tap(ft.FilledButton, "Ghi 3 điểm khác")
        await app.until(lambda: app.page.route == here)
        stored = device.rounds.draft(draft.id, viewer)
        assert stored is not None
        said = stored.found.findings
        assert said == ("stars_differ", "label_differs", "code_differs"), "what it said before is not so"
        assert stored.found.text.startswith("Khác nhãn đã đăng ký: số sao, tem, con dấu, mã vạch.")
        assert A in stored.found.text, "the picture that was compared"
        assert [one.shows for one in stored.pictures] == ["label"]


async def test_from_a_verdict_in_an_open_round_the_inspection_is_begun(
    labelled: Workspace, signed_in: Callable[[Device], None]
) -> None:
    device = labelled.device("local")
    signed_in(device)
    said = device.rounds.open(Place(PlaceKind.SHOP, "Cửa hàng Mai"), None, (), None, device.accounts.viewer)
    async with Client(labelled, route=QUESTION.comparison) as app:
        await app.until(lambda: app.known("matter-name"))
        await answer(app, "name", Seen.DIFFERS)
        await app.tap(ft.FilledButton, "Ghi 1 điểm khác")
        await app.until(lambda: app.known("finding-label_differs"))
        (draft,) = device.rounds.drafts(device.accounts.viewer)
        assert app.page.route == round_address(said.id, draft.id)
        assert draft.found.findings == ("label_differs",)
        assert draft.found.codes[0].text == "9520007900017"

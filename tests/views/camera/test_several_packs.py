"""Several codes before the camera or in a picture, in process: told, outlined, and chosen between."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from typing import Any

import flet as ft
import flet.canvas as cv
import pytest
from PIL import Image

from services.decoding import FrameTracker, Look, Read, Symbol, Symbology
from services.decoding import look as look_at
from services.decoding.symbol import Corners, Unread
from services.workspace import Workspace
from tests.services.decoding.pictures import blank, ean13, qr
from tests.services.decoding.spoilt import too_blurred
from tests.views.camera.test_overlay import lay_out, phone, rings, stream
from tests.views.conftest import SAMPLES
from tests.views.headless import Client
from tests.views.plugin import BACK, Plugin
from views.camera.outlining import MANY
from views.design import OVER_TONES, Tone

GOOD, GOOD_LINK = "9520007900017", "https://id.ocop.example/01/09520007900017"
LOT = "LOT 2026-17"
EXPIRED, UNKNOWN = "9520021000021", "9529999999993"
CHOOSE = "Chạm vào sản phẩm cần kiểm tra"


def place(number: int) -> Corners:
    """Places in a frame of 1280 x 720, side by side."""
    left, top = 40.0 + 240 * number, 300.0
    return ((left, top), (left + 160, top), (left + 160, top + 100), (left, top + 100))


def seen(*texts: str, unread: int = 0, doubtful: int = 0, new: bool = True) -> Look:
    """A frame with these codes, then some that only one witness has read, and some that could not be read."""
    symbols = []
    for number, text in enumerate(texts):
        kind = Symbology.EAN_13 if text.isdigit() else Symbology.QR_CODE
        symbols.append(Symbol(text, text.encode(), kind, place(number), "zbar", "step", gs1=False, confidence="agreed"))
    reads = [Read(s.text, s.raw, s.symbology, s.corners, "zbar", "step") for s in symbols]
    first = len(texts)
    places = [place(number) for number in range(first, first + doubtful + unread)]
    reads += [Read("1", b"1", Symbology.ITF_14, corners, "zbar", "step") for corners in places[:doubtful]]
    codes = tuple(Unread(corners, 2.0) for corners in places[doubtful:])
    return Look(tuple(symbols) if new else (), tuple(reads), tuple(symbols), codes)


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> list[Look]:
    """What each frame is said to show; the test changes its only element."""
    now = [Look((), ())]
    monkeypatch.setattr(FrameTracker, "look", lambda _self, _image, _at: now[0])
    return now


def count(app: Client) -> str | None:
    return str(app.within("scan-count", ft.Text).value) if app.known("scan-count") else None


_TONES = [OVER_TONES[tone][0] for tone in (Tone.GOOD, Tone.BAD, Tone.UNKNOWN)]


def choices(app: Client) -> list[list[str]]:
    """The words on the rows of the packs, in order: number and name, verdict, and what tells it from its like."""
    return [_row_words(pack) for pack in app.known("pack-choice")]


async def choose(app: Client, name: str) -> None:
    """Press the row of a pack."""
    (pack,) = (pack for pack in app.known("pack-choice") if any(name in word for word in _row_words(pack)))
    await app.fire(_row(pack), "click")


def _row(pack: ft.Semantics) -> ft.OutlinedButton:
    assert isinstance(pack.content, ft.OutlinedButton)
    return pack.content


def _row_words(pack: ft.Semantics) -> list[str]:
    row = _row(pack).content
    assert isinstance(row, ft.Row)
    (column,) = (part for part in row.controls if isinstance(part, ft.Column))
    return [str(text.value) for text in column.controls if isinstance(text, ft.Text)]


async def tap_at(app: Client, x: float, y: float) -> None:
    """Tap a place of the preview."""
    detector = next(d for d in app.find(ft.GestureDetector) if isinstance(d.content, cv.Canvas))
    await app.fire(detector, "tap_up", {"k": "touch", "l": {"x": x, "y": y}, "g": {"x": x, "y": y}})


async def test_the_codes_of_one_pack_lead_to_its_verdict_at_once(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin, "ios") as app:
        await app.until(lambda: plugin.streaming(app))
        look[0] = seen(GOOD_LINK, GOOD)
        await stream(app, plugin)
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        assert GOOD in app.page.route


async def test_a_pack_that_was_recorded_is_left_alone_while_it_stays_in_view(
    workspace: Workspace, look: list[Look]
) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin, "ios") as app:
        app.session.scanning.handled.add([(GOOD, "EAN-13")])
        await app.until(lambda: plugin.streaming(app))
        look[0] = seen(GOOD_LINK, GOOD)
        await stream(app, plugin)
        assert app.page.route == "/scan"
        assert app.known("scan-saved")[0].live_region
        assert app.says("Đã lưu gói này.")
        assert not app.known("scan-hint"), "there is nothing to hold into the frame"
        await lay_out(app, 640, 360)
        look[0] = seen(GOOD, EXPIRED)
        await stream(app, plugin)
        assert choices(app)[1] == ["1 · Chả mực certified.png", "Chứng nhận còn hiệu lực", "đã lưu"]
        assert not app.known("scan-saved")


async def test_the_next_pack_is_judged_though_another_was_recorded(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin, "ios") as app:
        app.session.scanning.handled.add([(UNKNOWN, "EAN-13")])
        await app.until(lambda: plugin.streaming(app))
        look[0] = seen(GOOD)
        await stream(app, plugin)
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")


async def test_the_person_opens_the_verdict_on_a_recorded_pack_again(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin, "ios") as app:
        app.session.scanning.handled.add([(GOOD, "EAN-13")])
        await app.until(lambda: plugin.streaming(app))
        look[0] = seen(GOOD)
        await stream(app, plugin)
        await app.fire(app.within("saved-again", ft.FilledTonalButton), "click")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")


async def test_several_packs_are_told_and_the_one_tapped_is_judged(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin, "ios") as app:
        await app.until(lambda: plugin.streaming(app))
        await lay_out(app, 640, 360)
        look[0] = seen(GOOD, EXPIRED, UNKNOWN, doubtful=1, unread=1)
        await stream(app, plugin)
        assert app.page.route == "/scan", "none of them is taken at random"
        assert count(app) == "3 đã đọc · 2 chưa đọc"
        assert app.known("scan-choose")[0].live_region
        assert app.within("scan-choose", ft.Text).value == CHOOSE
        assert choices(app) == [
            ["2 · Chả mực expired.png", "Chứng nhận đã hết hạn", EXPIRED],
            ["3 · " + UNKNOWN, "Không có trong sổ đăng ký", "EAN-13"],
            ["1 · Chả mực certified.png", "Chứng nhận còn hiệu lực", GOOD],
        ], "what needs a look is on top"
        assert [path.paint.color for path in app.find(cv.Path) if path.paint.color in _TONES] == _TONES
        assert [dashed for dashed, _ring in rings(app)] == [False] * 3 + [True] * 2
        assert [text.value for text in app.find(cv.Text)] == ["1", "2", "3", "?"]
        doubtful, unread = [p for p in app.find(cv.Path) if p.paint.stroke_dash_pattern]
        assert doubtful.paint.color != unread.paint.color

        look[0] = seen(GOOD, EXPIRED, UNKNOWN, new=False)
        await stream(app, plugin)
        await tap_at(app, 320, 40)  # beside all of them
        assert app.page.route == "/scan"
        await tap_at(app, 160, 215)  # a little below the second: it lies from 140 to 220, 150 to 200
        await app.until(lambda: app.verdict == "Chứng nhận đã hết hạn")
        assert not app.says("Cũng có trong ảnh")


async def test_very_many_codes_are_drawn_plainly_and_seldom(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    links = [f"https://id.ocop.example/01/0{GOOD}/21/{number}" for number in range(MANY + 1)]
    async with phone(workspace, plugin, "ios") as app:
        await app.until(lambda: plugin.streaming(app))
        await lay_out(app, 640, 360)
        look[0] = seen(*links)
        await stream(app, plugin)
        assert count(app) == f"{MANY + 1} đã đọc"
        assert len(choices(app)) == MANY + 1
        assert len(app.find(cv.Points)) == 2 * (MANY + 1)
        look[0] = seen(*links, "https://one.more.example/")
        await stream(app, plugin)
        assert count(app) == f"{MANY + 1} đã đọc"
        await stream(app, plugin, seconds=0.6)
        assert count(app) == f"{MANY + 2} đã đọc"


async def test_after_a_verdict_the_others_can_be_chosen_and_the_checked_one_is_marked(
    workspace: Workspace, look: list[Look]
) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin, "ios") as app:
        await app.until(lambda: plugin.streaming(app))
        look[0] = seen(GOOD, EXPIRED)
        await stream(app, plugin)
        await choose(app, "expired.png")
        await app.until(lambda: app.verdict == "Chứng nhận đã hết hạn")
        await app.go("/scan")
        await app.until(lambda: plugin.streaming(app))
        await lay_out(app, 640, 360)
        look[0] = seen(GOOD, EXPIRED, new=False)
        await stream(app, plugin)
        assert [(words[0], words[2]) for words in choices(app)] == [
            ("1 · Chả mực certified.png", GOOD),
            ("2 · Chả mực expired.png", "đã kiểm tra"),
        ]
        ticks = [p for p in app.find(cv.Path) if not isinstance(p.elements[-1], cv.Path.Close)]
        assert len(ticks) == 1 + 2
        await choose(app, "certified.png")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")


async def say_that_both_are_on_one_pack(app: Client) -> None:
    await app.tap(ft.OutlinedButton, "Tất cả ở trên một bao bì")


async def scan_another_by_hand(app: Client) -> None:
    await app.press(*UNKNOWN, "Enter")


@pytest.mark.parametrize(
    ("doing", "verdict"),
    [
        (say_that_both_are_on_one_pack, "Các mã không khớp nhau"),
        (scan_another_by_hand, "Không có trong sổ đăng ký"),
    ],
)
async def test_while_the_person_may_choose_there_are_other_ways(
    workspace: Workspace, look: list[Look], doing: Callable[[Client], Awaitable[None]], verdict: str
) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        look[0] = seen(GOOD, EXPIRED)
        await stream(app, plugin)
        await doing(app)
        await app.until(lambda: app.verdict == verdict)


async def test_while_the_packs_other_code_is_sought_its_known_one_is_no_choice(
    workspace: Workspace, look: list[Look]
) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        look[0] = seen(GOOD)
        await stream(app, plugin)
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        await app.fire(app.within("compare", ft.OutlinedButton), "click")
        await app.until(lambda: plugin.streaming(app))
        look[0] = seen(GOOD, EXPIRED)
        await stream(app, plugin)
        await app.until(lambda: app.verdict == "Các mã không khớp nhau")


async def test_a_lots_code_waits_for_the_packs_number_and_is_no_other_product(
    workspace: Workspace, look: list[Look]
) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        look[0] = seen(LOT, unread=1)
        await stream(app, plugin)
        assert app.page.route == "/scan", "what is not read yet may be the pack's number"
        look[0] = seen(LOT, UNKNOWN)
        await stream(app, plugin)
        await app.until(lambda: app.verdict == "Không có trong sổ đăng ký")
        assert app.says("Cũng có trong ảnh")
        assert not app.says("Các mã ở đây không cùng chỉ một sản phẩm")


async def test_a_lots_code_read_after_its_packs_verdict_leads_nowhere(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        look[0] = seen(GOOD)
        await stream(app, plugin)
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        await app.go("/scan")
        await app.until(lambda: plugin.streaming(app))
        look[0] = seen(LOT, GOOD)
        await stream(app, plugin)
        assert app.page.route == "/scan"


# Pictures


def png(*labels: Any) -> bytes:
    """A picture with these gray labels one above the other."""
    sheet = Image.new("L", (max(label.shape[1] for label in labels), sum(label.shape[0] for label in labels)), 255)
    top = 0
    for label in labels:
        sheet.paste(Image.fromarray(label), (0, top))
        top += label.shape[0]
    target = io.BytesIO()
    sheet.save(target, "PNG")
    return target.getvalue()


async def choose_picture(app: Client, data: bytes) -> None:
    app.answers["pick_files"] = [{"id": 0, "name": "x", "size": 1, "path": None, "bytes": data}]
    await app.fire(app.known("scan-picture")[0].content, "click")


async def test_of_a_picture_with_several_packs_the_person_chooses_one_after_another(workspace: Workspace) -> None:
    other = GOOD_LINK.replace(GOOD, EXPIRED)
    async with Client(workspace, platform="windows", web=True) as app:
        await choose_picture(app, png(qr(GOOD_LINK), qr(other)))
        await app.until(lambda: app.known("pack-choice"))
        assert app.page.route == "/scan"
        assert count(app) == "2 đã đọc"
        await lay_out(app, 400, 400)
        assert len(rings(app)) == 2
        await choose(app, "expired.png")
        await app.until(lambda: app.verdict == "Chứng nhận đã hết hạn")
        assert not app.says("Cũng có trong ảnh")
        await app.go("/scan")
        assert sorted(line[2] for line in choices(app)) == [GOOD, "đã kiểm tra"]
        await choose(app, "certified.png")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        await app.go("/scan")
        await app.fire(app.within("leave-photo", ft.IconButton), "click")
        await app.until(lambda: not app.known("pack-choice"))


async def test_a_picture_of_one_pack_leads_to_its_verdict(workspace: Workspace) -> None:
    async with Client(workspace, platform="windows", web=True) as app:
        await choose_picture(app, (SAMPLES / "certified.png").read_bytes())
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        assert not app.known("pack-choice")


async def test_the_verdict_says_that_further_codes_of_the_picture_could_not_be_read(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine may not come to what cannot be read within the time that a person waits.
    monkeypatch.setattr("views.parts.picture_verdict.look", lambda image, **_budget: look_at(image, budget=30))
    async with Client(workspace, platform="windows", web=True) as app:
        await choose_picture(app, png(qr(GOOD_LINK), too_blurred(ean13())))
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        said = str(app.within("further-unread", ft.Text).value)
        assert said.startswith("Trong ảnh còn 1 mã khác không đọc được. Mã bị mờ.")
        await app.go("/scan")
        await choose_picture(app, png(qr(GOOD_LINK)))
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        assert not app.known("further-unread"), "that was another picture"


@pytest.mark.parametrize("other", [png(blank()), b"no picture"])
async def test_the_packs_of_a_picture_are_not_taken_for_those_of_the_next(workspace: Workspace, other: bytes) -> None:
    async with Client(workspace, platform="windows", web=True) as app:
        await choose_picture(app, png(qr(GOOD_LINK), qr(GOOD_LINK.replace(GOOD, EXPIRED))))
        await app.until(lambda: app.known("pack-choice"))
        await choose_picture(app, other)
        await app.until(lambda: not app.known("pack-choice"))

"""The verdict on a pack with several codes: the same in whichever way and order they came together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any
from urllib.parse import quote

import flet as ft
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.decoding import FrameTracker, Look
from services.register.catalogue import Catalogue
from services.verification import Status, Verdict
from services.verification.check import TYPED
from services.verification.packs import packs_of
from services.workspace import Workspace
from tests.services.conftest import NOW, product
from tests.services.decoding.pictures import qr
from tests.services.register.test_statements import document, token
from tests.views.camera.test_overlay import phone, stream
from tests.views.camera.test_several_packs import choose_picture, png, seen
from tests.views.plugin import BACK, Plugin
from views.parts.question import Question, Scanned, checked_codes

NUMBER, LINK = "9521234567899", "https://qn.check.example/01/09521234567899"
DOUBTED: dict[str, Any] = {"serial": "A7", "reason": "too_far_apart", "sold_on": None, "sightings": []}
CODES: dict[str, Scanned] = {
    "number": (NUMBER, "EAN-13"),
    "typed": (NUMBER, TYPED),
    "link": (LINK, "QR Code"),
    "serial": (f"{LINK}/21/A7", "QR Code"),
    "signed": (f"{LINK}?statement={quote(token())}", "QR Code"),
    "altered": (f"{LINK}?statement={quote(token()[:-9] + 'AAAAAAAAA')}", "QR Code"),
    "lookalike": ("https://qn.chek.example/01/09521234567899", "QR Code"),
    "listed": ("https://qn.check.example/a1", "QR Code"),
    "page": ("https://la.example/1", "QR Code"),
    "bare address": ("https://198.51.100.7/1", "QR Code"),
    "lot": ("LOT 2026-17", "Code 39"),
    "shop": ("2012345678903", "EAN-13"),
    "wrong": ("9521234567890", "EAN-13"),
    "other": ("9529999999993", "EAN-13"),
}


@pytest.fixture(scope="module", params=["whole", "in part"])
def catalogue(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    opened = Catalogue.open(tmp_path_factory.mktemp("one-pack") / "catalogue")
    codes = [{"kind": "exact", "value": "https://qn.check.example/a1"}]
    held = product(1, gtin="0" + NUMBER, codes=codes, copies=[DOUBTED])
    register = {"name": "OCOP", "sample": True, "products": 1, "issuer_keys": [document()]}
    if request.param == "whole":
        opened.replace_all([held], "1", register, NOW)
    else:
        opened.apply([], "1", more=True, register=register, as_of=NOW)
    return opened


def verdict_on(catalogue: Catalogue, names: Sequence[str], *, one_pack: bool) -> Verdict:
    """The verdict at the top of the screen with these codes, by its address."""
    return checked_codes(asked(names, one_pack=one_pack), catalogue, NOW)[0].verdict


def asked(names: Sequence[str], *, one_pack: bool) -> Question:
    return Question.at(Question(tuple(CODES[name] for name in names), one_pack).address)


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (["number", "link"], Status.CERTIFIED),
        (["number", "signed"], Status.CERTIFIED),
        (["number", "listed", "lot"], Status.CERTIFIED),
        (["number", "shop"], Status.CERTIFIED),
        (["number", "page"], Status.UNKNOWN_LINK),
        (["number", "bare address"], Status.DOUBTFUL_LINK),
        (["number", "page", "bare address"], Status.DOUBTFUL_LINK),
        (["number", "lookalike"], Status.DOUBTFUL_LINK),
        (["typed", "number", "serial"], Status.SUSPECTED_COPY),
        (["number", "altered"], Status.STATEMENT_INVALID),
        (["number", "page", "other"], Status.CODE_MISMATCH),
        (["number", "wrong"], Status.MALFORMED),
        (["lot", "shop"], Status.NOT_A_PRODUCT_CODE),
    ],
)
@pytest.mark.parametrize("catalogue", ["whole"], indirect=True)
def test_the_gravest_finding_on_the_pack_is_its_verdict(catalogue: Catalogue, names: list[str], status: Status) -> None:
    for order in permutations(names):
        assert verdict_on(catalogue, order, one_pack=True).status is status


@pytest.mark.parametrize("catalogue", ["in part"], indirect=True)
def test_a_good_statement_speaks_for_the_barcode_beside_it_too(catalogue: Catalogue) -> None:
    told = [
        verdict_on(catalogue, names, one_pack=True).status
        for names in (["number"], ["signed"], ["number", "signed"], ["number", "altered"])
    ]
    assert told == [Status.NOT_IN_COPY, Status.CERTIFIED, Status.CERTIFIED, Status.STATEMENT_INVALID]


@settings(max_examples=25)
@given(names=st.lists(st.sampled_from(list(CODES)), min_size=2, max_size=4, unique=True), data=st.data())
def test_neither_order_nor_way_changes_the_verdict(catalogue: Catalogue, names: list[str], data: st.DataObject) -> None:
    said = verdict_on(catalogue, names, one_pack=True)
    order = data.draw(st.permutations(names))
    assert told(verdict_on(catalogue, order, one_pack=True)) == told(said)
    if len(packs_of(checked_codes(asked(names, one_pack=True), catalogue, NOW))) == 1:
        assert told(verdict_on(catalogue, order, one_pack=False)) == told(said), "in one picture, without being asked"


def told(verdict: Verdict) -> tuple[object, ...]:
    return verdict.status, verdict.reasons, verdict.as_of, verdict.today, verdict.live


GOOD, PAGE = "9520007900017", "https://la.example/1"
FURTHER = ("https://shop.example/9", "https://chat.example/7")


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[Look]:
    """What each frame of the camera is said to show: the only element."""
    now = [seen()]
    monkeypatch.setattr(FrameTracker, "look", lambda _self, _image, _at: now[0])
    return now


@pytest.mark.parametrize("way", ["camera", "choice", "picture", "typed", "wedge"])
async def test_a_foreign_address_beside_a_good_number_is_told_in_whichever_way_it_came(
    workspace: Workspace, frames: list[Look], way: str
) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        if way == "picture":
            await choose_picture(app, png(qr(GOOD), qr(PAGE)))
        elif way == "camera":
            await app.until(lambda: plugin.streaming(app))
            frames[0] = seen(GOOD, PAGE)
            await stream(app, plugin)
        elif way == "choice":
            await app.go(Question(tuple((text, "QR Code") for text in (GOOD, PAGE, *FURTHER))).address)
            await app.tap(ft.OutlinedButton, "Tất cả ở trên một bao bì")
        else:
            await app.go(Question(((GOOD, TYPED),)).address)
            await app.fire(app.within("compare", ft.OutlinedButton), "click")
            await app.until(lambda: app.known("comparing"))
            if way == "wedge":
                await app.press(*PAGE, "Enter")
            else:
                await app.change(app.within("code-entry", ft.TextField), PAGE)
                await app.fire(app.within("code-entry", ft.TextField), "submit")
        await app.until(lambda: app.verdict == "Đường dẫn lạ")
        assert app.within("product-name", ft.Text).value == "Chả mực certified.png"
        (page,) = [
            row for row in app.find(ft.ListTile) if isinstance(row.title, ft.Text) and PAGE in str(row.title.value)
        ]
        await app.fire(page, "click")
        await app.until(lambda: app.known("open-link"))
        assert app.verdict == "Đường dẫn lạ", "with the address first, it is still the pack's"
        assert app.within("product-name", ft.Text).value == "Chả mực certified.png"

"""The OCOP mark on a pack that the register does not have, and pages beside a certified number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import flet as ft
import pytest

from services.verification import Finding, Pack, Reason, ReasonCode, RegisterCopy, Status, verify
from services.verification.verdict import Verdict
from services.workspace import Workspace
from tests.services.verification.test_verdicts import BESIDE, CODES, COPIES, HELD, NOW
from tests.views.conftest import Open, fill
from tests.views.headless import Client
from views.design import TONES, Tone
from views.parts.question import Question
from views.parts.reader import Reader
from views.parts.verdict_words import STATUS, status_words
from views.verdict.advice import Action, advice_on

UNREGISTERED = Question((("9529999999993", "typed"),)).address


def tone_shown(app: Client) -> ft.IconDataOrControl:
    return app.within("verdict", ft.Icon).icon


async def test_what_is_not_registered_is_calm_and_asks_for_the_mark(workspace: Workspace) -> None:
    async with Client(workspace, route=UNREGISTERED) as app:
        assert tone_shown(app) == TONES[Tone.UNKNOWN].shape
        assert app.says("Phần lớn hàng hóa không phải sản phẩm OCOP.")
        assert not app.known("label-stars"), "one question, not two"
        await app.choose(app.within("ocop-mark", ft.SegmentedButton), "selected", ["yes"])
        await app.until(lambda: tone_shown(app) == TONES[Tone.CAUTION].shape)
        assert app.verdict == "Không có trong sổ đăng ký", "the word says what is known, and no more"
        assert "mark=yes" in app.page.route
        assert app.says("Bao bì có dấu OCOP hoặc số sao, nhưng sổ đăng ký không có sản phẩm nào")
        assert app.find(ft.FilledButton, "Báo nghi vấn")
        await app.choose(app.within("ocop-mark", ft.SegmentedButton), "selected", ["no"])
        await app.until(lambda: tone_shown(app) == TONES[Tone.UNKNOWN].shape)
        assert app.says("Không cần làm gì thêm")
        assert app.find(ft.FilledButton, "Quét tiếp")


async def test_from_an_old_copy_nothing_is_reported(open_workspace: Open) -> None:
    workspace = open_workspace()
    fill(workspace, as_of=datetime.now(UTC) - timedelta(days=3))
    async with Client(workspace, route=UNREGISTERED + "&mark=yes") as app:
        assert app.verdict == "Không có trong dữ liệu trên máy này"
        assert tone_shown(app) == TONES[Tone.CAUTION].shape
        assert app.says("chưa đủ để biết điều đó có đúng không")
        assert not app.find(ft.FilledButton, "Báo nghi vấn")


async def test_a_product_is_not_asked_for_the_mark(workspace: Workspace) -> None:
    async with Client(workspace, route=Question((("9520007900017", "typed"),)).address) as app:
        assert app.known("label-stars")
        assert not app.known("ocop-mark")


def judged(code: str, held: str, our_copy: str, beside: str) -> Verdict:
    return verify(CODES[code], HELD[held], COPIES[our_copy], NOW, BESIDE[beside])


@pytest.mark.parametrize("reader", Reader)
def test_a_report_rests_on_no_copy_that_may_be_wrong(reader: Reader) -> None:
    mark = "the person sees the OCOP mark"
    surely = advice_on(judged("GTIN", "nothing", "an hour old", mark), reader, "yes")
    assert surely.action is (Action.REPORT if reader is Reader.CONSUMER else Action.NOTE)
    for our_copy in ("2 days old", "31 days old", "in part", "none", "with this product unread"):
        assert advice_on(judged("GTIN", "nothing", our_copy, mark), reader, "yes").action is not Action.REPORT


@pytest.mark.parametrize("reader", Reader)
def test_there_is_advice_for_every_verdict_and_answer(reader: Reader) -> None:
    copy = RegisterCopy(NOW, complete=True)
    day = verify(CODES["GTIN"], None, copy, NOW, Pack()).today
    for status in Status:
        verdict = Verdict((Finding(status, (Reason(ReasonCode.NO_COPY),)),), None, day)
        for answer in (None, "no", "yes", "unsure"):
            assert advice_on(verdict, reader, answer).sentence


def test_an_unknown_page_beside_a_certified_number_does_not_alarm() -> None:
    codes = ["link_not_in_copy", "certificate_valid"]
    assert status_words("unknown_link", codes)[1] is Tone.UNKNOWN
    assert status_words("unknown_link", ["link_not_in_copy"])[1] is STATUS[Status.UNKNOWN_LINK][1] is Tone.CAUTION
    assert status_words("doubtful_link", ["link_lookalike", "certificate_valid"])[1] is Tone.CAUTION
    assert status_words("withdrawn", ["certificate_withdrawn"])[1] is Tone.BAD


async def test_its_band_says_that_the_certificate_counts(workspace: Workspace) -> None:
    codes = (("9520007900017", "EAN-13"), ("https://hoanui.example/che", "QR Code"))
    async with Client(workspace, route=Question(codes).address) as app:
        assert app.verdict == "Đường dẫn lạ"
        assert app.says("Giấy chứng nhận của sản phẩm còn giá trị.")
        assert app.says("Hãy căn cứ vào mã số.")
        assert app.find(ft.FilledButton, "Quét tiếp"), "not: scan the other code, which was scanned"

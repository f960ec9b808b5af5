"""The page of a product: what it says of it, and what where there is none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from pages.product_page import state_on
from register import days
from register.models import Certificate
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db


def test_the_page_shows_what_the_register_says(client: Client, register: SampleRegister) -> None:
    made = register.products[0]
    answer = client.get(f"/p/{made.gtin}")
    text = answer.content.decode()
    assert answer.status_code == 200
    for words in (made.name, made.producer.name, made.gtin, made.certificates[0].number, "Dữ liệu mẫu", "đến ngày"):
        assert words in text
    assert f"{made.certificates[0].stars} sao" in text


def test_the_page_sees_past_what_nobody_sees_in_an_address(client: Client, register: SampleRegister) -> None:
    made = register.products[0]
    for gtin in (
        f"{made.gtin}%E2%80%8B",
        f"%EF%BB%BF{made.gtin[1:]}",
        f"{made.gtin}%20",
        f"{made.gtin[:5]}%C2%AD{made.gtin[5:]}",
    ):
        answer = client.get(f"/p/{gtin}")
        assert answer.status_code == 200
        assert made.name in answer.content.decode()


def test_every_state_of_a_certificate_has_its_words(client: Client, register: SampleRegister) -> None:
    today = date(2026, 11, 23)

    def words(**dates: object) -> str:
        certificate = Certificate(valid_from=date(2025, 1, 1), valid_to=date(2027, 12, 31))
        for name, value in dates.items():
            setattr(certificate, name, value)
        return state_on(certificate, today).word

    assert words() == "Còn hiệu lực"
    assert words(valid_to=today + timedelta(days=90)) == "Còn hiệu lực, sắp hết"
    assert words(valid_to=today) == "Còn hiệu lực, sắp hết"  # the last day counts
    assert words(valid_to=today - timedelta(days=1)) == "Đã hết hiệu lực"
    assert words(withdrawn_on=today) == "Đã bị thu hồi"
    assert words(valid_from=today + timedelta(days=1)) == "Chưa có hiệu lực"


def test_an_announced_withdrawal_is_told_with_its_day_and_counts_from_it(
    client: Client, register: SampleRegister
) -> None:
    made = next(product for product in register.products if product.status == "valid")
    certificate = Certificate.objects.get(number=made.certificates[0].number)
    certificate.withdrawn_reason = "Cơ sở ngừng sản xuất"

    def page(withdrawn_on: date) -> str:
        certificate.withdrawn_on = withdrawn_on
        certificate.save()
        return client.get(f"/p/{made.gtin}").content.decode()

    ahead = days.today() + timedelta(days=30)
    announced = page(ahead)
    assert f"Còn hiệu lực, sẽ bị thu hồi từ ngày {ahead:%d/%m/%Y}" in announced
    assert f"<dt>Sẽ thu hồi</dt><dd>{ahead:%d/%m/%Y}: Cơ sở ngừng sản xuất</dd>" in announced
    assert "Đã bị thu hồi" not in announced
    assert "sẽ bị thu hồi từ ngày" in page(days.today() + timedelta(days=1))
    gone = page(days.today())
    assert "Đã bị thu hồi" in gone
    assert "<dt>Thu hồi</dt>" in gone
    assert "Còn hiệu lực" not in gone
    certificate.withdrawn_reason = ""  # as older servers took it
    assert f"{days.today():%d/%m/%Y}: sổ đăng ký không ghi lý do" in page(days.today())


def test_the_page_takes_shorter_gtins(client: Client, register: SampleRegister) -> None:
    assert client.get(f"/p/{register.products[0].gtin[1:]}").status_code == 200


@pytest.mark.parametrize(
    ("path", "words"),
    [("/p/09529999999993", "không có sản phẩm nào"), ("/p/09529999999991", "GTIN đúng"), ("/02/x", "không dẫn đến")],
)
def test_the_page_is_kind_when_there_is_nothing(client: Client, path: str, words: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert words in answer.content.decode()
    assert "Không tìm thấy" in answer.content.decode()


def test_what_is_in_the_address_is_escaped(client: Client) -> None:
    assert b"<script>" not in client.get("/p/<script>alert(1)").content


def test_no_page_says_genuine(client: Client, register: SampleRegister) -> None:
    for product in register.products:
        text = client.get(f"/p/{product.gtin}").content.decode().lower()
        assert "chính hãng" not in text
        assert "hàng thật" not in text
        assert "genuine" not in text

"""What an inspection knows of its goods: from the codes, the verdict, and the register's certificates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.checklists.knowledge import CertificateFact, Facts, Seen
from services.notes.content import NotedCode, NotedVerdict
from services.register.products import Product
from services.rounds.facts import facts_of
from services.rounds.inspection import Compared, Found
from services.verification import ReasonCode, Status
from tests.services.conftest import product

DAY = date(2026, 11, 28)
GTIN = "09521234567899"


def certificate(**said: Any) -> dict[str, Any]:
    return {
        "number": "QN-1", "stars": 4, "decision": "148/QĐ-TTg", "issuer": "UBND tỉnh", "valid_from": "2025-05-13",
        "valid_to": "2028-05-12", "withdrawn_on": None, "withdrawn_reason": None, **said,
    }  # fmt: skip


def with_certificates(*certificates: dict[str, Any]) -> Product:
    return Product.from_json(product(1, gtin=GTIN, certificates=[*certificates]))


def test_of_nothing_nothing_is_known() -> None:
    assert facts_of(Found(), None, DAY) == Facts(DAY)


def test_codes_and_label_are_told_side_by_side() -> None:
    code = NotedCode("]Q3010952123456789931030005001727091410L260914", "QR Code", GTIN, "L260914", None)
    found = Found(codes=(code,), lot=Compared("L260914", "L1"), expiry=Compared("2027-09-14"))
    known = facts_of(found, None, DAY)
    assert (known.lot, known.expiry, known.produced) == (Seen("L260914", "L1"), Seen("2027-09-14"), Seen())
    assert facts_of(replace(found, expiry=Compared("2027-09-14", "2027-0")), None, DAY).expiry == Seen("2027-09-14")
    assert known.net == "0.5 kg"
    assert known.read_trace_code
    barcode = replace(code, text="9521234567899", symbology="EAN-13")
    assert not facts_of(Found(codes=(barcode,)), None, DAY).read_trace_code
    assert not facts_of(Found(codes=(replace(barcode, symbology="typed"),)), None, DAY).read_trace_code


def test_the_verdict_tells_of_stars_and_of_codes_that_differ() -> None:
    stars = NotedVerdict(Status.STAR_MISMATCH, (ReasonCode.LABEL_STARS_TOO_MANY,))
    assert facts_of(Found(verdict=stars), None, DAY).too_many_stars
    assert facts_of(Found(verdict=NotedVerdict(Status.CODE_MISMATCH)), None, DAY).codes_differ
    assert not facts_of(Found(verdict=NotedVerdict(Status.CERTIFIED)), None, DAY).codes_differ


def test_codes_of_different_products_answer_nothing_but_that() -> None:
    mixed = Found(
        verdict=NotedVerdict(Status.CODE_MISMATCH), expiry=Compared("2025-01-01"), lot=Compared("L1", "L2"), gtin=GTIN
    )
    known = facts_of(mixed, with_certificates(certificate()), DAY, label_stars=5)
    assert (known.certificate, known.expiry, known.lot) == (None, Seen(), Seen(None, "L2"))


@pytest.mark.parametrize(
    ("certificates", "known"),
    [
        ([certificate()], CertificateFact("QN-1", 4, date(2028, 5, 12), in_force=True)),
        ([certificate(valid_to="2026-11-28")], CertificateFact("QN-1", 4, DAY, in_force=True)),
        (
            [certificate(valid_to="2026-11-27")],
            CertificateFact("QN-1", 4, date(2026, 11, 27), in_force=False),
        ),
        ([certificate(withdrawn_on="2026-11-28", withdrawn_reason="x")], None),
        ([certificate(valid_from="2026-11-29")], None),
        ([], None),
        (
            [certificate(), certificate(number="QN-2", stars=5, valid_to="2027-05-12")],
            CertificateFact("QN-2", 5, date(2027, 5, 12), in_force=True),
        ),
    ],
)
def test_the_certificate_that_decides_on_the_day(
    certificates: list[dict[str, Any]], known: CertificateFact | None
) -> None:
    assert facts_of(Found(), with_certificates(*certificates), DAY).certificate == known


def test_the_register_names_product_and_producer() -> None:
    known = facts_of(Found(product_name="as it was shown"), with_certificates(), DAY)
    assert known.product_name != "as it was shown"
    assert known.producer_name
    assert facts_of(Found(product_name="as it was shown"), None, DAY).product_name == "as it was shown"

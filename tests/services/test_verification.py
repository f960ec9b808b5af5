"""The verdict, as a table of cases, at the edges of days, and as properties that no input breaks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.codes import Code, Fault, ProductCode, TraceLink, Unrecognised
from services.products import Certificate, Producer, Product
from services.verification import FRESH, SOON, VIETNAM, Copy, ReasonCode, Status, Verdict, verify

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
GTIN = "09520000000011"
CODE = ProductCode(GTIN, GTIN)
LINK = TraceLink("https://qn.check.example/1", "qn.check.example")


def days(number: int) -> timedelta:
    return timedelta(days=number)


def certificate(first: int, last: int, number: str = "1/QĐ-UBND", **fields: Any) -> Certificate:
    """Valid from `first` to `last`, in days from today."""
    return Certificate(number, 4, "148/QĐ-TTg", "UBND tỉnh", TODAY + days(first), TODAY + days(last), **fields)


def withdrawn(first: int, last: int, on: int) -> Certificate:
    return certificate(first, last, withdrawn_on=TODAY + days(on), withdrawn_reason="Không duy trì điều kiện")


def product(*certificates: Certificate) -> Product:
    producer = Producer(1, "HTX Hoa Núi", "Ba Chẽ")
    return Product(GTIN, "Trà hoa vàng", "do_uong", producer, None, None, certificates, (), NOW)


def copy(age: timedelta = timedelta(hours=1), complete: bool = True) -> Copy:
    return Copy(NOW - age, complete)


NO_COPY = Copy(None, False)


TODAYS = copy()


@dataclass(frozen=True)
class Case:
    name: str
    status: Status
    reasons: list[str]
    product: Product | None = None
    copy: Copy = TODAYS
    code: Code = CODE


OLD, PARTIAL = copy(days(31)), copy(complete=False)
VALID, ENDED, NEXT = certificate(-300, 600), certificate(-1200, -100), certificate(30, 1100)
ENDING = certificate(-1000, 9)
TABLE = [
    Case("valid", Status.CERTIFIED, ["certificate_valid"], product(VALID)),
    Case("ends within the quarter", Status.EXPIRES_SOON, ["certificate_ends"], product(certificate(-1000, 60))),
    Case("ended", Status.EXPIRED, ["certificate_ended"], product(ENDED)),
    Case("ended and renewed", Status.CERTIFIED, ["certificate_valid"], product(VALID, ENDED)),
    Case("renewed, old one named first", Status.CERTIFIED, ["certificate_valid"], product(ENDED, VALID)),
    Case("soon over, next one stands", Status.CERTIFIED, ["certificate_valid"], product(VALID, ENDING)),
    Case("soon over, next one later", Status.EXPIRES_SOON, ["certificate_ends"], product(NEXT, ENDING)),
    Case("not yet", Status.NOT_CERTIFIED, ["certificate_not_yet"], product(NEXT)),
    Case("a gap before the next one", Status.NOT_CERTIFIED, ["certificate_not_yet"], product(NEXT, ENDED)),
    Case("never", Status.NOT_CERTIFIED, ["no_certificate"], product()),
    Case("withdrawn", Status.WITHDRAWN, ["certificate_withdrawn"], product(withdrawn(-300, 600, -9))),
    Case("withdrawn, then anew", Status.CERTIFIED, ["certificate_valid"], product(VALID, withdrawn(-900, 100, -400))),
    Case("ended, then withdrawn", Status.WITHDRAWN, ["certificate_withdrawn"], product(withdrawn(-90, 900, -9), ENDED)),
    Case("withdrawn long ago, later one ended", Status.EXPIRED, ["certificate_ended"],
         product(ENDED, withdrawn(-2400, -1300, -2000))),
    Case("old copy, valid", Status.CERTIFIED, ["certificate_valid", "copy_old"], product(VALID), OLD),
    Case("old copy, ends soon", Status.EXPIRES_SOON, ["certificate_ends", "copy_old"], product(ENDING), OLD),
    Case("old copy, ended", Status.COPY_TOO_OLD, ["certificate_ended", "copy_old"], product(ENDED), OLD),
    Case("old copy, never", Status.COPY_TOO_OLD, ["no_certificate", "copy_old"], product(), OLD),
    Case("old copy, not yet", Status.COPY_TOO_OLD, ["certificate_not_yet", "copy_old"], product(NEXT), OLD),
    Case("undated copy, ended", Status.COPY_TOO_OLD, ["certificate_ended", "no_copy"], product(ENDED), NO_COPY),
    Case("not in a whole copy", Status.NOT_IN_COPY, ["gtin_not_in_copy"]),
    Case("not in a part", Status.NOT_IN_COPY, ["gtin_not_in_copy", "copy_incomplete"], copy=PARTIAL),
    Case("no copy", Status.NOT_IN_COPY, ["no_copy"], copy=NO_COPY),
    Case("unknown link", Status.UNKNOWN_LINK, ["link_not_in_copy"], code=LINK),
    Case("unknown link, a part", Status.UNKNOWN_LINK, ["link_not_in_copy", "copy_incomplete"], copy=PARTIAL, code=LINK),
    Case("unknown link, no copy", Status.UNKNOWN_LINK, ["no_copy"], copy=NO_COPY, code=LINK),
    Case("known link", Status.CERTIFIED, ["certificate_valid"], product(VALID), code=LINK),
    Case("pack date passed", Status.CERTIFIED, ["certificate_valid", "pack_date_passed"], product(VALID),
         code=ProductCode(GTIN, GTIN, expiry=TODAY - days(1))),
    Case("pack date today", Status.CERTIFIED, ["certificate_valid"], product(VALID),
         code=ProductCode(GTIN, GTIN, expiry=TODAY)),
    Case("pack date passed, unknown", Status.NOT_IN_COPY, ["gtin_not_in_copy", "pack_date_passed"],
         code=ProductCode(GTIN, GTIN, expiry=TODAY - days(400))),
    Case("pack date passed, no copy", Status.NOT_IN_COPY, ["no_copy", "pack_date_passed"], copy=NO_COPY,
         code=ProductCode(GTIN, GTIN, expiry=TODAY - days(1))),
    *(Case(fault.value, Status.NOT_A_PRODUCT_CODE if fault is Fault.NOT_A_PRODUCT_CODE else Status.MALFORMED,
           [fault.value], code=Unrecognised("?", fault)) for fault in Fault),
]  # fmt: skip


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
def test_table(case: Case) -> None:
    verdict = verify(case.code, case.product, case.copy, NOW)
    assert (verdict.status, verdict.codes) == (case.status, case.reasons)
    assert verdict.as_of == (None if isinstance(case.code, Unrecognised) else case.copy.as_of)


def test_the_reasons_carry_what_their_sentences_need() -> None:
    def values(verdict: Verdict) -> dict[str, Any]:
        return dict(verdict.reasons[0].values)

    stands, over = product(certificate(-300, 60)), product(withdrawn(-300, 600, -9))
    assert values(verify(CODE, stands, copy(), NOW)) == {
        "number": "1/QĐ-UBND", "stars": 4, "valid_to": TODAY + days(60), "days": 60,
    }  # fmt: skip
    assert values(verify(CODE, over, copy(), NOW)) == {
        "number": "1/QĐ-UBND", "withdrawn_on": TODAY - days(9), "why": "Không duy trì điều kiện",
    }  # fmt: skip
    assert values(verify(CODE, None, copy(), NOW)) == {"gtin": GTIN}
    assert values(verify(LINK, None, copy(), NOW)) == {"host": "qn.check.example"}
    assert dict(verify(CODE, stands, copy(days(45)), NOW).reasons[1].values) == {"days": 45}


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (
            datetime(2026, 11, 22, 16, 59, 59, tzinfo=UTC),
            Status.NOT_CERTIFIED,
        ),  # 23:59:59 on the day before, in Vietnam
        (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), Status.EXPIRES_SOON),  # 00:00 on the first day
        (datetime(2026, 11, 23, 0, 0, tzinfo=VIETNAM), Status.EXPIRES_SOON),
        (datetime(2026, 11, 24, 16, 59, 59, tzinfo=UTC), Status.EXPIRES_SOON),  # 23:59:59 on the last day
        (datetime(2026, 11, 24, 23, 59, tzinfo=VIETNAM), Status.EXPIRES_SOON),
        (datetime(2026, 11, 24, 17, 0, tzinfo=UTC), Status.EXPIRED),  # 00:00 on the day after
    ],
)
def test_a_certificate_begins_and_ends_at_midnight_in_vietnam(now: datetime, status: Status) -> None:
    two_days = product(certificate(0, 1))
    assert verify(CODE, two_days, Copy(now - timedelta(hours=1), True), now).status is status


@pytest.mark.parametrize(
    ("now", "passed"),
    [(datetime(2026, 11, 23, 16, 59, tzinfo=UTC), False), (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), True)],
)
def test_a_pack_is_good_to_the_end_of_its_day_in_vietnam(now: datetime, passed: bool) -> None:
    code = ProductCode(GTIN, GTIN, expiry=TODAY)
    assert ("pack_date_passed" in verify(code, product(VALID), copy(), now).codes) is passed


def test_soon_begins_at_its_last_day_and_not_before() -> None:
    assert verify(CODE, product(certificate(-1, SOON.days)), copy(), NOW).status is Status.EXPIRES_SOON
    assert verify(CODE, product(certificate(-1, SOON.days + 1)), copy(), NOW).status is Status.CERTIFIED


def test_a_copy_is_fresh_to_the_second() -> None:
    assert verify(CODE, product(ENDED), copy(FRESH), NOW).status is Status.EXPIRED
    assert verify(CODE, product(ENDED), copy(FRESH + timedelta(seconds=1)), NOW).status is Status.COPY_TOO_OLD


def test_a_clock_set_back_does_not_bring_a_certificate_back() -> None:
    back = NOW - days(200)
    assert verify(CODE, product(ENDED), Copy(NOW, True), back).status is Status.EXPIRED
    assert verify(CODE, product(certificate(-100, 600)), Copy(NOW, True), back).status is Status.CERTIFIED


def test_a_clock_set_forward_makes_the_copy_old_rather_than_accuse() -> None:
    assert verify(CODE, product(VALID), Copy(NOW, True), NOW + days(5000)).status is Status.COPY_TOO_OLD


CERTIFICATES = st.builds(
    lambda a, n, off: certificate(a, a + n) if off is None else withdrawn(a, a + n, off),
    st.integers(-3000, 3000),
    st.integers(0, 1200),
    st.none() | st.integers(-2000, 0),
)
PRODUCTS = st.lists(CERTIFICATES, max_size=4).map(lambda held: product(*held))
CODES: st.SearchStrategy[Code] = st.sampled_from(
    [CODE, LINK, ProductCode(GTIN, GTIN, expiry=TODAY), *(Unrecognised("?", fault) for fault in Fault)]
)
COPIES = st.builds(
    lambda hours, complete: Copy(None if hours is None else NOW - timedelta(hours=hours), complete),
    st.none() | st.integers(-5000, 20_000),
    st.booleans(),
)
ACCUSATIONS = (Status.EXPIRED, Status.NOT_CERTIFIED)


@given(CODES, st.none() | PRODUCTS, COPIES)
def test_no_accusation_rests_on_an_old_copy_or_on_none(code: Code, held: Product | None, our_copy: Copy) -> None:
    verdict = verify(code, held, our_copy, NOW)
    if our_copy.as_of is None or NOW - our_copy.as_of > FRESH:
        assert verdict.status not in ACCUSATIONS
    if held is None:
        assert verdict.status not in (*ACCUSATIONS, Status.WITHDRAWN, Status.CERTIFIED, Status.EXPIRES_SOON)
    assert verdict.reasons
    assert verdict.as_of in (None, our_copy.as_of)


@given(PRODUCTS, COPIES, st.integers(-40_000, 40_000))
def test_nothing_is_certified_outside_the_days_of_a_certificate_that_stands(
    held: Product, our_copy: Copy, hours: int
) -> None:
    now = NOW + timedelta(hours=hours)
    today = max(now, our_copy.as_of or now).astimezone(VIETNAM).date()
    stands = [c for c in held.certificates if not c.withdrawn_on and c.valid_from <= today <= c.valid_to]
    certified = verify(CODE, held, our_copy, now).status in (Status.CERTIFIED, Status.EXPIRES_SOON)
    assert certified is bool(stands)


def test_no_word_says_more_than_was_checked() -> None:
    words = " ".join([*Status, *ReasonCode])
    for claim in ("registered", "genuine", "fake", "counterfeit", "authentic"):
        assert claim not in words

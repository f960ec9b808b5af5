"""The verdict: every row of docs/verdicts.md, the edges of days, and properties that no input breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.codes import Code, Fault, GtinKind, ProductCode, TraceLink, Unrecognised
from services.links import Link, LinkWarning
from services.register.certificates import SOON, VIETNAM
from services.register.products import Certificate, Producer, Product, Sighting, SuspectedCopy
from services.register.statements import CheckedStatement, IssuerKey, Statement, StatementFault
from services.verification import CURRENT, FRESH, Pack, ReasonCode, RegisterCopy, Status, Verdict, verify

DOCUMENT = Path(__file__).parents[3] / "docs" / "verdicts.md"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
GTIN, OTHER, CASE = "09520000000011", "09520000000028", "19520000000018"
CODE = ProductCode(GTIN, GTIN)
LINK = TraceLink("https://qn.check.example/1", "qn.check.example")


def days(number: int) -> timedelta:
    return timedelta(days=number)


def certificate(first: int, last: int, number: str = "1/QĐ-UBND", **fields: Any) -> Certificate:
    """Valid from `first` to `last`, in days from today."""
    return Certificate(number, 4, "148/QĐ-TTg", "UBND tỉnh", TODAY + days(first), TODAY + days(last), **fields)


def withdrawn(first: int, last: int, on: int, number: str = "2/QĐ-UBND") -> Certificate:
    why = "Không duy trì điều kiện"
    return certificate(first, last, number, withdrawn_on=TODAY + days(on), withdrawn_reason=why)


def product(*certificates: Certificate, **fields: Any) -> Product:
    producer = Producer(1, "HTX Hoa Núi", "Ba Chẽ")
    return Product(GTIN, "Trà hoa vàng", "do_uong", producer, None, None, certificates, (), NOW, **fields)


def copy(age: timedelta = timedelta(hours=1), complete: bool = True) -> RegisterCopy:
    return RegisterCopy(NOW - age, complete)


def statement(signed: int = -60, first: int = -300, last: int = 600, **fields: Any) -> Statement:
    """Signed, valid from and valid to, in days from now."""
    said = Statement(
        "s1", "UBND tỉnh", NOW + days(signed), GTIN, "1/QĐ-UBND", 4, TODAY + days(first), TODAY + days(last), "2026-1"
    )
    return replace(said, **fields)


def address(*warnings: LinkWarning) -> Link:
    url = "https://evil.example/1"
    return Link(url, url, "evil.example", "evil.example", warnings, "check.example")


def checked(said: Statement | None, fault: StatementFault | None = None, key: IssuerKey | None = None) -> Pack:
    return Pack(statement=CheckedStatement(said, fault, key))


NO_COPY = RegisterCopy(None, False)
OUT_OF_USE = IssuerKey("2025-1", bytes(32), "UBND tỉnh", NOW - days(700), NOW - days(300), None, None)
REVOKED = replace(OUT_OF_USE, revoked_at=NOW - days(20), revoked_reason="Lộ khóa")
VALID, ENDED, NEXT, ENDING = (
    certificate(-300, 600),
    certificate(-1200, -100),
    certificate(30, 1100),
    certificate(-1000, 9),
)
GONE = withdrawn(-300, 600, -9)
FAR_APART = SuspectedCopy("A7", "too_far_apart", None, (Sighting(TODAY, "Hạ Long"), Sighting(TODAY - days(1), None)))
SOLD = SuspectedCopy("A7", "seen_after_sale", TODAY - days(9), (Sighting(TODAY, "Móng Cái"),))

CODES: dict[str, Code] = {
    "GTIN": CODE,
    "demonstration GTIN": ProductCode(GTIN, GTIN, kind=GtinKind.DEMONSTRATION),
    "shop's own number": ProductCode(GTIN, GTIN, kind=GtinKind.RESTRICTED),
    "coupon": ProductCode(GTIN, GTIN, kind=GtinKind.COUPON),
    "ISBN": ProductCode(GTIN, GTIN, kind=GtinKind.ISBN),
    "ISSN": ProductCode(GTIN, GTIN, kind=GtinKind.ISSN),
    "ISMN": ProductCode(GTIN, GTIN, kind=GtinKind.ISMN),
    "refund receipt": ProductCode(GTIN, GTIN, kind=GtinKind.REFUND),
    "number of no known prefix": ProductCode(GTIN, GTIN, kind=GtinKind.UNASSIGNED),
    "GTIN with serial": ProductCode(GTIN, GTIN, serial="A7"),
    "GTIN with another serial": ProductCode(GTIN, GTIN, serial="A8"),
    "GTIN, expiry passed": ProductCode(GTIN, GTIN, expiry=TODAY - days(1)),
    "GTIN, expiry today": ProductCode(GTIN, GTIN, expiry=TODAY),
    "GTIN, produced tomorrow": ProductCode(GTIN, GTIN, produced=TODAY + days(1)),
    "GTIN, produced today": ProductCode(GTIN, GTIN, produced=TODAY),
    "Digital Link": ProductCode(f"https://id.example/01/{GTIN}", GTIN, link=f"https://id.example/01/{GTIN}"),
    "trace link": LINK,
    "no product code": Unrecognised("?", Fault.NOT_A_PRODUCT_CODE),
    "Code 39": Unrecognised("?", Fault.NOT_A_PRODUCT_CODE, "Code 39"),
    "wrong check digit": Unrecognised("?", Fault.WRONG_CHECK_DIGIT),
    "wrong length": Unrecognised("?", Fault.WRONG_LENGTH),
    "contradiction": Unrecognised("?", Fault.CONTRADICTION),
    "broken GS1 code": Unrecognised("?", Fault.BAD_GS1),
    "broken address": Unrecognised("?", Fault.BAD_LINK),
}
HELD: dict[str, Product | None] = {
    "nothing": None,
    "certificate in force": product(VALID),
    "ends in 60 days": product(certificate(-1000, 60)),
    "ends in 9 days": product(ENDING),
    "ended": product(ENDED),
    "ended, renewed": product(ENDED, VALID),
    "about to end, next one in force": product(VALID, ENDING),
    "about to end, next one later": product(NEXT, ENDING),
    "not yet in force": product(NEXT),
    "ended, next one later": product(NEXT, ENDED),
    "without certificate": product(),
    "withdrawn": product(GONE),
    "withdrawn from today on": product(withdrawn(-300, 600, 0)),
    "to be withdrawn tomorrow": product(withdrawn(-300, 600, 1, "1/QĐ-UBND")),
    "to be withdrawn in 30 days": product(withdrawn(-300, 600, 30)),
    "ends in 60 days, to be withdrawn in 30": product(withdrawn(-1000, 60, 30)),
    "to be withdrawn tomorrow, another in force": product(
        withdrawn(-300, 600, 1, "1/QĐ-UBND"), certificate(-400, 500, "3/QĐ-UBND")
    ),
    "ended, to be withdrawn tomorrow": product(withdrawn(-1200, -100, 1)),
    "not yet in force, to be withdrawn": product(withdrawn(30, 1100, 60)),
    "withdrawn, then certified anew": product(VALID, withdrawn(-900, 100, -400)),
    "ended, the last one withdrawn": product(withdrawn(-90, 900, -9), ENDED),
    "withdrawn long ago, the last one ended": product(ENDED, withdrawn(-2400, -1300, -2000)),
    "its certificate withdrawn": product(withdrawn(-300, 600, -9, "1/QĐ-UBND")),
    "its certificate withdrawn, certified anew": product(
        certificate(-5, 900, "3/QĐ-UBND"), withdrawn(-300, 600, -9, "1/QĐ-UBND")
    ),
    "in force under another number": product(certificate(-300, 600, "3/QĐ-UBND")),
    "in force, statement taken back": product(VALID, revoked_statements=frozenset({"s1"})),
    "serial seen far apart": product(VALID, copies=(FAR_APART,)),
    "serial seen after its sale": product(VALID, copies=(SOLD,)),
    "serial doubted for a newer reason": product(VALID, copies=(replace(SOLD, reason="stolen"),)),
}
COPIES: dict[str, RegisterCopy] = {
    "an hour old": copy(),
    "2 days old": copy(days(2)),
    "31 days old": copy(days(31)),
    "in part": copy(complete=False),
    "newer than the clock": RegisterCopy(NOW + days(2), True),
    "the server's answer": RegisterCopy(NOW, True, live=True),
    "with this product unread": replace(copy(), unread=True),
    "with codes of a newer kind": replace(copy(), codes_unread=True),
    "undated": NO_COPY,
    "none": NO_COPY,
}
BESIDE: dict[str, Pack] = {
    "–": Pack(),
    "other code names the same": Pack(gtins=(GTIN,)),
    "other code names a case of the same": Pack(gtins=(CASE,)),
    "other code names another product": Pack(gtins=(GTIN, OTHER)),
    "label shows no stars": Pack(label_stars=0),
    **{f"label shows {stars} stars": Pack(label_stars=stars) for stars in (3, 4, 5)},
    "the person sees the OCOP mark": Pack(ocop_mark=True),
    "page of its producer": Pack(link=address(), link_of_producer=True),
    "page of its producer behind a user's name": Pack(link=address(LinkWarning.CREDENTIALS), link_of_producer=True),
    "address like a known one": Pack(link=address(LinkWarning.LOOKALIKE)),
    "address with a user's name in it": Pack(link=address(LinkWarning.CREDENTIALS)),
    "host with unseen characters": Pack(host_hides=True),
    "address of numbers": Pack(link=address(LinkWarning.IP_ADDRESS)),
    "address in foreign letters": Pack(link=address(LinkWarning.IDN)),
    "shortened address": Pack(link=address(LinkWarning.SHORTENER)),
    "name of a local network": Pack(link=address(LinkWarning.LOCAL_NAME)),
    "address without https": Pack(link=address(LinkWarning.NOT_HTTPS)),
    "address with a port": Pack(link=address(LinkWarning.PORT)),
    "unknown domain": Pack(link=address(LinkWarning.UNKNOWN_DOMAIN)),
    "statement": checked(statement()),
    "statement, label shows 5 stars": replace(checked(statement()), label_stars=5),
    "statement signed yesterday": checked(statement(signed=-1)),
    "statement signed after today": checked(statement(signed=2)),
    "statement that ends in 9 days": checked(statement(last=9)),
    "statement that has ended": checked(statement(first=-900, last=-1)),
    "statement for later": checked(statement(first=1)),
    "statement on another product": checked(statement(gtin=OTHER)),
    "statement altered": checked(statement(), StatementFault.ALTERED),
    "statement unreadable": checked(None, StatementFault.MALFORMED),
    "statement signed in a newer form": checked(None, StatementFault.MALFORMED, OUT_OF_USE),
    "statement by a key of a newer kind": checked(statement(), StatementFault.UNREAD_KEY),
    "statement by an unknown key": checked(statement(), StatementFault.UNKNOWN_KEY),
    "statement by a revoked key": checked(statement(), StatementFault.KEY_REVOKED, REVOKED),
    "statement by a key out of use": checked(statement(), StatementFault.KEY_NOT_IN_USE, OUT_OF_USE),
}


def rows() -> list[list[str]]:
    table = DOCUMENT.read_text().split("| --- | --- | --- | --- | --- | --- |\n")[1]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.splitlines() if line]


@pytest.mark.parametrize("row", rows(), ids=lambda row: ", ".join(row[:4]))
def test_every_row_of_the_document(row: list[str]) -> None:
    code, held, our_copy, beside, status, reasons = row
    verdict = verify(CODES[code], HELD[held], COPIES[our_copy], NOW, BESIDE[beside])
    assert (f"`{verdict.status.value}`", ", ".join(f"`{code}`" for code in verdict.codes)) == (status, reasons)
    unusable = isinstance(CODES[code], Unrecognised)
    assert verdict.as_of == (None if unusable else COPIES[our_copy].as_of)
    assert verdict.live is (COPIES[our_copy].live and not unusable)


def test_the_document_has_every_word_and_every_reason_and_no_row_twice() -> None:
    said = [cell.strip("` ") for row in rows() for cell in [row[4], *row[5].split(",")]]
    assert {*Status, *ReasonCode} == set(said)
    assert len({tuple(row[:4]) for row in rows()}) == len(rows())
    named = [{row[column] for row in rows()} for column in range(4)]
    assert named == [CODES.keys(), HELD.keys(), COPIES.keys(), BESIDE.keys()]


def values(verdict: Verdict, place: int = 0) -> dict[str, Any]:
    return dict(verdict.reasons[place].values)


def said(code: str, held: str, beside: str, our_copy: str = "an hour old") -> dict[str, dict[str, Any]]:
    verdict = verify(CODES[code], HELD[held], COPIES[our_copy], NOW, BESIDE[beside])
    return {reason.code.value: dict(reason.values) for reason in verdict.reasons}


def test_the_reasons_carry_what_their_sentences_need() -> None:
    number = {"number": "1/QĐ-UBND"}
    assert said("GTIN", "ends in 60 days", "–") == {
        "certificate_ends": {**number, "stars": 4, "valid_to": TODAY + days(60), "days": 60}
    }
    assert said("GTIN", "certificate in force", "–") == {
        "certificate_valid": {**number, "stars": 4, "valid_to": TODAY + days(600)}
    }
    assert said("GTIN", "ended", "–") == {"certificate_ended": {**number, "stars": 4, "valid_to": TODAY - days(100)}}
    assert said("GTIN", "not yet in force", "–") == {"certificate_not_yet": {**number, "valid_from": TODAY + days(30)}}
    assert said("GTIN", "withdrawn", "–") == {
        "certificate_withdrawn": {
            "number": "2/QĐ-UBND", "withdrawn_on": TODAY - days(9), "why": "Không duy trì điều kiện",
        }
    }  # fmt: skip
    assert said("GTIN", "to be withdrawn in 30 days", "–")["certificate_will_be_withdrawn"] == {
        "number": "2/QĐ-UBND", "withdrawn_on": TODAY + days(30), "why": "Không duy trì điều kiện",
    }  # fmt: skip
    assert said("GTIN", "nothing", "–") == {"gtin_not_registered": {"gtin": GTIN}}
    assert said("GTIN", "nothing", "–", "31 days old") == {"gtin_not_in_copy": {"gtin": GTIN}, "copy_old": {"days": 31}}
    english = verify(CODE, product(replace(GONE, withdrawn_reason_en="Conditions not kept")), copy(), NOW)
    assert values(english)["why_en"] == "Conditions not kept"
    for code, reason in [
        ("shop's own number", "shops_own_number"), ("coupon", "no_product_number"), ("ISBN", "publication_number"),
    ]:  # fmt: skip
        assert said(code, "nothing", "–") == {reason: {"gtin": GTIN}}
    assert said("demonstration GTIN", "nothing", "–")["demonstration_number"] == {"gtin": GTIN}
    assert said("trace link", "nothing", "address like a known one") == {
        "link_lookalike": {"domain": "evil.example", "resembles": "check.example"},
        "link_not_in_copy": {"host": "evil.example"},
    }
    assert said("trace link", "nothing", "–") == {"link_not_in_copy": {"host": "qn.check.example"}}
    assert said("trace link", "nothing", "address with a port")["link_port"] == {"domain": "evil.example"}
    own = said("trace link", "certificate in force", "page of its producer")
    assert own["producers_page"] == {"domain": "evil.example"}


def test_the_reasons_on_the_pack_carry_what_their_sentences_need() -> None:
    valid = "certificate in force"
    assert said("GTIN", valid, "other code names another product")["other_code_differs"] == {
        "gtin": GTIN, "other": OTHER,
    }  # fmt: skip
    assert said("GTIN", valid, "label shows 5 stars")["label_stars_too_many"] == {"label": 5, "stars": 4}
    assert said("GTIN", "ended", "label shows 3 stars")["label_stars_without_certificate"] == {"label": 3}
    assert said("GTIN, expiry passed", valid, "–")["pack_date_passed"] == {"expiry": TODAY - days(1)}
    assert said("GTIN, produced tomorrow", valid, "–")["produced_ahead"] == {"produced": TODAY + days(1)}
    far = said("GTIN with serial", "serial seen far apart", "–")
    assert far["serial_too_far_apart"] == {"serial": "A7"}
    assert far["seen_near"] == {"day": TODAY, "place": "Hạ Long"}
    assert far["seen"] == {"day": TODAY - days(1)}
    after = said("GTIN with serial", "serial seen after its sale", "–")
    assert after["serial_seen_after_sale"] == {"serial": "A7", "sold_on": TODAY - days(9)}


def test_the_reasons_on_a_statement_carry_what_their_sentences_need() -> None:
    def of(beside: str, held: str = "certificate in force") -> dict[str, dict[str, Any]]:
        return said("Digital Link", held, beside)

    number = {"number": "1/QĐ-UBND"}
    assert of("statement")["statement_valid"] == {
        **number, "stars": 4, "valid_to": TODAY + days(600), "issuer": "UBND tỉnh",
    }  # fmt: skip
    assert of("statement that has ended")["statement_ended"] == {**number, "valid_to": TODAY - days(1)}
    assert of("statement for later", "nothing")["statement_not_yet"] == {**number, "valid_from": TODAY + days(1)}
    assert of("statement on another product")["statement_other_product"] == {"gtin": GTIN, "other": OTHER}
    assert of("statement", "in force, statement taken back")["statement_revoked"] == number
    assert of("statement", "in force under another number")["statement_differs"] == {**number, "stars": 4}
    assert of("statement by an unknown key")["statement_unknown_key"] == {"key": "2026-1"}
    assert of("statement by a revoked key")["statement_key_revoked"] == {
        "key": "2025-1",
        "revoked_on": TODAY - days(20),
    }
    assert of("statement by a key out of use")["statement_key_not_in_use"] == {
        "key": "2025-1", "signed_on": TODAY - days(60),
    }  # fmt: skip


def test_a_statement_by_a_key_that_is_nowhere_described_names_no_key() -> None:
    unreadable = verify(CODE, product(VALID), copy(days(2)), NOW, checked(None, StatementFault.UNKNOWN_KEY))
    assert values(unreadable, 1) == {"key": ""}


@pytest.mark.parametrize(
    ("now", "status"),
    [
        # 23:59:59 on the day before, in Vietnam
        (datetime(2026, 11, 22, 16, 59, 59, tzinfo=UTC), Status.NOT_CERTIFIED),
        (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), Status.EXPIRES_SOON),  # 00:00 on the first day
        (datetime(2026, 11, 23, 0, 0, tzinfo=VIETNAM), Status.EXPIRES_SOON),
        (datetime(2026, 11, 24, 16, 59, 59, tzinfo=UTC), Status.EXPIRES_SOON),  # 23:59:59 on the last day
        (datetime(2026, 11, 24, 23, 59, tzinfo=VIETNAM), Status.EXPIRES_SOON),
        (datetime(2026, 11, 24, 17, 0, tzinfo=UTC), Status.EXPIRED),  # 00:00 on the day after
    ],
)
def test_a_certificate_begins_and_ends_at_midnight_in_vietnam(now: datetime, status: Status) -> None:
    two_days = product(certificate(0, 1))
    assert verify(CODE, two_days, RegisterCopy(now - timedelta(hours=1), True), now).status is status


@pytest.mark.parametrize(
    ("day", "reason"),
    [(-1, "statement_not_yet"), (0, "statement_valid"), (1, "statement_valid"), (2, "statement_ended")],
)
def test_a_statement_begins_and_ends_with_its_days(day: int, reason: str) -> None:
    pack = checked(statement(first=0, last=1))
    now = datetime(2026, 11, 23, 0, 0, tzinfo=VIETNAM) + days(day)
    assert reason in verify(CODE, product(VALID), RegisterCopy(now, True), now, pack).codes
    assert (
        reason
        in verify(CODE, product(VALID), RegisterCopy(now, True), now + timedelta(hours=23, minutes=59), pack).codes
    )


@pytest.mark.parametrize(
    ("now", "passed"),
    [(datetime(2026, 11, 23, 16, 59, tzinfo=UTC), False), (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), True)],
)
def test_a_pack_is_good_to_the_end_of_its_day_in_vietnam(now: datetime, passed: bool) -> None:
    code = ProductCode(GTIN, GTIN, expiry=TODAY)
    assert ("pack_date_passed" in verify(code, product(VALID), copy(), now).codes) is passed


def test_soon_begins_at_its_last_day_and_not_before() -> None:
    def by_register(last: int) -> Status:
        return verify(CODE, product(certificate(-1, last)), copy(), NOW).status

    def by_statement(last: int) -> Status:
        return verify(CODE, None, NO_COPY, NOW, checked(statement(last=last))).status

    for status in (by_register, by_statement):
        assert status(SOON.days) is Status.EXPIRES_SOON
        assert status(SOON.days + 1) is Status.CERTIFIED


def test_a_copy_is_fresh_to_the_second() -> None:
    second = timedelta(seconds=1)
    assert verify(CODE, product(ENDED), copy(FRESH), NOW).status is Status.EXPIRED
    assert verify(CODE, product(ENDED), copy(FRESH + second), NOW).status is Status.COPY_TOO_OLD
    assert verify(CODE, None, copy(CURRENT), NOW).status is Status.NOT_REGISTERED
    assert verify(CODE, None, copy(CURRENT + second), NOW).status is Status.NOT_IN_COPY


def test_a_statement_of_the_copys_own_moment_is_not_newer_than_it() -> None:
    signed = checked(statement(signed=-2))
    assert verify(CODE, None, copy(days(2)), NOW, signed).status is Status.NOT_IN_COPY
    assert verify(CODE, None, copy(days(2) + timedelta(seconds=1)), NOW, signed).status is Status.CERTIFIED


def test_of_several_certificates_in_force_the_last_to_end_is_named_and_the_most_stars_count() -> None:
    five = replace(certificate(-100, 200, "5/QĐ-UBND"), stars=5)
    both = product(VALID, five)
    verdict = verify(CODE, both, copy(), NOW, Pack(label_stars=5))
    assert (verdict.status, values(verdict)["number"]) == (Status.CERTIFIED, "1/QĐ-UBND")


def test_a_clock_set_back_does_not_bring_a_certificate_back() -> None:
    back = NOW - days(200)
    assert verify(CODE, product(ENDED), RegisterCopy(NOW, True), back).status is Status.CLOCK_WRONG
    assert verify(CODE, product(VALID), RegisterCopy(NOW, True), back).status is Status.CLOCK_WRONG
    assert verify(CODE, product(ENDED), RegisterCopy(NOW, True), NOW - days(1)).status is Status.EXPIRED


def test_a_good_statement_tells_that_the_clock_is_behind() -> None:
    later = checked(statement(signed=2))
    assert verify(CODE, product(VALID), copy(), NOW, later).status is Status.CLOCK_WRONG
    forged = checked(statement(signed=2), StatementFault.ALTERED)
    assert verify(CODE, product(VALID), copy(), NOW, forged).status is Status.STATEMENT_INVALID


def test_a_withdrawal_counts_from_midnight_of_its_day_in_vietnam_whatever_the_copys_age() -> None:
    held = product(withdrawn(-300, 600, 30))
    midnight = datetime(2026, 12, 23, 0, 0, tzinfo=VIETNAM)
    for our_copy in (RegisterCopy(NOW, True), RegisterCopy(NOW, False), RegisterCopy(NOW - days(300), True)):
        before = verify(CODE, held, our_copy, midnight - timedelta(seconds=1))
        assert before.status is Status.CERTIFIED
        assert "certificate_will_be_withdrawn" in before.codes
        for now in (midnight, midnight + days(400)):
            assert verify(CODE, held, our_copy, now).status is Status.WITHDRAWN


def test_a_certificate_that_will_be_withdrawn_counts_for_the_stars_on_the_label_until_then() -> None:
    held = product(withdrawn(-300, 600, 1))
    assert verify(CODE, held, copy(), NOW, Pack(label_stars=4)).status is Status.CERTIFIED
    assert verify(CODE, held, copy(), NOW + days(1), Pack(label_stars=4)).status is Status.WITHDRAWN


def test_a_verdict_names_the_day_that_it_was_reached_for() -> None:
    back = NOW - days(400)
    plain = verify(CODE, product(VALID), copy(), NOW).today
    assert (plain.moment, plain.day, plain.clock_behind) == (NOW, TODAY, False)
    by_copy = verify(CODE, product(VALID), RegisterCopy(NOW, True), back).today
    assert (by_copy.day, by_copy.clock_behind) == (TODAY, True)
    by_statement = verify(CODE, product(VALID), NO_COPY, back, checked(statement(signed=-60))).today
    assert (by_statement.day, by_statement.clock_behind) == (TODAY - days(60), True)
    forged = verify(CODE, product(VALID), NO_COPY, back, checked(statement(), StatementFault.ALTERED)).today
    assert (forged.moment, forged.clock_behind) == (back, False)


def test_a_clock_set_forward_makes_the_copy_old_rather_than_accuse() -> None:
    assert verify(CODE, product(VALID), RegisterCopy(NOW, True), NOW + days(5000)).status is Status.COPY_TOO_OLD


CERTIFICATES = st.builds(
    lambda a, n, off: certificate(a, a + n) if off is None else withdrawn(a, a + n, off),
    st.integers(-3000, 3000),
    st.integers(0, 1200),
    st.none() | st.integers(-2000, 2000),
)
PRODUCTS = st.lists(CERTIFICATES, max_size=4).map(lambda held: product(*held)) | st.sampled_from(
    [held for held in HELD.values() if held]
)
ANY_CODE = st.sampled_from(list(CODES.values()))
ANY_COPY = st.builds(
    lambda hours, complete: RegisterCopy(None if hours is None else NOW - timedelta(hours=hours), complete),
    st.none() | st.integers(-5000, 20_000),
    st.booleans(),
)
STATEMENTS = st.builds(statement, st.integers(-900, 900), st.integers(-900, 300), st.integers(300, 900)).map(checked)
ANY_PACK = st.sampled_from(list(BESIDE.values())) | STATEMENTS
UNSIGNED = st.sampled_from([pack for pack in BESIDE.values() if pack.statement is None])
CERTIFIED = (Status.CERTIFIED, Status.EXPIRES_SOON)
STALE = (Status.EXPIRED, Status.NOT_CERTIFIED, Status.NOT_REGISTERED, Status.STAR_MISMATCH, Status.SUSPECTED_COPY)
"""What only a copy that is good enough may say."""


@given(ANY_CODE, st.none() | PRODUCTS, ANY_COPY, UNSIGNED)
def test_no_accusation_rests_on_an_old_copy_a_part_or_none(
    code: Code, held: Product | None, our_copy: RegisterCopy, pack: Pack
) -> None:
    verdict = verify(code, held, our_copy, NOW, pack)
    if our_copy.as_of is None or NOW - our_copy.as_of > FRESH or not our_copy.complete:
        assert verdict.status not in STALE
    if held is None:
        assert verdict.status not in (*CERTIFIED, Status.EXPIRED, Status.NOT_CERTIFIED, Status.WITHDRAWN)
    assert verdict.reasons
    assert verdict.as_of in (None, our_copy.as_of)


@given(ANY_CODE, st.none() | PRODUCTS, ANY_COPY, ANY_PACK, st.integers(-40_000, 40_000))
def test_not_registered_is_never_said_from_a_partial_or_stale_copy_or_of_what_the_copy_has(
    code: Code, held: Product | None, our_copy: RegisterCopy, pack: Pack, hours: int
) -> None:
    now = NOW + timedelta(hours=hours)
    if verify(code, held, our_copy, now, pack).status is Status.NOT_REGISTERED:
        assert held is None
        assert our_copy.complete
        assert our_copy.as_of is not None
        assert timedelta(days=-1) <= now - our_copy.as_of <= CURRENT


@given(ANY_CODE, st.none() | PRODUCTS, ANY_COPY, ANY_PACK, st.integers(-40_000, 40_000))
def test_nothing_is_certified_after_the_last_valid_day_whatever_the_clock_says(
    code: Code, held: Product | None, our_copy: RegisterCopy, pack: Pack, hours: int
) -> None:
    now = NOW + timedelta(hours=hours)
    if verify(code, held, our_copy, now, pack).status in CERTIFIED:
        good = pack.statement.statement if pack.statement and pack.statement.fault is None else None
        passed = [moment for moment in (now, our_copy.as_of, good and good.issued_at) if moment]
        earliest, latest = min(now, max(passed)), max(passed)
        assert latest - earliest <= timedelta(days=1)
        today = latest.astimezone(VIETNAM).date()
        certificates = [c for c in (held.certificates if held else ()) if not c.withdrawn_on or c.withdrawn_on > today]
        spans = [(c.valid_from, c.valid_to) for c in certificates]
        spans += [(good.valid_from, good.valid_to)] if good and good.gtin == GTIN else []
        assert any(first <= today <= last for first, last in spans)


@given(ANY_CODE, st.none() | PRODUCTS, st.booleans(), ANY_PACK, st.lists(st.integers(0, 900), min_size=2, max_size=2))
def test_an_older_copy_never_says_more(
    code: Code, held: Product | None, complete: bool, pack: Pack, ages: list[int]
) -> None:
    """As the copy grows older by itself, what it could not say it still cannot, and what it warned of it still does."""
    younger, older = (verify(code, held, copy(days(age), complete), NOW, pack) for age in sorted(ages))
    if older.status in STALE:
        assert younger.status is older.status
    if younger.status in CERTIFIED:
        assert older.status in CERTIFIED
    assert {"copy_old", "gtin_not_in_copy"} & set(younger.codes) <= set(older.codes)


@given(st.none() | PRODUCTS, ANY_COPY, ANY_PACK)
def test_every_finding_of_the_pack_is_among_the_reasons(
    held: Product | None, our_copy: RegisterCopy, pack: Pack
) -> None:
    verdict = verify(CODES["Digital Link"], held, our_copy, NOW, pack)
    assert len(set(verdict.reasons)) == len(verdict.reasons)
    if OTHER in pack.gtins:
        assert verdict.status is Status.CODE_MISMATCH
    if pack.statement and pack.statement.fault:
        assert any(code.startswith("statement_") for code in verdict.codes)
    if pack.link and our_copy.as_of:
        assert sum(code.startswith("link_") for code in verdict.codes) == len(pack.link.warnings)


def test_no_word_says_more_than_was_checked() -> None:
    words = " ".join([*Status, *ReasonCode])
    for claim in ("genuine", "fake", "counterfeit", "authentic", "original"):
        assert claim not in words

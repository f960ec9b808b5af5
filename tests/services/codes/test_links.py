"""Web addresses: GS1 Digital Links, read strictly, and all others."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.codes import Code, Fault, ProductCode, TraceLink, Unrecognised, parse

GTIN = "09521234567899"
OTHER = "09520000000011"
KEY = f"https://id.example/01/{GTIN}"


def outcome(code: Code) -> str:
    """The GTIN, the host or the fault."""
    match code:
        case ProductCode():
            return code.gtin
        case TraceLink():
            return code.host
        case Unrecognised():
            return code.fault.value


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f"http://id.example/01/{GTIN}",
        f"HTTPS://ID.Example/01/{GTIN}",
        f"{KEY}/",
        f"{KEY}#trang",
        f"{KEY}?",
        f"{KEY}?linkType=gs1:pip&lang=vi",
        f"https://id.example/qn/ocop/01/{GTIN}",
        f"https://id.example:8443/01/{GTIN}",
        f"https://kiemtra@id.example/01/{GTIN}",
        f"https://192.0.2.1/01/{GTIN}",
        f"https://[2001:db8::1]/01/{GTIN}",
        f"https://truyxuất.example/01/{GTIN}",
        f"https://may-chu/01/{GTIN}",
        "https://id.example/01/9521234567899",
        f"https://id.example/01/{OTHER}/qn/01/{GTIN}",
        f"https://id.example/01/{OTHER}/10/L0/01/{GTIN}",
        f"{KEY}?ten=Chả mực",
        f'{KEY}?x=a|b&y={{z}}&z=<a>&w=^`\\"',
        f"{KEY}?=&&a=1&&=b",
        f"{KEY}#Chả mực | {{1}}",
        f"https://id.example/sản-phẩm/01/{GTIN}",
        f"https://id.example/2026/01/{GTIN}",
        f"https://id.example/2026/01/12345/01/{GTIN}",
    ],
)
def test_a_digital_link_names_the_product_of_its_rightmost_key(text: str) -> None:
    code = parse(text)
    assert isinstance(code, ProductCode)
    assert (code.gtin, code.link) == (GTIN, text)


def test_a_digital_link_carries_lot_serial_and_date_each_decoded() -> None:
    code = parse(f"{KEY}/22/2A/10/L%2F4%2B1/21/S%2B1?17=301200&15=300115&3103=000195")
    assert isinstance(code, ProductCode)
    assert (code.lot, code.serial, code.expiry) == ("L/4+1", "S+1", date(2030, 12, 31))


def test_only_the_slash_at_the_end_of_the_path_is_none_of_the_link() -> None:
    code = parse(f"{KEY}/?99=a/")
    assert isinstance(code, ProductCode)
    assert code.elements == (("01", GTIN), ("99", "a/"))


def test_a_link_of_a_short_number_has_the_key_of_14_digits() -> None:
    assert outcome(parse("https://id.example/01/96385074")) == "00000096385074"
    assert outcome(parse("https://id.example/01/036000291452")) == "00036000291452"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"https://id.example/01/{GTIN[:-1]}0", Fault.WRONG_CHECK_DIGIT),
        ("https://id.example/01/9521234567890", Fault.WRONG_CHECK_DIGIT),
        (f"{KEY}?01={OTHER}", Fault.CONTRADICTION),
        (f"{KEY}?01={GTIN}", Fault.CONTRADICTION),
        (f"{KEY}?01=", Fault.CONTRADICTION),
        (f"{KEY}/10/A?10=B", Fault.CONTRADICTION),
        (f"{KEY}/10/A?10=A", Fault.CONTRADICTION),
        (f"{KEY}/10/A/10/B", Fault.CONTRADICTION),
        (f"{KEY}?17=301231&17=301231", Fault.CONTRADICTION),
        (f"{KEY}?02={OTHER}", Fault.CONTRADICTION),
        (f"{KEY}?10=A", Fault.BAD_LINK),
        (f"{KEY}?21=S", Fault.BAD_LINK),
        (f"{KEY}/21/S/10/L", Fault.BAD_LINK),
        (f"{KEY}/17/301231", Fault.BAD_LINK),
        (f"{KEY}/san-pham/che", Fault.BAD_LINK),
        (f"{KEY}/10", Fault.BAD_LINK),
        (f"{KEY}//10/A", Fault.BAD_LINK),
        (f"{KEY}?17=301301", Fault.BAD_GS1),
        (f"{KEY}?17=30123110L1", Fault.BAD_GS1),
        (f"{KEY}?17=ngay", Fault.BAD_GS1),
        (f"{KEY}?99=A%00B", Fault.BAD_GS1),
    ],
)
def test_a_digital_link_that_contradicts_itself_names_no_product(text: str, why: Fault | None) -> None:
    assert outcome(parse(text)) == (why.value if why else GTIN)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://qn.check.example/abc?id=1", "qn.check.example"),
        ("HTTP://QN.Check.Example", "qn.check.example"),
        ("https://qn.check.example:8080/x", "qn.check.example"),
        ("https://bank.example@evil.example/x", "evil.example"),
        ("https://192.0.2.1/x", "192.0.2.1"),
        ("https://[::1]/x", "::1"),
        ("https://a.example/x?01=" + GTIN, "a.example"),
        ("https://a.example/01/abc", "a.example"),
        ("https://a.example/01//" + GTIN, "a.example"),
        ("https://a.example/01", "a.example"),
        ("https://a.example/00/006141411234567890", "a.example"),
        ("https://a.example/2024/01/", "a.example"),
        ("https://a.example/01/123456", "a.example"),  # no GTIN has so many digits
        ("https://a.example/01/0912345678", "a.example"),
        (f"https://a.example/01/{GTIN}0", "a.example"),
        ("https://a.example/2026/01/123456", "a.example"),  # a month, and the number of a page
        ("https://a.example/2026/01/20260115", "a.example"),
        ("https://a.example/tin/01/20260115", "a.example"),
        ("https://a.example/2026/01/96385074", "a.example"),
        ("https://a.example/2026/01/1768435200000", "a.example"),
        ("https://a.example/2026/01/20260115093045", "a.example"),
        ("https://a.example/2025/12/01/20251201", "a.example"),  # the first day of a month
        ("https://a.example/202512/01/96385074", "a.example"),
        ("https://a.example/2025-12/01/96385074", "a.example"),
        ("https://a.example/tin/01/12345678/tra.html", "a.example"),
    ],
)
def test_an_address_without_a_gtin_in_its_path_is_a_trace_link_of_its_true_host(text: str, host: str) -> None:
    code = parse(text)
    assert isinstance(code, TraceLink)
    assert (code.host, code.text) == (host, text)


@pytest.mark.parametrize(
    "text",
    [
        "https://", "https:///x", "https://localhost/x", "https://a.example:99999/x", "https://a.example:x/", "https://[::1/x",
        "https://a b.example/", "https://a.example/x y", "https://a.example/\x07/x", "https://-a.example/", "http://@/",
        f"https://a.example:99999/01/{GTIN}", f"https:///01/{GTIN}",
    ],
)  # fmt: skip
def test_what_only_looks_like_an_address_is_a_bad_link(text: str) -> None:
    assert outcome(parse(text)) == Fault.BAD_LINK.value


@pytest.mark.parametrize(
    ("query", "elements"),
    [
        ("?99=XYZ&89=ABC123", (("99", "XYZ"),)),
        ("?0=1&5=x&12345=a", ()),
        ("?89=a b&17=301231", (("17", "301231"),)),
        ("?89=ABC#17=301231", ()),
    ],
)
def test_a_number_that_is_no_identifier_means_nothing_in_a_query(
    query: str, elements: tuple[tuple[str, str], ...]
) -> None:
    code = parse(KEY + query)
    assert isinstance(code, ProductCode)
    assert code.elements == (("01", GTIN), *elements)


@pytest.mark.parametrize(
    "end", ["/", "%20", "%E2%80%8B", "%EF%BB%BF", "%0A", "%0D%0A", "/10/L1%20", "/10/L1%E2%80%8B", "%E2%80%8B/10/L1"]
)
def test_escaped_blanks_at_the_end_are_none_of_the_link(end: str) -> None:
    code = parse(KEY + end)
    assert isinstance(code, ProductCode)
    assert (code.gtin, code.lot) == (GTIN, "L1" if "L1" in end else None)


@pytest.mark.parametrize("end", ["/10/L%20A", "/10/L%E2%80%8BA", "%00", "?99=a%00", "?99=a%20", "/10/"])
def test_escapes_within_a_value_belong_to_it(end: str) -> None:
    assert not isinstance(parse(KEY + end), ProductCode)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (f"URL:{KEY}", GTIN),
        (f"url: {KEY}", GTIN),
        (f"URLTO:{KEY}", GTIN),
        (f"id.example/01/{GTIN}", GTIN),
        (f"ID.Example:8443/qn/01/{GTIN}/10/L1?x=1", GTIN),
        (f"]Q1id.example/01/{GTIN}", GTIN),
        ("txng.example/sp/40170725", "txng.example"),
        ("www.txng.example/a/b", "www.txng.example"),
        ("txng.example", Fault.NOT_A_PRODUCT_CODE.value),
        ("che.xanh/500g", Fault.NOT_A_PRODUCT_CODE.value),
        ("1.2/3/4", Fault.NOT_A_PRODUCT_CODE.value),
        ("SP.A/B /C", Fault.NOT_A_PRODUCT_CODE.value),
    ],
)
def test_an_address_is_one_behind_a_word_for_it_and_without_its_scheme(text: str, right: str) -> None:
    assert outcome(parse(text)) == right


@pytest.mark.parametrize(
    "text", ["http:/a.example", "ftp://a.example/01/" + GTIN, "javascript:alert(1)", "a.example/x", "//a.example"]
)
def test_no_other_scheme_is_a_link(text: str) -> None:
    assert outcome(parse(text)) == Fault.NOT_A_PRODUCT_CODE.value


SHARED = Path(os.environ.get("OCOP_SHARED", Path(__file__).resolve().parents[4] / "shared"))
VECTORS = SHARED / "gs1" / "vectors.jsonl"


@pytest.mark.skipif(not VECTORS.exists(), reason="no GS1 test vectors at OCOP_SHARED or ../shared")
def test_gs1s_own_vectors_name_a_product_where_and_only_where_they_should() -> None:
    """`elements` is what a valid link stands for; an element string is its own. `^` is FNC1."""
    vectors: list[dict[str, Any]] = [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]
    wrong = []
    for vector in vectors:
        said = vector.get("elements", vector["input"]) if vector["valid"] else ""
        # A link that only mentions a GTIN beside another key (`/8004/...?01=`) does not name a product by its path.
        beside = vector["kind"] == "digital-link" and not said.startswith("^01")
        place = said.find("^01")
        expected = said[place + 3 : place + 17] if place >= 0 and not beside else None
        is_link = vector["kind"] == "digital-link"
        code = parse(vector["input"] if is_link else vector["input"].replace("^", "\x1d"))
        found = code.gtin if isinstance(code, ProductCode) else None
        if found != expected:
            wrong.append((vector["input"], expected, found))
    assert len(vectors) > 50
    assert wrong == []

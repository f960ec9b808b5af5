"""From the text of a symbol to a verdict, against a real copy of the register."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.client.answers import ProductAnswer
from services.decoding import Symbology
from services.register.about import Register
from services.register.catalogue import Catalogue
from services.register.products import Product
from services.verification import ReasonCode, Status
from services.verification.check import TYPED, check
from services.verification.packs import pack_verdict
from tests.services.conftest import NOW, product

REGISTER = {"name": "OCOP Quảng Ninh (mẫu)", "sample": True}
KNOWN, TRACED, UPC = "09521234567899", "09520000000011", "00012345000065"


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    opened = Catalogue.open(tmp_path / "catalogue")
    codes = [
        {"kind": "exact", "value": "https://qn.check.example/a1"},
        {"kind": "prefix", "value": "https://truyxuat.example/qn/"},
        {"kind": "exact", "value": "HTX-HOA-NUI-01"},
    ]
    products: list[dict[str, Any]] = [
        product(1, gtin=KNOWN),
        product(2, gtin=TRACED, codes=codes),
        product(3, gtin=UPC),
    ]
    changes = [{"op": "upsert", "product": each} for each in products]
    opened.apply(changes, "9", more=False, register=REGISTER, as_of=NOW)
    return opened


@pytest.mark.parametrize(
    ("text", "symbology", "gs1", "gtin"),
    [
        ("9521234567899", "EAN-13", False, KNOWN),
        ("9521234567899", TYPED, False, KNOWN),
        ("  952 1234567 899\n", TYPED, False, KNOWN),
        ("01095212345678991730123110L1", "Code 128", True, KNOWN),
        ("01095212345678991730123110L1", "Code 128", False, KNOWN),
        ("https://id.ocop.example/01/09521234567899/10/L1", "QR Code", False, KNOWN),
        ("https://qn.check.example/a1", "QR Code", False, TRACED),
        (" https://qn.check.example/a1 ", TYPED, False, TRACED),
        ("https://truyxuat.example/qn/lo/427", "QR Code", False, TRACED),
        ("01234565", "UPC-E", False, UPC),
        ("012345000065", "UPC-A", False, UPC),
        ("0109521234567899", "GS1 DataBar", True, KNOWN),
        ("]e0010952123456789910L1", "GS1 DataBar Expanded", False, KNOWN),
        ("https://id.ocop.example/01/09521234567899/10/L1", "PDF417", False, KNOWN),
        ("010952123456789910L1", "rMQR Code", True, KNOWN),
        ("HTX-HOA-NUI-01", "Code 39", False, TRACED),
    ],
)
def test_every_way_to_name_a_product_leads_to_it(
    catalogue: Catalogue, text: str, symbology: str, gs1: bool, gtin: str
) -> None:
    found = check(text, symbology, catalogue, NOW, gs1=gs1)
    assert found.product is not None
    assert (found.product.gtin, found.gtin, found.verdict.status) == (gtin, gtin, Status.CERTIFIED)
    assert (found.text, found.symbology, found.verdict.as_of) == (text, symbology, NOW)


@pytest.mark.parametrize(
    ("text", "status", "gtin", "link"),
    [
        ("9529999999993", Status.NOT_REGISTERED, "09529999999993", None),
        (
            "https://id.example/01/09529999999993",
            Status.NOT_REGISTERED,
            "09529999999993",
            "https://id.example/01/09529999999993",
        ),
        ("https://qn.check.example/a2", Status.UNKNOWN_LINK, None, "https://qn.check.example/a2"),
        ("https://truyxuat.example/", Status.UNKNOWN_LINK, None, "https://truyxuat.example/"),
        ("9521234567890", Status.MALFORMED, None, None),
        ("https://id.example/01/09521234567890", Status.MALFORMED, None, None),
        ("xin chào", Status.NOT_A_PRODUCT_CODE, None, None),
    ],
)
def test_what_the_register_does_not_hold_has_no_product(
    catalogue: Catalogue, text: str, status: Status, gtin: str | None, link: str | None
) -> None:
    found = check(text, "QR Code", catalogue, NOW)
    assert (found.product, found.verdict.status, found.gtin) == (None, status, gtin)
    assert (found.link.url if found.link else None) == link


@pytest.mark.parametrize("symbology", [each for each in Symbology if not each.bears_numbers])
@pytest.mark.parametrize("text", ["9521234567899", "9521234567890", "123456", "0109521234567899", "LOT-42"])
def test_what_is_in_a_symbol_that_bears_no_gtin_is_told_as_that_and_accuses_nobody(
    catalogue: Catalogue, symbology: Symbology, text: str
) -> None:
    found = check(text, symbology, catalogue, NOW)
    (reason,) = found.verdict.reasons
    assert (found.verdict.status, found.gtin, found.product) == (Status.NOT_A_PRODUCT_CODE, None, None)
    assert (reason.code, dict(reason.values)) == (ReasonCode.KIND_WITHOUT_NUMBER, {"symbology": symbology})


def test_an_address_in_such_a_symbol_is_judged_like_any_other(catalogue: Catalogue) -> None:
    assert check("https://qn.check.example/a2", "Aztec", catalogue, NOW).verdict.status is Status.UNKNOWN_LINK


def test_eight_digits_typed_are_no_upc_e(catalogue: Catalogue) -> None:
    assert check("01234565", TYPED, catalogue, NOW).verdict.status is Status.NOT_A_PRODUCT_CODE  # a shop's own GTIN-8


def test_a_link_of_the_register_leads_on_to_the_address(catalogue: Catalogue) -> None:
    link = check("https://qn.check.example/a1?utm_source=tem", "QR Code", catalogue, NOW).link
    assert link is not None
    assert (link.url, link.clean) == ("https://qn.check.example/a1?utm_source=tem", "https://qn.check.example/a1")
    assert (link.domain, link.warnings) == ("check.example", ())


def test_a_text_of_no_form_is_a_products_where_the_register_says_so(catalogue: Catalogue) -> None:
    found = check("HTX-HOA-NUI-01", "QR Code", catalogue, NOW)
    assert (found.gtin, found.verdict.status) == (TRACED, Status.CERTIFIED)
    assert check("HTX-HOA-NUI-02", "QR Code", catalogue, NOW).verdict.status is Status.NOT_A_PRODUCT_CODE


@pytest.mark.parametrize(
    ("text", "status", "gtin"),
    [
        ("https://qn.check.example/a\u202e1", Status.UNKNOWN_LINK, None),
        ("https://qn.check\u200b.example/a1", Status.DOUBTFUL_LINK, None),
        ("https://qn.check%E2%80%8B.example/a1", Status.DOUBTFUL_LINK, None),
        ("https://qn.check\ufe0f.example/a1", Status.DOUBTFUL_LINK, None),
        (f"https://check.example\u2060@id.example/01/{KNOWN}", Status.DOUBTFUL_LINK, KNOWN),
        (f"https://qn.chek.example/\u202e/01/{KNOWN}", Status.DOUBTFUL_LINK, KNOWN),  # a lookalike all the same
        ("https://truyxuat.example/qn/\u202e1", Status.CERTIFIED, TRACED),
        (f"https://1.2.3.4.5/01/{KNOWN}", Status.CERTIFIED, KNOWN),
    ],
)
def test_an_address_that_leads_nowhere_that_could_be_shown_is_not_offered(
    catalogue: Catalogue, text: str, status: Status, gtin: str | None
) -> None:
    found = check(text, "QR Code", catalogue, NOW)
    assert (found.link, found.verdict.status, found.gtin) == (None, status, gtin)


@pytest.mark.parametrize(
    "text",
    ["\ufeffhttps://qn.check.example/a1\u200b", "https://qn.check.example/\u200ba1", "URL:https://qn.check.example/a1"],
)
def test_what_is_not_seen_around_an_address_makes_no_other_one_of_it(catalogue: Catalogue, text: str) -> None:
    found = check(text, "QR Code", catalogue, NOW)
    assert found.link is not None
    assert (found.link.url, found.gtin, found.text) == ("https://qn.check.example/a1", TRACED, text)


def test_a_text_of_the_register_is_found_however_its_letters_are_composed(tmp_path: Path) -> None:
    catalogue = Catalogue.open(tmp_path / "catalogue")
    codes = [{"kind": "exact", "value": "HTX-HOA-NÚI-01"}, {"kind": "prefix", "value": "che.example/1/"}]
    catalogue.replace_all([product(1, gtin=KNOWN, codes=codes)], "1", REGISTER, NOW)
    for text in ("HTX-HOA-NU\u0301I-01", "\ufeffHTX-HOA-NÚI-01\u200b", "che.example/1/2"):
        assert check(text, "QR Code", catalogue, NOW).gtin == KNOWN


def test_the_hosts_of_the_registers_codes_are_known_and_others_are_called_out(catalogue: Catalogue) -> None:
    def warnings(address: str) -> list[str]:
        link = check(address, "QR Code", catalogue, NOW).link
        return list(link.warnings) if link else []

    assert warnings("https://truyxuat.example/") == []
    assert warnings("https://la.example/1") == ["unknown_domain"]
    assert warnings("https://truyxuats.example/1") == ["lookalike", "unknown_domain"]


def test_the_registers_own_address_is_never_doubtful(tmp_path: Path) -> None:
    catalogue = Catalogue.open(tmp_path / "catalogue")
    catalogue.replace_all(
        [product(1, gtin=KNOWN)], "1", REGISTER | {"products": 1}, NOW, source="http://192.0.2.7:8551"
    )

    def warnings(address: str) -> list[str]:
        link = check(address, "QR Code", catalogue, NOW).link
        return list(link.warnings) if link else []

    assert warnings(f"http://192.0.2.7:8551/01/{KNOWN}") == []
    assert "ip_address" in warnings(f"http://192.0.2.8:8551/01/{KNOWN}")
    assert "ip_address" in warnings(f"http://192.0.2.7:8552/01/{KNOWN}")
    assert "credentials" in warnings(f"http://192.0.2.7:8551@evil.example/01/{KNOWN}")


def test_other_codes_of_the_pack_are_compared_by_what_they_name(catalogue: Catalogue) -> None:
    same, other = ("https://id.ocop.example/01/09521234567899", "QR Code"), ("https://qn.check.example/a1", "QR Code")
    unknown = ("https://qn.check.example/a2", "QR Code")
    for others, status in [
        ([same], Status.CERTIFIED),
        ([unknown], Status.CERTIFIED),
        ([same, other], Status.CODE_MISMATCH),
    ]:
        assert check("9521234567899", "EAN-13", catalogue, NOW, others=others).verdict.status is status


def test_the_servers_own_answer_stands_before_the_copy(catalogue: Catalogue) -> None:
    later = NOW + timedelta(days=400)
    gone = check("9521234567899", "EAN-13", catalogue, later, answers={KNOWN: ProductAnswer(None, later)})
    assert (gone.product, gone.verdict.status, gone.verdict.live) == (None, Status.NOT_REGISTERED, True)
    assert gone.verdict.as_of == later
    new = ProductAnswer(Product.from_json(product(9, gtin="09529999999993")), NOW)
    found = check("9529999999993", "EAN-13", catalogue, NOW, answers={"09529999999993": new})
    assert (found.product, found.verdict.status, found.verdict.live) == (new.product, Status.CERTIFIED, True)
    assert check("9521234567899", "EAN-13", catalogue, NOW, answers={"09529999999993": new}).verdict.live is False


def test_a_digital_link_of_another_product_is_not_overruled_by_a_prefix(catalogue: Catalogue) -> None:
    found = check("https://truyxuat.example/qn/01/09521234567899", "QR Code", catalogue, NOW)
    assert found.gtin == KNOWN
    assert found.product is not None
    assert found.product.gtin == KNOWN


def test_without_a_copy_nothing_is_said_about_the_product(tmp_path: Path) -> None:
    found = check("9521234567899", "EAN-13", Catalogue.open(tmp_path / "catalogue"), NOW)
    assert (found.verdict.status, found.verdict.codes) == (
        Status.NOT_IN_COPY,
        ["no_copy", "demonstration_number"],
    )
    assert found.verdict.as_of is None


# What only a newer version of the app can read


def test_a_product_that_was_set_aside_accuses_nobody_and_weakens_no_other_verdict(tmp_path: Path) -> None:
    unread = product(2, gtin=TRACED, certificates="in a newer form")
    ended = product(1, gtin=KNOWN)
    ended["certificates"][0] |= {"valid_from": "2020-01-10", "valid_to": "2023-01-09"}
    catalogue = Catalogue.open(tmp_path / "catalogue")
    catalogue.replace_all([ended, unread], "1", REGISTER | {"products": 2}, NOW, source="https://registry.example")

    def found(text: str) -> tuple[Status, list[str]]:
        verdict = check(text, "EAN-13", catalogue, NOW).verdict
        return verdict.status, verdict.codes

    assert found(TRACED) == (Status.NOT_IN_COPY, ["product_unread"])
    assert found(KNOWN) == (Status.EXPIRED, ["certificate_ended"])
    assert found("09520000000028")[0] is Status.NOT_REGISTERED
    # Its codes are not known either, so an address that nobody has may be its own.
    assert "copy_incomplete" in found("https://la.example/1")[1]


def test_a_code_of_an_unknown_kind_matches_nothing_and_is_told(tmp_path: Path) -> None:
    codes = [{"kind": "hologram", "value": "https://la.example/1"}]
    catalogue = Catalogue.open(tmp_path / "catalogue")
    catalogue.replace_all([product(1, gtin=KNOWN, codes=codes)], "1", REGISTER | {"products": 1}, NOW)
    verdict = check("https://la.example/1", "QR Code", catalogue, NOW).verdict
    assert verdict.status is Status.UNKNOWN_LINK
    assert "codes_unread" in verdict.codes
    catalogue.apply([{"op": "upsert", "product": product(1, gtin=KNOWN)}], "2", more=False, register=None, as_of=NOW)
    assert "codes_unread" not in check("https://la.example/1", "QR Code", catalogue, NOW).verdict.codes


def test_a_statement_by_a_key_that_cannot_be_read_is_no_false_one() -> None:
    keys = [{"kid": "2027-1", "public_key": {"kty": "EC"}, "issuer": "UBND tỉnh"}, {"kid": 7}]
    assert Register.from_json({"name": "x", "issuer_keys": keys}).unread_keys == {"2027-1"}


OWN = ("https://www.hoanui.example/che", "QR Code")


@pytest.fixture
def with_sites(catalogue: Catalogue) -> Catalogue:
    """The first product's producer has a site, a shop of its own, and a page on a site of everybody's."""
    shops = [
        {"name": "Cửa hàng", "address": None, "url": "https://shop.hoanui.example/"},
        {"name": "Trang", "address": None, "url": "https://facebook.com/hoanui"},
    ]
    known = product(1, gtin=KNOWN)
    known["producer"] |= {"site": "https://hoanui.example", "shops": shops}
    catalogue.apply([{"op": "upsert", "product": known}], "10", more=False, register=REGISTER, as_of=NOW)
    return catalogue


def on_a_pack(catalogue: Catalogue, number: str, page: tuple[str, str]) -> list[tuple[Status, list[str]]]:
    """What is said of the number and of the page beside each other."""
    barcode = (number, "EAN-13")
    codes = [check(*barcode, catalogue, NOW, others=[page]), check(*page, catalogue, NOW, others=[barcode])]
    return [(code.verdict.status, code.verdict.codes) for code in codes]


@pytest.mark.parametrize("page", ["https://www.hoanui.example/che", "https://FACEBOOK.com/hoanui?fbclid=1"])
def test_a_page_of_the_products_own_producer_beside_its_number_alarms_nobody(with_sites: Catalogue, page: str) -> None:
    barcode, beside = on_a_pack(with_sites, KNOWN, (page, "QR Code"))
    assert barcode == (Status.CERTIFIED, ["certificate_valid"])
    assert beside == (Status.CERTIFIED, ["certificate_valid", "producers_page"])
    whole = pack_verdict([check(KNOWN, "EAN-13", with_sites, NOW), check(page, "QR Code", with_sites, NOW)])
    assert whole.status is Status.UNKNOWN_LINK, "apart, nothing says whose page it is"


@pytest.mark.parametrize(
    ("number", "page", "status"),
    [
        (TRACED, "https://www.hoanui.example/che", Status.UNKNOWN_LINK),  # another producer's product
        ("9529999999993", "https://www.hoanui.example/che", Status.UNKNOWN_LINK),  # no product
        (KNOWN, "https://facebook.com/another", Status.UNKNOWN_LINK),
        (KNOWN, "https://hoanui.example.evil.example/", Status.UNKNOWN_LINK),
        (KNOWN, "https://hoanui.example@evil.example/", Status.DOUBTFUL_LINK),
        (KNOWN, "https://evil@hoanui.example/", Status.DOUBTFUL_LINK),
    ],
)
def test_any_other_page_is_as_unknown_as_before(with_sites: Catalogue, number: str, page: str, status: Status) -> None:
    _barcode, beside = on_a_pack(with_sites, number, (page, "QR Code"))
    assert beside[0] is status


def test_a_producers_page_speaks_for_no_product_where_the_pack_names_two(with_sites: Catalogue) -> None:
    others = [(KNOWN, "EAN-13"), (TRACED, "EAN-13")]
    assert check(*OWN, with_sites, NOW, others=others).verdict.status is Status.UNKNOWN_LINK


def test_a_digital_link_on_the_producers_site_leads_to_no_unknown_domain(with_sites: Catalogue) -> None:
    own = check(f"https://id.hoanui.example/01/{KNOWN}", "QR Code", with_sites, NOW)
    assert own.verdict.codes == ["certificate_valid", "producers_page"]
    assert own.link is not None
    assert own.link.warnings == ()
    foreign = check(f"https://id.hoanui.example/01/{TRACED}", "QR Code", with_sites, NOW)
    assert "link_unknown_domain" in foreign.verdict.codes


def test_the_servers_own_answer_names_the_producers_site_too(with_sites: Catalogue) -> None:
    held = with_sites.product(KNOWN)
    assert held is not None
    answers = {UPC: ProductAnswer(replace(held, gtin=UPC), NOW)}
    beside = check(*OWN, with_sites, NOW, others=[(UPC, "UPC-A")], answers=answers)
    assert (beside.verdict.status, beside.verdict.live) == (Status.CERTIFIED, True)

"""Codes that are seen together, told apart by the packs that they may be on."""

import pytest

from services.register.catalogue import Catalogue
from services.verification.check import check
from services.verification.packs import packs_of
from tests.services.conftest import NOW, product

NUMBER, LINK = "9521234567899", "https://id.ocop.example/01/09521234567899"
TRACE = "https://truyxuat.example/qn/1"  # the register has it for the product
OTHER = "9529999999993"
PAGE, SHOP, CHAT = "https://hoa-nui.example/", "https://shop.example/9", "https://chat.example/7"
WRONG = "https://id.ocop.example/01/09529999999994"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    opened = Catalogue.open(tmp_path_factory.mktemp("packs") / "catalogue")
    known = product(1, gtin="0" + NUMBER, codes=[{"kind": "exact", "value": TRACE}])
    register = {"name": "OCOP Quảng Ninh (mẫu)", "sample": True}
    opened.apply([{"op": "upsert", "product": known}], "9", more=False, register=register, as_of=NOW)
    return opened


@pytest.mark.parametrize(
    ("texts", "packs"),
    [
        ([], []),
        ([NUMBER], [[NUMBER]]),
        # One pack: its codes name one product, or name none and go along with it.
        ([LINK, NUMBER], [[LINK, NUMBER]]),
        ([TRACE, NUMBER], [[TRACE, NUMBER]]),
        ([PAGE, NUMBER], [[NUMBER, PAGE]]),
        ([PAGE, NUMBER, SHOP], [[NUMBER, PAGE, SHOP]]),
        ([NUMBER, f"{LINK}/10/L1", f"{LINK}/10/L1/21/S1"], [[NUMBER, f"{LINK}/10/L1", f"{LINK}/10/L1/21/S1"]]),
        # Several packs: of different products, of one product, and such as no more codes belong to one pack.
        ([NUMBER, OTHER], [[NUMBER], [OTHER]]),
        ([OTHER, LINK, NUMBER], [[OTHER], [LINK, NUMBER]]),
        ([NUMBER, PAGE, OTHER], [[NUMBER], [OTHER], [PAGE]]),
        ([f"{LINK}/21/S1", f"{LINK}/21/S2"], [[f"{LINK}/21/S1"], [f"{LINK}/21/S2"]]),
        ([f"{LINK}/10/L1", f"{LINK}/10/L2", NUMBER], [[f"{LINK}/10/L1", NUMBER], [f"{LINK}/10/L2"]]),
        ([PAGE, SHOP], [[PAGE], [SHOP]]),
        ([NUMBER, PAGE, SHOP, CHAT], [[NUMBER], [PAGE], [SHOP], [CHAT]]),
        # A wrong number means to name a product, and not the one beside it.
        ([NUMBER, WRONG], [[NUMBER], [WRONG]]),
    ],
)
def test_codes_are_told_apart_by_the_pack_that_they_may_be_on(
    catalogue: Catalogue, texts: list[str], packs: list[list[str]]
) -> None:
    found = packs_of([check(text, "QR Code", catalogue, NOW) for text in texts])
    assert [[code.text for code in pack] for pack in found] == packs

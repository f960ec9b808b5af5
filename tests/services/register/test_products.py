"""The server's product, read into the app's own types."""

import copy
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.register.products import PackCode, Place, Product, is_product
from tests.services.conftest import product


def test_every_field_of_the_contract_is_read() -> None:
    document = product(11, codes=[{"kind": "prefix", "value": "https://truyxuat.example/qn/"}])
    document["certificates"][0] |= {"withdrawn_on": "2026-05-02", "withdrawn_reason": "Không duy trì điều kiện"}
    read = Product.from_json(document)
    assert (read.gtin, read.name, read.group) == ("09520000000011", "Trà hoa vàng Ba Chẽ", "do_uong")
    assert (read.producer.id, read.producer.name, read.producer.phone) == (11, "HTX Hoa Núi", None)
    assert (read.former_unit, read.commune) == (Place("ba-che", "Ba Chẽ"), Place("luong-minh", "Lương Minh"))
    assert read.codes == (PackCode("prefix", "https://truyxuat.example/qn/"),)
    assert read.updated_at == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    (certificate,) = read.certificates
    assert (certificate.stars, certificate.decision) == (4, "148/QĐ-TTg")
    assert (certificate.valid_from, certificate.valid_to) == (date(2025, 1, 10), date(2028, 1, 9))
    assert (certificate.withdrawn_on, certificate.withdrawn_reason) == (date(2026, 5, 2), "Không duy trì điều kiện")


def test_places_and_withdrawal_may_be_absent() -> None:
    read = Product.from_json(product(11, former_unit=None, commune=None))
    assert (read.former_unit, read.commune, read.certificates[0].withdrawn_on) == (None, None, None)


def test_what_a_later_server_adds_does_no_harm() -> None:
    document = product(11, picture="https://id.ocop.example/p/11.jpg")
    document["producer"] |= {"rating": 5}
    assert Product.from_json(document) == Product.from_json(product(11))


@pytest.mark.parametrize(
    "damage",
    [
        {"certificates": None},
        {"certificates": [{"number": "1"}]},
        {"codes": [{"kind": "exact"}]},
        {"producer": None},
        {"updated_at": "hôm qua"},
        {"updated_at": None},
        {"commune": {"name": "Lương Minh"}},
    ],
)
def test_a_product_that_does_not_fit_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        Product.from_json(product(11, **damage))
    assert not is_product(product(11, **damage))


def parts(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a document."""
    yield path
    within = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in within:
        yield from parts(value, (*path, key))


def test_whatever_is_called_a_product_can_be_read() -> None:
    """Each value in turn is missing or replaced; what the check lets through, the app must be able to read and show."""
    whole = product(11, codes=[{"kind": "exact", "value": "x"}])
    whole["certificates"][0] |= {"withdrawn_on": "2026-05-02", "withdrawn_reason": "x"}
    assert is_product(whole)
    assert is_product(product(11, former_unit=None, commune=None, certificates=[]))
    refused = 0
    for path in parts(whole):
        for value in (..., None, 5, 2.5, True, "", "x", [], {}, [None], [{}], {"x": 1}):
            document = copy.deepcopy(whole)
            place: Any = {"": document}
            for key in ("", *path)[:-1]:
                place = place[key]
            key = path[-1] if path else ""
            if value is ... and path:
                del place[key]
            elif not path:
                document = value
            else:
                place[key] = value
            if is_product(document):
                read = Product.from_json(document)
                shown = [read.gtin, read.name, read.producer.name, read.producer.address]
                shown += [place.name for place in (read.former_unit, read.commune) if place]
                shown += [code.value for code in read.codes] + [c.number for c in read.certificates]
                assert all(isinstance(text, str) for text in shown), (path, value)
            else:
                refused += 1
    assert refused > 150

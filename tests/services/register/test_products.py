"""The server's product, read into the app's own types."""

import copy
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.register.products import PackCode, Picture, Place, Product, Shop, is_product
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


HASHES = ["a1" * 32, "b2" * 32, "c3" * 32]


def with_pictures(**fields: Any) -> dict[str, Any]:
    """A product with a picture of each kind but one, and a producer who tells all of itself."""
    pictures = [
        {"sha256": sha256, "shows": shows, "width": 1600, "height": 1200}
        for sha256, shows in zip(HASHES, ("label", "pack", "place"), strict=True)
    ]
    pictures[0] |= fields
    return product(11, pictures=pictures)


def with_producer(**fields: Any) -> dict[str, Any]:
    document = product(11)
    document["producer"] |= {"story": "Từ năm 1998.", "story_en": "Since 1998.", "site": "https://trà.example/a?b"}
    document["producer"] |= {"shops": [{"name": "Chợ Ba Chẽ", "address": "Phố chợ", "url": "https://x.example"}]}
    document["producer"] |= fields
    return document


def test_pictures_and_what_a_producer_tells_are_read() -> None:
    first, *others = Product.from_json(with_pictures()).pictures
    assert first == Picture(HASHES[0], "label", 1600, 1200)
    assert [each.shows for each in others] == ["pack", "place"]
    producer = Product.from_json(with_producer()).producer
    assert (producer.story, producer.story_en, producer.site) == (
        "Từ năm 1998.",
        "Since 1998.",
        "https://trà.example/a?b",
    )
    assert producer.shops == (Shop("Chợ Ba Chẽ", "Phố chợ", "https://x.example"),)
    silent = with_producer(story=None, story_en=None, site=None, shops=[{"name": "Chợ", "address": None, "url": None}])
    assert is_product(silent)
    assert Product.from_json(silent).producer.shops == (Shop("Chợ"),)


def test_a_copy_of_an_earlier_server_has_no_pictures_and_no_stories() -> None:
    read = Product.from_json(product(11))
    assert (read.pictures, read.producer.shops, read.producer.story) == ((), (), None)
    assert read.certificates[0].withdrawn_reason_en is None
    assert not read.says_more


def test_a_picture_of_something_unknown_is_left_out_and_the_person_is_told_to_update() -> None:
    document = with_pictures(shows="video")
    assert is_product(document)
    read = Product.from_json(document)
    assert ([each.shows for each in read.pictures], read.says_more) == (["pack", "place"], True)


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
    whole["certificates"][0] |= {"withdrawn_on": "2026-05-02", "withdrawn_reason": "x", "withdrawn_reason_en": "x"}
    whole |= {"pictures": with_pictures()["pictures"][:1], "producer": with_producer()["producer"]}
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
                shown += [read.producer.site or "", read.producer.story or ""] + [s.name for s in read.producer.shops]
                shown += [picture.sha256 + picture.shows for picture in read.pictures]
                assert all(isinstance(text, str) for text in shown), (path, value)
            else:
                refused += 1
    assert refused > 150


def with_certificate(**fields: Any) -> dict[str, Any]:
    document = product(11)
    document["certificates"][0] |= fields
    return document


def with_copy(**fields: Any) -> dict[str, Any]:
    copied = {"serial": "A7", "reason": "too_far_apart", "sold_on": None, "sightings": []}
    return product(11, copies=[copied | fields])


@pytest.mark.parametrize(
    "beyond",
    [
        *(with_certificate(stars=stars) for stars in (-3, 0, 1, 2, 6, 10_000, 10_000_000, True, 4.0, "4", None)),
        with_certificate(valid_from="2028-01-10", valid_to="2028-01-09"),
        *(with_certificate(valid_to=day) for day in ("20280109", "2028-W02-1", "9999-12-31", "0001-01-01", "")),
        with_certificate(withdrawn_on=""),
        with_certificate(withdrawn_reason=7),
        with_certificate(number="1" * 2001),
        product(11, certificates=[product(11)["certificates"][0]] * 101),
        product(11, codes=[{"kind": "exact", "value": "x"}] * 1001),
        product(11, codes={}),
        product(11, revoked_statements=["x" * 60] * 10_000),
        product(11, name="x" * 2001),
        product(11, group=""),
        product(11, group="x" * 65),
        product(11, updated_at="2026-11-23T08:00:00"),
        product(11, former_unit=""),
        with_copy(reason=""),
        with_copy(sold_on=""),
        with_copy(sightings=[{"day": "2026-11-20", "place": None}] * 21),
        with_certificate(withdrawn_reason_en=7),
        product(11, pictures={}),
        product(11, pictures=None),
        product(11, pictures=with_pictures()["pictures"] * 2),
        *(
            with_pictures(sha256=sha256)
            for sha256 in ("A1" * 32, "a1" * 31, f"{HASHES[0]} {HASHES[1]}", "../" * 20, None)
        ),
        *(with_pictures(shows=shows) for shows in ("", None, 7, "x" * 65)),
        *(with_pictures(width=width) for width in (0, -1, 1601, 10**9, True, 2.5, "9", None)),
        *(
            with_producer(site=site)
            for site in ("http://x.example", "javascript:alert(1)", "https://", "https://a b", 7)
        ),
        with_producer(site="https://x.example/" + "x" * 2000),
        with_producer(site="https://\ud800.example"),
        with_producer(story=7),
        with_producer(story_en="x" * 2001),
        with_producer(shops=None),
        with_producer(shops=[{"name": "x"}] * 21),
        with_producer(shops=[{"address": "x"}]),
        with_producer(shops=[{"name": "x", "url": "data:text/html,x"}]),
    ],
)
def test_what_is_beyond_the_contract_is_no_product(beyond: dict[str, Any]) -> None:
    assert is_product(product(11))
    assert is_product(with_copy())
    assert not is_product(beyond)


@pytest.mark.parametrize(
    ("document", "more"),
    [
        (product(11), False),
        (product(11, picture="x"), True),
        (with_certificate(suspended_until="2027-01-01"), True),
        (product(11, codes=[{"kind": "hologram", "value": "x"}]), True),
        (with_copy(reason="stolen"), False),
        (with_copy(confidence=0.9), True),
    ],
)
def test_a_product_of_which_a_newer_register_says_more_tells_so(document: dict[str, Any], more: bool) -> None:
    assert is_product(document)
    assert Product.from_json(document).says_more is more

"""Pictures are given out by their hashes, and those of the sample are drawn when they are first asked for."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import zxingcpp
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image

from pictures import drawn, store
from pictures.drawing.colours import COLOURS
from pictures.drawing.packs import SHAPES
from pictures.drawing.plants import WARES
from register.models import Picture, Product
from register.sample import SampleRegister
from register.sample_names import FAMILIES
from register.sample_pictures import LOOKS, SIZES, LabelText, pictures_of

pytestmark = pytest.mark.django_db


def address(picture: Picture, width: object = 640) -> str:
    return f"/api/v1/pictures/{picture.sha256}/{width}"


def body_of(answer: Any) -> bytes:
    return bytes(answer.getvalue())


def test_a_label_is_drawn_once_and_may_be_kept_for_ever(client: Client, register: SampleRegister) -> None:
    picture = Picture.objects.filter(shows="label")[0]
    assert not store.opened(picture.sha256, 640)
    answer = client.get(address(picture))
    body = body_of(answer)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Length"] == str(len(body))
    assert Image.open(io.BytesIO(body), formats=["WEBP"]).size == (480, 640)
    with store.opened(picture.sha256, 640) as file:  # type: ignore[union-attr]
        assert file.read() == body
    again = client.get(address(picture))
    assert body_of(again) == body
    same = client.get(address(picture), headers={"If-None-Match": answer.headers["ETag"]})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", answer.headers["ETag"])
    head = client.head(address(picture))
    assert (head.status_code, body_of(head)) == (200, b"")
    assert head.headers["Content-Length"] == str(len(body))
    small = client.get(address(picture, 160))
    assert small.headers["ETag"] != answer.headers["ETag"]
    assert Image.open(io.BytesIO(body_of(small))).size == (120, 160)


def test_what_is_no_picture_is_not_found(client: Client, register: SampleRegister) -> None:
    picture = Picture.objects.all()[0]
    upper = address(picture).replace(picture.sha256, picture.sha256.upper())
    for wrong in (
        address(picture, 320),
        address(picture, "x"),
        upper,
        "/api/v1/pictures/../160",
        f"/api/v1/pictures/{'0' * 64}/160",
    ):
        answer = client.get(wrong)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found"), wrong
    address_then = address(picture)
    Picture.objects.all().delete()
    assert client.get(address_then).status_code == 404


def test_an_uploaded_picture_is_read_as_it_is_kept(client: Client, register: SampleRegister, settings: Any) -> None:
    product, sha256 = Product.objects.all()[0], "ab" * 32
    Picture.objects.create(product=product, sha256=sha256, shows="place", width=8, height=8)
    assert client.get(f"/api/v1/pictures/{sha256}/160").status_code == 404
    store.keep(sha256, {160: ContentFile(b"webp").read()})
    assert body_of(client.get(f"/api/v1/pictures/{sha256}/160")) == b"webp"


def test_each_product_of_the_sample_shows_its_pack_and_its_label(register: SampleRegister) -> None:
    for product in register.products:
        shows = [picture.shows for picture in product.pictures]
        assert shows[:2] == ["pack", "label"]
        assert len(shows) == len(set(shows)) <= 5
        label = json.loads(product.pictures[1].drawn_from)
        assert (label["gtin"], label["qr"]) == (product.gtin, product.qr_text)
        assert (label["stars"], label["address"]) == (product.certificates[0].stars, product.producer.address)


def test_the_codes_on_a_drawn_label_are_those_of_the_product(register: SampleRegister) -> None:
    product = register.products[0]
    label = drawn.draw(product.pictures[1].drawn_from, SIZES["label"], 640)
    assert {code.text for code in zxingcpp.read_barcodes(label)} == {product.gtin[1:], product.qr_text}


def test_every_family_can_be_drawn_and_the_same_text_is_the_same_picture() -> None:
    text = LabelText("Tên", "Nơi", 4, "HTX", "Thôn 1", "1 kg", "09520000100018", "https://id.ocop.example", 12)
    assert {family.stem for family in FAMILIES} == LOOKS.keys()
    assert {look.shape for look in LOOKS.values()} == SHAPES.keys()
    assert {look.ware for look in LOOKS.values()} <= WARES.keys()
    assert {colour for look in LOOKS.values() for colour in look.colours} <= COLOURS.keys()
    made = {q.drawn_from: q for family in LOOKS for q in pictures_of(family, "ba-che", 0, text)}
    packs = [text for text, picture in made.items() if picture.shows != "label"]
    pictures = [drawn.draw(text, (1600, 1200), 80) for text in packs]
    assert len({picture.tobytes() for picture in pictures}) == len(packs)
    assert drawn.draw(packs[0], (1600, 1200), 80) == pictures[0]

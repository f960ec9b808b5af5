"""The office gives a product its pictures: what is taken, what is refused and why, and what is kept meanwhile."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from office import browser_of, fields_of
from PIL import Image

from accounts.models import Role
from pictures import store, uploads
from register.models import MOST_PICTURES, Picture, Producer, Product, ProductChange
from register.sample import SampleRegister
from services.register.products import is_product

pytestmark = pytest.mark.django_db


def file_of(kind: str = "JPEG", size: tuple[int, int] = (60, 40), colour: str = "orange", **how: Any) -> Any:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind, **how)
    return SimpleUploadedFile(f"anh.{kind.lower()}", file.getvalue())


@pytest.fixture
def office(register: SampleRegister) -> Client:
    return browser_of("so1")


@pytest.fixture
def product(register: SampleRegister) -> Product:
    """A product without pictures."""
    Picture.objects.all()._raw_delete("default")  # the sample's hundreds, without telling devices of each
    return Product.objects.filter(certificates__isnull=False)[0]


def address_of(product: Product) -> str:
    return reverse("admin:register_product_change", args=[product.pk])


def add(browser: Client, product: Product, *files: Any, opened: dict[str, Any] | None = None, **typed: Any) -> Any:
    """Save the product's form with further rows of pictures, as a browser does after "add another"."""
    form = opened or fields_of(browser.get(address_of(product)).content.decode())
    first = int(form["pictures-INITIAL_FORMS"][0])
    rows: dict[str, Any] = {"pictures-TOTAL_FORMS": str(first + len(files))}
    for n, file in enumerate(files, start=first):
        rows |= {f"pictures-{n}-file": file, f"pictures-{n}-shows": "label", f"pictures-{n}-position": str(n)}
        rows |= {f"pictures-{n}-id": "", f"pictures-{n}-product": str(product.pk)}
    rows |= {name.replace("__", "-"): value for name, value in typed.items()}
    return browser.post(address_of(product), {**form, **rows})


def names() -> set[str]:
    """The files of the store."""
    found = set()
    for folder in default_storage.listdir("pictures")[0] if default_storage.exists("pictures") else ():
        found |= set(default_storage.listdir(f"pictures/{folder}")[1])
    return found


def test_a_picture_is_taken_drawn_anew_and_told_to_devices(office: Client, product: Product) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a person's name"  # to be turned by a quarter
    before = ProductChange.objects.get(gtin=product.gtin).cursor
    answer = add(office, product, file_of(size=(2000, 1000), exif=exif))
    assert answer.status_code == 302, answer.content.decode()
    (picture,) = Picture.objects.all()
    assert (picture.shows, picture.width, picture.height) == ("label", 800, 1600)
    assert picture.history.get().history_user.username == "so1"
    assert ProductChange.objects.get(gtin=product.gtin).cursor > before
    (told,) = office.get(f"/api/v1/products/{product.gtin}").json()["product"]["pictures"]
    assert told == {"sha256": picture.sha256, "shows": "label", "width": 800, "height": 1600}
    for width, size in {160: (80, 160), 640: (320, 640), 1600: (800, 1600)}.items():
        with store.opened(picture.sha256, width) as file:  # type: ignore[union-attr]
            image = Image.open(file, formats=["WEBP"])
            assert (image.size, image.getexif(), "exif" in image.info) == (size, {}, False)
    page = office.get(address_of(product)).content.decode()
    assert f"/api/v1/pictures/{picture.sha256}/160" in page
    assert "Ảnh Nhãn" in office.get(reverse("admin:register_product_history", args=[product.pk])).content.decode()


def test_each_field_of_a_row_has_a_name_for_a_screen_reader(office: Client, product: Product) -> None:
    page = office.get(address_of(product)).content.decode()
    rows = r'<(?:input|select)(?![^>]*type="hidden")[^>]* name="(?:pictures|certificates|packcodes)-[^"]*"[^>]*>'
    fields = [found for found in re.findall(rows, page) if "-DELETE" not in found]
    assert len(fields) > 10
    assert [field for field in fields if "aria-label=" not in field] == []


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "BMP", "GIF"])
def test_other_kinds_are_taken_and_never_enlarged(kind: str, settings: Any) -> None:
    upload = uploads.take(file_of(kind))
    assert (upload.width, upload.height) == (60, 40)
    assert store.is_kept(upload.sha256)
    assert uploads.taken_before(upload.sha256) == uploads.Upload(upload.sha256, 60, 40)


def test_sixteen_bits_of_grey_and_what_is_transparent_are_drawn_as_seen() -> None:
    file = io.BytesIO()
    Image.new("I;16", (4, 4), 0x8000).save(file, "PNG")
    grey = uploads.take(SimpleUploadedFile("g.png", file.getvalue()))
    file = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(file, "PNG")
    clear = uploads.take(SimpleUploadedFile("c.png", file.getvalue()))
    seen = [Image.open(io.BytesIO(u.copies[160])).convert("L").getpixel((1, 1)) for u in (grey, clear)]
    assert abs(seen[0] - 128) < 4  # type: ignore[operator]
    assert seen[1] == 255


@pytest.mark.parametrize(("mode", "kind"), [("1", "TIFF"), ("P", "PNG"), ("P", "GIF")])
def test_lines_of_a_scan_become_thinner_and_none_is_left_out(mode: str, kind: str) -> None:
    scan = Image.new("L", (3200, 40), "white")
    scan.paste("black", (1600, 0, 3200, 40))
    for x in range(0, 1600, 8):
        scan.paste("black", (x, 0, x + 1, 40))  # a line of one pixel, as in small print and bars
    file = io.BytesIO()
    scan.convert(mode).save(file, kind)
    copy = uploads.take(SimpleUploadedFile("scan", file.getvalue())).copies[1600]
    row = Image.open(io.BytesIO(copy)).convert("L")
    lines = [min(row.getpixel((x + near, 10)) for near in (0, 1)) for x in range(8, 780, 4)]  # type: ignore[type-var]
    assert all(40 < grey < 220 for grey in lines)  # type: ignore[operator]


def bad_files() -> Iterator[Any]:
    jpeg = file_of("PNG", (200, 200)).read()
    yield pytest.param(b"\0\0\0\x18ftypheic" + bytes(40), "ảnh HEIC", id="heic")
    yield pytest.param(b"%PDF-1.7", "không phải là ảnh đọc được", id="pdf")
    yield pytest.param(jpeg[:150], "bị hỏng", id="broken")
    yield pytest.param(bytes(uploads.MOST_BYTES + 1), "lớn hơn 20 MB", id="large")
    yield pytest.param(b"BM" + bytes(8) + _bmp_header(60_000, 60_000), "quá nhiều điểm ảnh", id="bomb")


def _bmp_header(width: int, height: int) -> bytes:
    header = [(54, 4), (40, 4), (width, 4), (height, 4), (1, 2), (24, 2), *[(0, 4)] * 6]
    return b"".join(value.to_bytes(size, "little") for value, size in header)


@pytest.mark.parametrize(("content", "words"), [*bad_files()])
def test_a_bad_file_is_told_in_words(content: bytes, words: str) -> None:
    with pytest.raises(uploads.BadPicture, match=words):
        uploads.take(SimpleUploadedFile("anh", content))


def test_a_bad_file_keeps_the_rest_of_the_form_and_the_other_files(office: Client, product: Product) -> None:
    bad = SimpleUploadedFile("x.heic", b"\0\0\0\x18ftypheic" + bytes(40))
    answer = add(office, product, file_of(), bad, "", name="Tên mới", pictures__0__shows="pack")
    page = answer.content.decode()
    assert (answer.status_code, Picture.objects.count()) == (200, 0)
    assert "Đây là ảnh HEIC" in page
    assert "Hãy chọn tệp ảnh" in page  # the row without a file
    again = fields_of(page)
    assert (again["name"], again["pictures-0-shows"]) == (["Tên mới"], ["pack"])
    assert f"/api/v1/pictures/{again['pictures-0-file-brought'][0]}/160" in page
    again |= {"pictures-TOTAL_FORMS": ["1"]}
    assert office.post(address_of(product), again).status_code == 302
    (picture,) = Picture.objects.all()
    assert (picture.shows, picture.width) == ("pack", 60)
    product.refresh_from_db()
    assert product.name == "Tên mới"


def test_no_more_pictures_than_devices_take_and_none_twice(office: Client, product: Product) -> None:
    colours = ["red", "green", "blue", "white", "black", "pink"]
    opened = fields_of(office.get(address_of(product)).content.decode())
    assert "đã có ảnh đó" in add(office, product, file_of(), file_of()).content.decode()
    assert add(office, product, *[file_of(colour=c) for c in colours[:3]]).status_code == 302
    late = add(browser_of("so2", Role.ADMINISTRATOR), product, *[file_of(colour=c) for c in colours[3:]], opened=opened)
    assert "nhiều nhất 5 ảnh" in late.content.decode()
    again = add(office, product, file_of(colour="red"), opened=opened)
    assert "đã có ảnh đó" in again.content.decode()
    assert Picture.objects.count() == 3 < MOST_PICTURES


def test_two_add_pictures_at_once_and_a_row_that_is_gone_moves_no_file(office: Client, product: Product) -> None:
    add(office, product, file_of(colour="red"))
    other = browser_of("so2", Role.ADMINISTRATOR)
    mine = fields_of(office.get(address_of(product)).content.decode())
    theirs = fields_of(other.get(address_of(product)).content.decode())
    assert other.post(address_of(product), {**theirs, "pictures-0-DELETE": ["on"]}).status_code == 302
    answer = add(office, product, file_of(size=(30, 20)), opened=mine)
    assert answer.status_code == 302, answer.content.decode()
    assert [(picture.width, picture.height) for picture in Picture.objects.all()] == [(30, 20)]


def test_the_last_use_of_a_picture_takes_its_files_along(
    product: Product, django_capture_on_commit_callbacks: Any
) -> None:
    upload = uploads.take(file_of())
    for shown_by in (product, Product.objects.exclude(pk=product.pk)[0]):
        Picture.objects.create(product=shown_by, sha256=upload.sha256, shows="pack", width=60, height=40)
    kept = names()
    assert len(kept) == 3
    with django_capture_on_commit_callbacks(execute=True):
        product.delete()
    assert names() == kept
    with django_capture_on_commit_callbacks(execute=True):
        Picture.objects.get().delete()
    assert names() == set()


def test_a_storage_that_removes_no_files_does_not_take_the_deletion_back(
    product: Product, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    upload = uploads.take(file_of())
    Picture.objects.create(product=product, sha256=upload.sha256, shows="pack", width=60, height=40)
    copy = Path(default_storage.path(store.name_of(upload.sha256, 160)))
    copy.unlink()
    (copy / "not-empty").mkdir(parents=True)
    with django_capture_on_commit_callbacks(execute=True):
        product.delete()
    assert "remove_files in on_commit" in caplog.text
    assert not Product.objects.filter(pk=product.pk).exists()
    (copy / "not-empty").rmdir()
    call_command("forget_pictures", days=0)
    assert names() == set()


def test_files_of_a_form_that_was_given_up_are_forgotten(product: Product) -> None:
    given_up = uploads.take(file_of())
    shown = uploads.take(file_of(colour="red"))
    Picture.objects.create(product=product, sha256=shown.sha256, shows="pack", width=60, height=40)
    call_command("forget_pictures")
    assert store.is_kept(given_up.sha256)
    call_command("forget_pictures", days=0)
    assert not store.opened(given_up.sha256, 160)
    assert store.is_kept(shown.sha256)


@pytest.mark.parametrize(
    "address",
    [
        "https://htx.example", "https://htx.example:99/đặc-sản?a=1#b", "Https://htx.example", "HTTPS://htx.example",
        "https://htx.example/\x7f", "https://htx.example/\x80", "https://htx.example/\x01", "https://htx",
        "javascript:x",
    ],
)  # fmt: skip
def test_the_office_takes_no_address_that_devices_would_refuse(
    register: SampleRegister, client: Client, address: str
) -> None:
    product = Product.objects.select_related("producer")[0]
    Producer.objects.filter(pk=product.producer_id).update(site=address)
    product.producer.site = address
    try:
        product.producer.full_clean()
    except ValidationError:
        return
    assert is_product(client.get(f"/api/v1/products/{product.gtin}").json()["product"])


def test_a_producer_tells_its_story_and_where_to_buy(office: Client, register: SampleRegister) -> None:
    producer = Producer.objects.filter(shops__isnull=True)[0]
    address = reverse("admin:register_producer_change", args=[producer.pk])
    opened = fields_of(office.get(address).content.decode())
    shop = {"shops-TOTAL_FORMS": "1", "shops-0-name": "Chợ xã", "shops-0-url": "http://cho.example"}
    shop |= {"shops-0-position": "0", "shops-0-id": "", "shops-0-producer": str(producer.pk), "shops-0-address": ""}
    typed = {"story": "Dòng một\r\nDòng hai", "story_en": "One", "site": "cho.example"}
    refused = office.post(address, {**opened, **typed, **shop}).content.decode()
    assert refused.count("bắt đầu bằng https://") >= 2
    typed |= {"site": "https://htx.example"}
    assert office.post(address, {**opened, **typed, **shop, "shops-0-url": "https://cho.example"}).status_code == 302
    told = office.get(f"/api/v1/products/{producer.products.all()[0].gtin}").json()["product"]["producer"]
    assert told["shops"] == [{"name": "Chợ xã", "address": None, "url": "https://cho.example"}]
    assert (told["story"], told["story_en"], told["site"]) == ("Dòng một\nDòng hai", "One", "https://htx.example")

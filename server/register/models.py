"""The register: its products with producers, places and certificates, and the latest change of each product."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.db import models, transaction
from django.utils import timezone
from simple_history.models import HistoricalRecords

from register.clock import lock_clock
from register.description import Described, record_register
from register.folding import Folded
from register.gtin import to_gtin14

STOOD_BEFORE = "stood before"
"""Marks the edition of a record that was there before its history began."""
# Bounds of docs/api.md.
LONGEST_TEXT = 2000
MOST_SHOPS = 20
MOST_PICTURES = 5
STARS = [(3, "3 sao"), (4, "4 sao"), (5, "5 sao")]


class ProductChange(models.Model):
    """The latest change of one GTIN: when, at which cursor, and whether the product is gone."""

    gtin = models.CharField(max_length=14, primary_key=True)
    cursor = models.BigIntegerField(unique=True)
    deleted = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.cursor}: {self.gtin}"


def record_products(gtins: Iterable[str]) -> None:
    """Give each GTIN the next cursor; a GTIN without a product becomes a tombstone.

    Where that changes the number of products, the register's description, which tells it, gets a cursor before theirs,
    so that a device which reads many pages gets the description with the first page only.
    """
    wanted = sorted(set(gtins))
    if not wanted:
        return
    with transaction.atomic():
        lock_clock()
        present = set(Product.objects.filter(gtin__in=wanted).values_list("gtin", flat=True))
        if len(present) != ProductChange.objects.filter(gtin__in=wanted, deleted=False).count():
            record_register()
        first = lock_clock().advance(len(wanted)) - len(wanted) + 1
        ProductChange.objects.bulk_create(
            changes_from(first, wanted, present),
            update_conflicts=True,
            unique_fields=["gtin"],
            update_fields=["cursor", "deleted", "changed_at"],
        )


def changes_from(first: int, gtins: Iterable[str], present: Container[str]) -> list[ProductChange]:
    """The changes of GTINs in order, from the cursor `first` on; those that are not present become tombstones."""
    now = timezone.now()
    return [
        ProductChange(gtin=gtin, cursor=cursor, deleted=gtin not in present, changed_at=now)
        for cursor, gtin in enumerate(gtins, start=first)
    ]


class Recorded(models.Model):
    """A model that devices copy with products: a save marks the products it touches, in the same transaction.

    `signals` does the same for deletes, which may come from a cascade. Bulk writers call `record_products` themselves.
    """

    class Meta:
        abstract = True

    def changed_products(self) -> models.QuerySet[Product]:
        """Products whose document shows this record, as the database has them now."""
        raise NotImplementedError

    def changed_gtins(self) -> set[str]:
        """The GTINs of `changed_products`; none before the first save."""
        return set(self.changed_products().order_by().values_list("gtin", flat=True)) if self.pk else set()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and mark the change."""
        with transaction.atomic():
            lock_clock()
            before = self.changed_gtins()
            self._begin_history()
            super().save(*args, **kwargs)
            record_products(before | self.changed_gtins())

    def _begin_history(self) -> None:
        """Keep what a bulk writer stored, which leaves no history, so that its first change has an old value."""
        history = getattr(type(self), "history", None)
        if history is None or not self.pk or history.filter(**{self._meta.pk.attname: self.pk}).exists():
            return
        stored = type(self)._default_manager.filter(pk=self.pk)
        history.bulk_history_create(stored, default_change_reason=STOOD_BEFORE)


class Locality(Described, Recorded):
    """An administrative unit with the days on which it existed (None: open)."""

    class Level(models.TextChoices):
        FORMER_UNIT = "former_unit", "Đơn vị cấp huyện cũ"
        COMMUNE = "commune", "Xã, phường, đặc khu"

    code = models.CharField("mã", max_length=20, unique=True)
    name = models.CharField("tên", max_length=100)
    kind = models.CharField("loại", max_length=20)
    level = models.CharField("cấp", max_length=20, choices=Level.choices)
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến ngày", null=True, blank=True)
    former_units = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="communes", verbose_name="thuộc đơn vị cũ"
    )
    search = Folded("kind", "name", "code")

    class Meta:
        verbose_name = "địa phương"
        verbose_name_plural = "địa phương"
        ordering = ("level", "name")

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    def changed_products(self) -> models.QuerySet[Product]:
        """Products that lie in this unit by their dossier."""
        return Product.objects.filter(models.Q(former_unit=self.pk) | models.Q(commune=self.pk))


# As devices take them: "Https://", as phones' keyboards write it, would set the whole product aside there.
_HTTPS = re.compile(r"https://[!-~\xa1-\ud7ff\ue000-\U0010ffff]+")


def validate_https(value: str) -> None:
    """Refuse what is no https address: people open it from their phones."""
    try:
        URLValidator(schemes=["https"])(value)
        is_taken = _HTTPS.fullmatch(value) is not None
    except ValidationError:
        is_taken = False
    if not is_taken:
        raise ValidationError("Hãy ghi địa chỉ đầy đủ, bắt đầu bằng https://, ví dụ https://htx.example.")


class Producer(Recorded):
    """Who answers for a product ("chủ thể"), with what it tells of itself."""

    name = models.CharField("tên chủ thể", max_length=200)
    address = models.CharField("địa chỉ", max_length=300)
    phone = models.CharField("điện thoại", max_length=30, blank=True)
    # The office's alone: it tells producers of one name apart, and devices do not get it.
    tax_code = models.CharField("mã số thuế", max_length=14, blank=True)
    site = models.CharField("trang web", max_length=300, blank=True, validators=[validate_https])
    story = models.TextField("câu chuyện", blank=True, validators=[MaxLengthValidator(LONGEST_TEXT)])
    story_en = models.TextField("câu chuyện (tiếng Anh)", blank=True, validators=[MaxLengthValidator(LONGEST_TEXT)])
    search = Folded("name", "address", "phone")
    history = HistoricalRecords(excluded_fields=["search"])

    class Meta:
        verbose_name = "chủ thể"
        verbose_name_plural = "chủ thể"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def changed_products(self) -> models.QuerySet[Product]:
        """All products of this producer."""
        return Product.objects.filter(producer=self.pk)


class Shop(Recorded):
    """Where the products of one producer can be bought."""

    producer = models.ForeignKey(Producer, models.CASCADE, related_name="shops", verbose_name="chủ thể")
    name = models.CharField("tên nơi bán", max_length=200)
    address = models.CharField("địa chỉ", max_length=300, blank=True)
    url = models.CharField("trang web", max_length=300, blank=True, validators=[validate_https])
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "nơi bán"
        verbose_name_plural = "nơi bán"
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name

    def changed_products(self) -> models.QuerySet[Product]:
        """All products of its producer."""
        return Product.objects.filter(producer=self.producer_id)


class Group(models.TextChoices):
    """The six product groups of Decision 148/QĐ-TTg (2023)."""

    FOOD = "thuc_pham", "Thực phẩm"
    DRINK = "do_uong", "Đồ uống"
    HERBAL = "duoc_lieu", "Dược liệu và sản phẩm từ dược liệu"
    CRAFT = "thu_cong_my_nghe", "Thủ công mỹ nghệ"
    PLANT_AND_PET = "sinh_vat_canh", "Sinh vật cảnh"
    TOURISM = "du_lich", "Dịch vụ du lịch cộng đồng, du lịch sinh thái và điểm du lịch"


def validate_gtin14(value: str) -> None:
    """Refuse what is not a GTIN of 14 digits with its right check digit."""
    if len(value) != 14 or to_gtin14(value) is None:
        raise ValidationError("GTIN gồm 14 chữ số, chữ số cuối là số kiểm tra.")


class Product(Recorded):
    """A registered product. Its place is a text, a former unit and a commune, of which two may be missing."""

    gtin = models.CharField("GTIN", max_length=14, unique=True, validators=[validate_gtin14])
    name = models.CharField("tên sản phẩm", max_length=200)
    group = models.CharField("nhóm", max_length=20, choices=Group.choices)
    producer = models.ForeignKey(Producer, models.PROTECT, related_name="products", verbose_name="chủ thể")
    place = models.CharField("nơi sản xuất", max_length=300, blank=True)
    former_unit = models.ForeignKey(
        Locality, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="đơn vị cũ",
        limit_choices_to={"level": Locality.Level.FORMER_UNIT},
    )  # fmt: skip
    commune = models.ForeignKey(
        Locality, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="xã, phường, đặc khu",
        limit_choices_to={"level": Locality.Level.COMMUNE},
    )  # fmt: skip
    search = Folded("name", "gtin", "place")
    history = HistoricalRecords(excluded_fields=["search"])

    class Meta:
        verbose_name = "sản phẩm"
        verbose_name_plural = "sản phẩm"
        ordering = ("name",)

    def __str__(self) -> str:
        return f"{self.name} ({self.gtin})"

    def changed_products(self) -> models.QuerySet[Product]:
        """Return this product itself."""
        return Product.objects.filter(pk=self.pk)


class ProductPart(Recorded):
    """A record that belongs to one product."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="%(class)ss", verbose_name="sản phẩm")

    class Meta:
        abstract = True

    def changed_products(self) -> models.QuerySet[Product]:
        """The product it belongs to and, where that is being changed, the one it belonged to before."""
        owners = type(self)._default_manager.filter(pk=self.pk).values("product_id")
        return Product.objects.filter(models.Q(pk=self.product_id) | models.Q(pk__in=owners))


class Certificate(ProductPart):
    """One OCOP certificate, valid from `valid_from` to `valid_to` inclusive (36 months), Vietnam's calendar."""

    number = models.CharField("số giấy chứng nhận", max_length=60, unique=True)
    stars = models.PositiveSmallIntegerField("số sao", choices=STARS)
    # The rules it was graded under: their points differ (148/QĐ-TTg of 2023, before it 1048/QĐ-TTg of 2019).
    decision = models.CharField("bộ tiêu chí", max_length=60, default="148/QĐ-TTg")
    issuer = models.CharField("cơ quan cấp", max_length=200)
    valid_from = models.DateField("có giá trị từ")
    valid_to = models.DateField("đến hết ngày")
    withdrawn_on = models.DateField("ngày thu hồi", null=True, blank=True)
    withdrawn_reason = models.CharField("lý do thu hồi", max_length=300, blank=True)
    withdrawn_reason_en = models.CharField("lý do thu hồi (tiếng Anh)", max_length=300, blank=True)
    # What only the office reads: devices do not get it.
    points = models.DecimalField("điểm", max_digits=5, decimal_places=2, null=True, blank=True)
    recognised_by = models.CharField("quyết định công nhận, số", max_length=60, blank=True)
    recognised_on = models.DateField("quyết định công nhận, ngày", null=True, blank=True)
    withdrawn_by = models.CharField("quyết định thu hồi, số", max_length=60, blank=True)
    withdrawn_by_on = models.DateField("quyết định thu hồi, ngày", null=True, blank=True)
    search = Folded("number", "issuer")
    history = HistoricalRecords(excluded_fields=["search"], history_change_reason_field=models.TextField(null=True))

    class Meta:
        verbose_name = "giấy chứng nhận"
        verbose_name_plural = "giấy chứng nhận"
        ordering = ("-valid_from", "-pk")
        constraints = (
            models.CheckConstraint(condition=models.Q(stars__range=(3, 5)), name="stars_3_to_5"),
            models.CheckConstraint(
                condition=models.Q(valid_to__gte=models.F("valid_from")), name="valid_days_in_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} · {self.stars} sao"


def with_its_certificate_unless_revoked(collector: Any, field: Any, statements: Any, using: str) -> None:
    """Delete signed statements with their certificate, but refuse where one is revoked: devices have to be told of it.

    Anybody can have a statement signed by asking for it, so one that nobody revoked is in no editor's way.
    """
    if revoked := [statement for statement in statements if statement.revoked_at is not None]:
        raise models.ProtectedError("A statement on this certificate is revoked, and has to stay.", set(revoked))
    models.CASCADE(collector, field, statements, using)


class PackCode(ProductPart):
    """A text found on the product's packs beside its GTIN, such as the address of a trace platform."""

    class Kind(models.TextChoices):
        EXACT = "exact", "Đúng toàn bộ"
        PREFIX = "prefix", "Phần đầu"
        PATTERN = "pattern", "Theo mẫu, * là phần thay đổi"

    kind = models.CharField("cách so", max_length=10, choices=Kind.choices)
    value = models.CharField("nội dung mã", max_length=500)
    search = Folded("value")
    history = HistoricalRecords(excluded_fields=["search"])

    class Meta:
        verbose_name = "mã trên bao bì"
        verbose_name_plural = "mã trên bao bì"
        ordering = ("kind", "value")
        constraints = (models.UniqueConstraint(fields=["kind", "value"], name="one_product_a_code"),)

    def __str__(self) -> str:
        return self.value


class Picture(ProductPart):
    """A picture of a product. Its bytes are not here, but in the store of pictures, in the widths of docs/api.md.

    `sha256` names it: the hash of its largest WebP, or, for a picture that is drawn when it is first asked for, the
    hash of `drawn_from`, the text that says all that is drawn. `width` and `height` are those of the largest.
    """

    class Shows(models.TextChoices):
        LABEL = "label", "Nhãn"
        PACK = "pack", "Bao bì"
        PRODUCT = "product", "Sản phẩm"
        PLACE = "place", "Nơi làm"

    sha256 = models.CharField("ảnh", max_length=64, db_index=True, editable=False)
    shows = models.CharField("ảnh chụp gì", max_length=10, choices=Shows.choices)
    width = models.PositiveSmallIntegerField("chiều rộng", editable=False)
    height = models.PositiveSmallIntegerField("chiều cao", editable=False)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    drawn_from = models.TextField(blank=True, editable=False)
    history = HistoricalRecords(excluded_fields=["drawn_from"])

    class Meta:
        verbose_name = "ảnh"
        verbose_name_plural = "ảnh"
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=["product", "sha256"], name="a_picture_once_a_product"),)

    def __str__(self) -> str:
        return f"{self.get_shows_display()} {self.sha256[:8]}"

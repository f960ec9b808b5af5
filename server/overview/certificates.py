"""Finds the products whose certificates want somebody's attention. A figure and its list ask the same question here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from inspections.suspicion import Witness
from overview.addresses import listed
from overview.models import CountedRecord
from overview.tables import Cell, Table
from records.words import Word
from register.models import Certificate, Product


class Due(Word):
    """Why a product is listed, with its name in the back office."""

    DAYS_30 = "30", "Hết hạn trong 30 ngày"
    DAYS_60 = "60", "Hết hạn trong 60 ngày"
    DAYS_90 = "90", "Hết hạn trong 90 ngày"
    ENDED = "ended", "Đã hết hạn"
    WITHDRAWN = "withdrawn", "Bị thu hồi"
    NEVER_SEEN = "never_seen", "Chưa từng thấy khi kiểm tra"


def products(due: Due, today: date) -> QuerySet[Product]:
    """The products of one row of the table, on a day of Vietnam's calendar.

    A product whose certificate ends is not listed where another one goes on after that. One counts as ended or
    withdrawn only where it has no certificate in force, nor one that begins later.
    """
    if due is Due.NEVER_SEEN:
        # One look into an index a product: PostgreSQL would read all records for "not exists".
        seen = CountedRecord.objects.filter(product=OuterRef("gtin"), witness=Witness.INSPECTOR).order_by()
        return Product.objects.alias(seen=Subquery(seen.values("witness")[:1])).filter(seen=None)
    of_product = Certificate.objects.filter(product=OuterRef("pk"))
    standing = of_product.filter(_stands(today))
    if due is Due.WITHDRAWN:
        withdrawn = of_product.filter(withdrawn_on__lte=today, valid_to__gte=today)
        return Product.objects.filter(Exists(withdrawn), ~Exists(standing.filter(valid_to__gte=today)))
    if due is Due.ENDED:
        withdrawn = of_product.filter(withdrawn_on__lte=today, valid_to__gte=today)
        goes_on = Exists(standing.filter(valid_to__gte=today)) | Exists(withdrawn)
        return Product.objects.filter(Exists(of_product), ~goes_on)
    last = today + timedelta(days=int(due.value))
    ends = standing.filter(valid_from__lte=today, valid_to__range=(today, last))
    return Product.objects.filter(Exists(ends), ~Exists(standing.filter(valid_to__gt=last)))


def in_force(today: date) -> QuerySet[Product]:
    """The products that have a certificate in force."""
    of_product = Certificate.objects.filter(product=OuterRef("pk"), valid_from__lte=today, valid_to__gte=today)
    return Product.objects.filter(Exists(of_product.filter(_stands(today))))


def counting(today: date) -> QuerySet[Certificate]:
    """For a subquery of products: their certificates, first the one that counts (`certificates.that_counts`)."""
    stands = _stands(today) & Q(valid_from__lte=today, valid_to__gte=today)
    ends_early = Q(withdrawn_on__lte=F("valid_to"))
    ends = Case(When(stands & ends_early, then=F("withdrawn_on")), When(stands, then=F("valid_to")))
    ranked = Certificate.objects.filter(product=OuterRef("pk")).annotate(
        is_in_force=Case(When(stands, then=Value(1)), default=Value(0)),
        rank=Case(When(stands, then=ends), default=F("valid_from")),
    )
    return ranked.order_by("-is_in_force", "-rank", "-pk")


def counts(today: date) -> dict[Due, int]:
    """How many products each row has."""
    return {due: products(due, today).count() for due in Due}


def table(counted: Mapping[Due, int]) -> Table:
    """The counts, each with the list of its products."""
    rows = [(Cell(due.label), Cell(counted[due], listed("register_product", due=due.value))) for due in Due]
    return Table("giay-chung-nhan", "Giấy chứng nhận cần chú ý", ("Tình trạng", "Số sản phẩm"), rows)


def _stands(today: date) -> Q:
    """Certificates that are not withdrawn on a day."""
    return Q(withdrawn_on=None) | Q(withdrawn_on__gt=today)

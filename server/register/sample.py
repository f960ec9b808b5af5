"""Makes the sample register: 393 products as Quảng Ninh might have them, from producers that do not exist.

Every GTIN starts with 952, GS1's prefix for demonstrations and examples, so that no real product is accused. The same
arguments always give the same register, and only dates depend on `today`.
"""

from __future__ import annotations

import random
import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeVar

from register.gtin import check_digit
from register.localities import COMMUNES, COMMUNES_SINCE, FORMER_UNITS, Commune
from register.sample_names import FAMILIES, FIRST, KINDS, LAST, WITHDRAWN_REASONS, Family
from register.sample_pictures import LOOKS, LabelText, SamplePicture, pictures_of
from register.sample_stories import SampleStory, story_of

Status = Literal["valid", "soon", "expired", "withdrawn"]
QrKind = Literal["digital_link", "exact", "prefix"]

NAME = "OCOP Quảng Ninh (dữ liệu mẫu)"
SEED = 952
DOMAINS = ("ocop.example", "truyxuat.example")
# Shares of November 2025: 326 products with three stars, 103 with four, 8 with five.
STARS = {3: 326, 4: 103, 5: 8}
STATUSES: dict[Status, int] = {"valid": 78, "soon": 8, "expired": 10, "withdrawn": 4}
QR_KINDS: dict[QrKind, int] = {"digital_link": 45, "exact": 40, "prefix": 15}
# A valid GTIN of the demonstration range that no sample product has.
UNKNOWN_GTIN = "0952999999999" + check_digit("0952999999999")

_148_SINCE = date(2023, 2, 24)
_PROVINCE_GRADES_SINCE = COMMUNES_SINCE
_MINISTRY_MERGED = date(2025, 3, 1)
_COMMUNES_OF: dict[str, list[Commune]] = {
    unit.code: [commune for commune in COMMUNES if commune.former[0] == unit.code] for unit in FORMER_UNITS
}
_UNITS = {unit.code: unit for unit in FORMER_UNITS}
_SIZE = re.compile(r"\d+ (?:kg|g|ml|quả|viên)\b")
_LASTING = frozenset({"thu_cong_my_nghe", "sinh_vat_canh", "du_lich"})  # nothing that goes off
_MONTHS = 12
_T = TypeVar("_T")


@dataclass(frozen=True)
class SampleAccount:
    """An account of the sample register; its password is public."""

    username: str
    name: str
    role: str
    password: str


ACCOUNTS = (
    SampleAccount("kiemtra01", "Cán bộ kiểm tra mẫu 01", "inspector", "mau-kiemtra-01"),
    SampleAccount("kiemtra02", "Cán bộ kiểm tra mẫu 02", "inspector", "mau-kiemtra-02"),
    SampleAccount("cuahang01", "Cửa hàng mẫu 01", "shop", "mau-cuahang-01"),
    SampleAccount("quantri", "Quản trị mẫu", "administrator", "mau-quantri-01"),
)


@dataclass(frozen=True)
class SampleProducer:
    """A fictional producer; `number` counts from 1 and is part of its products' GTINs."""

    number: int
    name: str
    address: str
    phone: str | None
    former_unit: str
    commune: str
    tells: SampleStory


@dataclass(frozen=True)
class SampleCertificate:
    """A certificate as docs/api.md describes it."""

    number: str
    stars: int
    decision: str
    issuer: str
    valid_from: date
    valid_to: date
    withdrawn_on: date | None = None
    withdrawn_reason: str | None = None
    withdrawn_reason_en: str | None = None


@dataclass(frozen=True)
class SampleCode:
    """A text on the pack that belongs to one product."""

    kind: Literal["exact", "prefix"]
    value: str


@dataclass(frozen=True)
class SampleProduct:
    """A product; `status` is that of its newest certificate on the register's day.

    `qr_text` is the text of the QR code on its pack: a GS1 Digital Link, or an address of a trace platform that the
    register knows exactly (`exact`) or by its beginning (`prefix`).
    """

    gtin: str
    name: str
    group: str
    producer: SampleProducer
    place: str
    former_unit: str
    commune: str
    status: Status
    certificates: tuple[SampleCertificate, ...]
    codes: tuple[SampleCode, ...]
    qr_kind: QrKind
    qr_text: str
    pictures: tuple[SamplePicture, ...]


@dataclass(frozen=True)
class SampleRegister:
    """The whole sample register."""

    name: str
    producers: tuple[SampleProducer, ...]
    products: tuple[SampleProduct, ...]
    accounts: tuple[SampleAccount, ...] = ACCOUNTS


def build(seed: int, today: date, products: int = 393, producers: int = 218) -> SampleRegister:
    """Build the register as it stands on `today`.

    Which certificate is valid, soon to expire (20 to 80 days left), expired (30 days ago or longer) or withdrawn does
    not depend on `today`. Raises ValueError with fewer products than producers, or none.
    """
    if not 0 < producers <= products:
        raise ValueError("every producer has at least one product")
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    wares = _wares(rng, products)
    makers = _producers(rng, seed, wares[:producers])
    owners = [*makers, *_owners(rng, makers, wares[:producers], wares[producers:])]
    stars = _shared_out(rng, STARS, products)
    statuses = _shared_out(rng, STATUSES, products)
    qr_kinds = _shared_out(rng, QR_KINDS, products)
    counts: dict[int, int] = {}
    made = []
    for index, (ware, owner) in enumerate(zip(wares, owners, strict=True)):
        counts[owner.number] = counts.get(owner.number, 0) + 1
        body = f"952{owner.number:05d}{counts[owner.number]:04d}"
        gtin = "0" + body + check_digit(body)
        qr_text, codes = _pack_code(rng, qr_kinds[index], gtin)
        printed = _label_text(ware, owner, stars[index], gtin, qr_text)
        made.append(
            SampleProduct(
                gtin=gtin,
                name=ware.name,
                group=ware.family.group,
                producer=owner,
                place=owner.address,
                former_unit=owner.former_unit,
                commune=owner.commune,
                status=statuses[index],
                certificates=_certificates(rng, today, index, stars[index], statuses[index], owner.former_unit),
                codes=codes,
                qr_kind=qr_kinds[index],
                qr_text=qr_text,
                pictures=pictures_of(ware.family.stem, ware.unit, index, printed),
            )
        )
    return SampleRegister(NAME, tuple(makers), tuple(sorted(made, key=lambda product: product.gtin)))


@dataclass(frozen=True)
class _Ware:
    family: Family
    unit: str
    form: str
    name: str


def _wares(rng: random.Random, count: int) -> list[_Ware]:
    """Choose `count` products, from every family if possible, no two with the same name."""
    every = [(family, unit, form) for family in FAMILIES for unit in family.units for form in family.forms]
    rng.shuffle(every)
    first_of_family = {family.name: (family, unit, form) for family, unit, form in reversed(every)}
    firsts = list(first_of_family.values())
    ordered = firsts + [entry for entry in every if entry not in firsts]
    wares = []
    for index in range(count):
        family, unit, form = ordered[index % len(ordered)]
        name = family.product_name(_UNITS[unit].name, form)
        edition = index // len(ordered)
        wares.append(_Ware(family, unit, form, f"{name}, quy cách {edition + 1}" if edition else name))
    return wares


def _label_text(ware: _Ware, owner: SampleProducer, stars: int, gtin: str, qr_text: str) -> LabelText:
    title, detail = ware.family.on_label(_UNITS[ware.unit].name, ware.form)
    size = _SIZE.search(ware.form)
    return LabelText(
        title=title,
        detail=detail,
        stars=stars,
        producer=owner.name,
        address=owner.address,
        net=size[0] if size else LOOKS[ware.family.stem].net,
        gtin=gtin,
        qr=qr_text,
        months=None if ware.family.group in _LASTING else _MONTHS,
    )


def _producers(rng: random.Random, seed: int, wares: Sequence[_Ware]) -> list[SampleProducer]:
    """One producer for each of `wares`, in the ware's place and trade."""
    brands = [f"{first} {last}" for first in FIRST for last in LAST]
    rng.shuffle(brands)
    producers = []
    for index, ware in enumerate(wares):
        commune = rng.choice(_COMMUNES_OF[ware.unit])
        brand = brands[index % len(brands)] + (f" {index // len(brands) + 1}" if index >= len(brands) else "")
        # 0203 is the province's area code; no subscriber's number begins with 000.
        phone = f"0203 000 {rng.randrange(10_000):04d}"
        producers.append(
            SampleProducer(
                number=index + 1,
                name=f"{rng.choice(KINDS[ware.family.trade])} {brand}",
                address=_address(rng, commune),
                phone=phone if rng.random() < 0.8 else None,
                former_unit=ware.unit,
                commune=commune.code,
                tells=story_of(seed, index + 1, ware.family.trade, f"{commune.kind} {commune.name}"),
            )
        )
    return producers


def _owners(
    rng: random.Random, makers: Sequence[SampleProducer], their_wares: Sequence[_Ware], more: Sequence[_Ware]
) -> list[SampleProducer]:
    """Choose a producer for each further ware: of the same place and trade, else of that trade, else of that place."""
    by_both: dict[tuple[str, str], list[SampleProducer]] = {}
    by_trade: dict[str, list[SampleProducer]] = {}
    for maker, ware in zip(makers, their_wares, strict=True):
        by_both.setdefault((ware.unit, ware.family.trade), []).append(maker)
        by_trade.setdefault(ware.family.trade, []).append(maker)
    return [
        rng.choice(by_both.get((ware.unit, ware.family.trade)) or by_trade.get(ware.family.trade) or list(makers))
        for ware in more
    ]


def _address(rng: random.Random, commune: Commune) -> str:
    group, area = rng.randint(1, 12), rng.randint(1, 9)
    house = f"Tổ {group}, khu {area}" if commune.kind == "phường" else f"Thôn {area}"
    return f"{house}, {commune.kind} {commune.name}, tỉnh Quảng Ninh"


def _shared_out(rng: random.Random, shares: dict[_T, int], count: int) -> list[_T]:
    """`count` values in the proportion of `shares` (largest remainders), in random order."""
    total = sum(shares.values())
    exact = {value: count * share / total for value, share in shares.items()}
    whole = {value: int(amount) for value, amount in exact.items()}
    by_remainder = sorted(exact, key=lambda value: whole[value] - exact[value])
    for value in by_remainder[: count - sum(whole.values())]:
        whole[value] += 1
    values = [value for value, amount in whole.items() for _ in range(amount)]
    rng.shuffle(values)
    return values


def _pack_code(rng: random.Random, kind: QrKind, gtin: str) -> tuple[str, tuple[SampleCode, ...]]:
    token = f"{rng.randrange(16**8):08x}"
    match kind:
        case "digital_link":
            return f"https://id.ocop.example/01/{gtin}", ()
        case "exact":
            text = f"https://truyxuat.example/qn/{token}"
            return text, (SampleCode("exact", text),)
        case "prefix":
            start = f"https://truyxuat.example/qn/lo/{token}/"
            return f"{start}L{rng.randrange(1, 1000):03d}", (SampleCode("prefix", start),)


def _certificates(
    rng: random.Random, today: date, index: int, stars: int, status: Status, unit: str
) -> tuple[SampleCertificate, ...]:
    """The newest certificate and, for every fourth product or so, the one before it."""
    days_left = {
        "valid": rng.randint(120, 1000),
        "soon": rng.randint(20, 80),
        "expired": -rng.randint(30, 700),
        "withdrawn": rng.randint(250, 700),
    }[status]
    withdrawn_ago, reason = rng.randint(20, 300), rng.choice(WITHDRAWN_REASONS)
    renewed, gap, one_less = rng.random() < 0.25, rng.randint(0, 60), rng.random() < 0.4
    valid_from = _months_later(today + timedelta(days=days_left + 1), -36)
    withdrawn = (today - timedelta(days=withdrawn_ago), reason) if status == "withdrawn" else None
    newest = _certificate(2 * index + 2, stars, valid_from, unit, withdrawn)
    if not renewed:
        return (newest,)
    before = _months_later(valid_from - timedelta(days=gap), -36)
    return newest, _certificate(2 * index + 1, max(3, stars - one_less), before, unit, None)


def _certificate(
    serial: int, stars: int, valid_from: date, unit: str, withdrawn: tuple[date, tuple[str, str]] | None
) -> SampleCertificate:
    return SampleCertificate(
        number=f"QN-{valid_from.year}-{serial:04d}",
        stars=stars,
        decision="148/QĐ-TTg" if valid_from >= _148_SINCE else "1048/QĐ-TTg",
        issuer=_issuer(stars, valid_from, unit),
        valid_from=valid_from,
        valid_to=_months_later(valid_from, 36) - timedelta(days=1),
        withdrawn_on=withdrawn[0] if withdrawn else None,
        withdrawn_reason=withdrawn[1][0] if withdrawn else None,
        withdrawn_reason_en=withdrawn[1][1] if withdrawn else None,
    )


def _issuer(stars: int, day: date, unit: str) -> str:
    """The issuer: districts (3 stars, to June 2025), the province (4 stars, now also 3), the central body (5 stars)."""
    if stars == 5:
        merged = day >= _MINISTRY_MERGED
        return "Bộ Nông nghiệp và Môi trường" if merged else "Bộ Nông nghiệp và Phát triển nông thôn"
    if stars == 3 and day < _PROVINCE_GRADES_SINCE:
        return f"UBND {_UNITS[unit].kind} {_UNITS[unit].name}"
    return "UBND tỉnh Quảng Ninh"


def _months_later(day: date, months: int) -> date:
    """The same day of the month, or its last day where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

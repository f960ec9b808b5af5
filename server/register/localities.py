"""Quảng Ninh's administrative units as data.

Until 30 June 2025 the province had 13 district-level units; since 1 July 2025 it has 54 communes: 22 xã, 30 phường
and 2 đặc khu (Resolution 1679/NQ-UBTVQH15 of 16 June 2025, article 1). Communes carry the codes of the national list
(Decision 19/2025/QĐ-TTg). Parts of a few former communes went to neighbours across a former district's border, so a
commune may have several former units.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FORMER_UNTIL = date(2025, 6, 30)
COMMUNES_SINCE = date(2025, 7, 1)


@dataclass(frozen=True)
class FormerUnit:
    """A district-level unit that ended on 30 June 2025; `kind` is "thành phố", "thị xã" or "huyện"."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True)
class Commune:
    """A commune since 1 July 2025; `kind` is "xã", "phường" or "đặc khu", `former` the units its land was in."""

    code: str
    name: str
    kind: str
    former: tuple[str, ...]


FORMER_UNITS = (
    FormerUnit("ha-long", "Hạ Long", "thành phố"),
    FormerUnit("mong-cai", "Móng Cái", "thành phố"),
    FormerUnit("cam-pha", "Cẩm Phả", "thành phố"),
    FormerUnit("uong-bi", "Uông Bí", "thành phố"),
    FormerUnit("dong-trieu", "Đông Triều", "thành phố"),
    FormerUnit("quang-yen", "Quảng Yên", "thị xã"),
    FormerUnit("van-don", "Vân Đồn", "huyện"),
    FormerUnit("tien-yen", "Tiên Yên", "huyện"),
    FormerUnit("dam-ha", "Đầm Hà", "huyện"),
    FormerUnit("hai-ha", "Hải Hà", "huyện"),
    FormerUnit("ba-che", "Ba Chẽ", "huyện"),
    FormerUnit("binh-lieu", "Bình Liêu", "huyện"),
    FormerUnit("co-to", "Cô Tô", "huyện"),
)

COMMUNES = (
    Commune("07090", "An Sinh", "phường", ("dong-trieu",)),
    Commune("07093", "Đông Triều", "phường", ("dong-trieu",)),
    Commune("07081", "Bình Khê", "phường", ("dong-trieu",)),
    Commune("07069", "Mạo Khê", "phường", ("dong-trieu",)),
    Commune("07114", "Hoàng Quế", "phường", ("dong-trieu",)),
    Commune("06832", "Yên Tử", "phường", ("uong-bi",)),
    Commune("06820", "Vàng Danh", "phường", ("uong-bi",)),
    Commune("06811", "Uông Bí", "phường", ("uong-bi",)),
    Commune("07135", "Đông Mai", "phường", ("quang-yen",)),
    Commune("07147", "Hiệp Hòa", "phường", ("quang-yen",)),
    Commune("07132", "Quảng Yên", "phường", ("quang-yen",)),
    Commune("07168", "Hà An", "phường", ("quang-yen",)),
    Commune("07183", "Phong Cốc", "phường", ("quang-yen",)),
    Commune("07180", "Liên Hòa", "phường", ("quang-yen",)),
    Commune("06706", "Tuần Châu", "phường", ("ha-long",)),
    Commune("06661", "Việt Hưng", "phường", ("ha-long",)),
    Commune("06673", "Bãi Cháy", "phường", ("ha-long",)),
    Commune("06652", "Hà Tu", "phường", ("ha-long",)),
    Commune("06676", "Hà Lầm", "phường", ("ha-long",)),
    Commune("06658", "Cao Xanh", "phường", ("ha-long",)),
    Commune("06685", "Hồng Gai", "phường", ("ha-long",)),
    Commune("06688", "Hạ Long", "phường", ("ha-long",)),
    Commune("07030", "Hoành Bồ", "phường", ("ha-long",)),
    Commune("07054", "Quảng La", "xã", ("ha-long",)),
    Commune("07060", "Thống Nhất", "xã", ("ha-long",)),
    Commune("06760", "Mông Dương", "phường", ("cam-pha",)),
    Commune("06778", "Quang Hanh", "phường", ("cam-pha",)),
    Commune("06793", "Cẩm Phả", "phường", ("cam-pha",)),
    Commune("06781", "Cửa Ông", "phường", ("cam-pha",)),
    Commune("06799", "Hải Hòa", "xã", ("cam-pha", "tien-yen")),
    Commune("06862", "Tiên Yên", "xã", ("tien-yen", "binh-lieu")),
    Commune("06874", "Điền Xá", "xã", ("tien-yen",)),
    Commune("06877", "Đông Ngũ", "xã", ("tien-yen",)),
    Commune("06886", "Hải Lạng", "xã", ("tien-yen", "cam-pha")),
    Commune("06985", "Lương Minh", "xã", ("ba-che",)),
    Commune("06979", "Kỳ Thượng", "xã", ("ba-che",)),
    Commune("06970", "Ba Chẽ", "xã", ("ba-che", "tien-yen")),
    Commune("06913", "Quảng Tân", "xã", ("dam-ha",)),
    Commune("06895", "Đầm Hà", "xã", ("dam-ha",)),
    Commune("06922", "Quảng Hà", "xã", ("hai-ha",)),
    Commune("06946", "Đường Hoa", "xã", ("hai-ha",)),
    Commune("06931", "Quảng Đức", "xã", ("hai-ha",)),
    Commune("06967", "Cái Chiên", "xã", ("hai-ha",)),
    Commune("06841", "Hoành Mô", "xã", ("binh-lieu",)),
    Commune("06856", "Lục Hồn", "xã", ("binh-lieu",)),
    Commune("06838", "Bình Liêu", "xã", ("binh-lieu",)),
    Commune("06724", "Hải Sơn", "xã", ("mong-cai",)),
    Commune("06733", "Hải Ninh", "xã", ("mong-cai",)),
    Commune("06757", "Vĩnh Thực", "xã", ("mong-cai",)),
    Commune("06712", "Móng Cái 1", "phường", ("mong-cai",)),
    Commune("06709", "Móng Cái 2", "phường", ("mong-cai",)),
    Commune("06736", "Móng Cái 3", "phường", ("mong-cai",)),
    Commune("06994", "Vân Đồn", "đặc khu", ("van-don",)),
    Commune("07192", "Cô Tô", "đặc khu", ("co-to",)),
)

"""Says what the pictures of the sample register show, as texts that they are drawn from when they are first asked for.

A text is canonical JSON of one flat object. It says all that is drawn, so its SHA-256 names the picture.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

SIZES = {"label": (1200, 1600), "pack": (1600, 1200), "product": (1600, 1200), "place": (1600, 1200)}
"""Width and height of the largest copy, by what a picture shows."""
_COAST = frozenset({"ha-long", "cam-pha", "van-don", "co-to", "quang-yen", "mong-cai"})
_SCENES = 3  # of each kind of place


@dataclass(frozen=True)
class SamplePicture:
    """A picture: what it shows, and the text that it is drawn from."""

    shows: str
    drawn_from: str

    @property
    def sha256(self) -> str:
        """The hash that names it."""
        return hashlib.sha256(self.drawn_from.encode()).hexdigest()


@dataclass(frozen=True)
class Look:
    """How the wares of a family are drawn: the pack's shape, what is in it, colours to choose from, the usual size."""

    shape: str
    ware: str
    colours: tuple[str, ...]
    net: str


@dataclass(frozen=True)
class LabelText:
    """What is printed on a label before a pack is filled: `months` is how long the goods keep, None for what lasts."""

    title: str
    detail: str
    stars: int
    producer: str
    address: str
    net: str
    gtin: str
    qr: str
    months: int | None


_SEA, _BRICK = ("navy", "teal"), ("brick", "amber")
LOOKS = {
    "Chả mực": Look("tray", "patties", ("brick",), "500 g"),
    "Chả cá": Look("tray", "patties", ("brick", "navy"), "500 g"),
    "Ruốc hàu": Look("jar", "floss", ("brick", "amber"), "150 g"),
    "Ruốc tôm": Look("jar", "floss", ("brick", "amber"), "200 g"),
    "Ruốc bề bề": Look("jar", "floss", ("amber", "brick"), "150 g"),
    "Hàu sữa": Look("tray", "shells", _SEA, "500 g"),
    "Sá sùng khô": Look("bag", "strips", ("brown", "navy"), "100 g"),
    "Mực khô": Look("bag", "squid", _SEA, "500 g"),
    "Cá thu một nắng": Look("tray", "fish", _SEA, "1 kg"),
    "Nước mắm": Look("bottle", "fish", ("brown", "brick"), "500 ml"),
    "Mắm tép": Look("jar", "shrimp", ("brick", "purple"), "300 g"),
    "Sứa ăn liền": Look("bag", "shells", ("teal", "navy"), "400 g"),
    "Ngán": Look("tray", "shells", ("teal", "brown"), "1 kg"),
    "Cua biển": Look("box", "crab", ("brick", "teal"), "1 kg"),
    "Tôm thẻ chân trắng": Look("tray", "shrimp", ("teal", "navy"), "1 kg"),
    "Miến dong": Look("bag", "noodles", ("green", "brown"), "500 g"),
    "Bánh gật gù": Look("tray", "rolls", ("green", "brown"), "500 g"),
    "Bánh gio": Look("box", "parcels", ("green", "amber"), "600 g"),
    "Bánh coóc mò": Look("box", "parcels", ("green", "teal"), "600 g"),
    "Gạo nếp cái hoa vàng": Look("sack", "grains", ("ochre", "brown"), "2 kg"),
    "Gạo Bao thai": Look("sack", "grains", ("brown", "green"), "5 kg"),
    "Bún ngũ sắc": Look("bag", "noodles", ("purple", "pink"), "400 g"),
    "Gà đồi": Look("bag", "hen", ("brick", "ochre"), "1,2 kg"),
    "Trứng vịt biển": Look("box", "eggs", ("teal", "navy"), "10 quả"),
    "Trứng gà": Look("box", "eggs", ("ochre", "brown"), "10 quả"),
    "lợn": Look("tray", "sausages", ("brick", "pink"), "500 g"),
    "Thịt trâu gác bếp": Look("bag", "strips", ("brick", "brown"), "300 g"),
    "Mật ong": Look("jar", "honey", ("amber", "ochre"), "500 ml"),
    "Khoai lang": Look("bag", "roots", ("purple", "amber"), "500 g"),
    "Khoai sọ": Look("bag", "roots", ("brown", "purple"), "2 kg"),
    "Măng": Look("bag", "shoots", ("green", "ochre"), "500 g"),
    "Nấm": Look("bag", "mushrooms", ("brown", "green"), "300 g"),
    "Na dai": Look("box", "fruit", ("green", "teal"), "3 kg"),
    "Vải chín sớm": Look("box", "fruit", ("brick", "pink"), "1 kg"),
    "Cam": Look("box", "fruit", ("amber", "green"), "3 kg"),
    "Ổi": Look("box", "fruit", ("green", "teal"), "2 kg"),
    "Thanh long ruột đỏ": Look("box", "fruit", ("pink", "purple"), "2 kg"),
    "Rau an toàn": Look("bag", "greens", ("green", "teal"), "500 g"),
    "Hồi khô": Look("bag", "anise", ("brown", "brick"), "100 g"),
    "Trà hoa vàng": Look("tin", "buds", ("ochre", "green"), "100 g"),
    "Chè": Look("tin", "leaves", ("green", "teal"), "200 g"),
    "Trà vối": Look("tin", "buds", ("green", "brown"), "150 g"),
    "Trà thảo mộc": Look("tin", "leaves", ("teal", "green"), "150 g"),
    "Rượu ba kích": Look("bottle", "roots", ("purple",), "500 ml"),
    "Rượu mơ": Look("bottle", "berries", ("amber", "ochre"), "500 ml"),
    "Rượu nếp": Look("bottle", "grains", ("ochre", "green"), "500 ml"),
    "Rượu sim": Look("bottle", "berries", ("purple", "pink"), "500 ml"),
    "Nước khoáng": Look("bottle", "drops", ("teal", "navy"), "500 ml"),
    "Sữa tươi thanh trùng": Look("bottle", "drops", ("navy", "teal"), "500 ml"),
    "Ba kích tím khô": Look("bag", "roots", ("purple", "brown"), "500 g"),
    "Cao": Look("jar", "leaves", ("brown", "green"), "200 g"),
    "Sâm cau": Look("jar", "roots", ("brown", "ochre"), "300 g"),
    "Tinh dầu": Look("bottle", "leaves", ("green", "amber"), "50 ml"),
    "Tinh bột nghệ": Look("jar", "roots", ("amber", "ochre"), "250 g"),
    "Đông trùng hạ thảo": Look("box", "strips", ("brick", "ochre"), "20 g"),
    "Viên hàu": Look("box", "pills", ("navy", "teal"), "60 viên"),
    "Gốm sứ": Look("bowl", "blossoms", ("teal", "navy"), "1 bộ"),
    "Ngọc trai": Look("box", "pearls", ("navy", "slate"), "1 chiếc"),
    "Than đá mỹ nghệ": Look("box", "stone", ("slate", "brown"), "1 chiếc"),
    "Thuyền nan mỹ nghệ": Look("box", "boat", ("brown", "teal"), "1 chiếc"),
    "Thổ cẩm": Look("box", "cloth", ("pink", "purple"), "1 chiếc"),
    "Mai vàng": Look("pot", "blossoms", ("ochre", "amber"), "1 chậu"),
    "Hoa đào": Look("pot", "blossoms", ("pink", "brick"), "1 chậu"),
    "Lan hồ điệp": Look("pot", "blossoms", ("purple", "pink"), "1 chậu"),
    "Du lịch cộng đồng": Look("ticket", "houses", ("teal", "brown"), "1 khách"),
    "Điểm du lịch sinh thái": Look("ticket", "trees", ("green", "teal"), "1 khách"),
}
"""By the name of a family without its form and its place."""


def pictures_of(family: str, unit: str, number: int, text: LabelText) -> tuple[SamplePicture, ...]:
    """The pictures of a product, in the order in which they are shown: its pack and its label, and what else there is.

    `number` tells the products of one family apart: it chooses colours, and who has more than two pictures.
    """
    look = LOOKS[family]
    colour = look.colours[number % len(look.colours)]
    how = {"shape": look.shape, "ware": look.ware, "colour": colour}
    printed = asdict(text)
    on_pack = {name: printed[name] for name in ("title", "detail", "stars", "gtin", "net")}
    scene = "sea" if unit in _COAST else "hills"
    made = [_picture("pack", **how, **on_pack), _picture("label", **how, **printed)]
    if look.shape != "ticket" and number % 2 == 0:
        made.append(_picture("product", ware=look.ware, colour=colour))
    if look.shape == "ticket" or number % 3 == 0:
        made.append(_picture("place", scene=scene, variant=number % _SCENES))
    return tuple(made)


def _picture(shows: str, **said: str | int | None) -> SamplePicture:
    return SamplePicture(shows, json.dumps({"shows": shows, **said}, ensure_ascii=False, sort_keys=True))

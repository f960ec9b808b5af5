"""What the fictional producers of the sample register tell of themselves, and where their products can be bought."""

from __future__ import annotations

import random
from dataclasses import dataclass

# By trade: what they make, in Vietnamese and in English.
_MAKE = {
    "hai_san": ("đồ hải sản từ cá, mực đánh bắt trong ngày", "seafood from the catch of the day"),
    "bun_banh": ("bún, bánh và gạo theo cách làm của ông bà", "noodles, cakes and rice as their grandparents did"),
    "chan_nuoi": ("thịt và trứng từ đàn vật nuôi thả đồi", "meat and eggs from animals that graze the hills"),
    "mat_ong": ("mật ong từ những đàn ong đặt dưới tán rừng", "honey from hives under the forest's trees"),
    "rau_qua": ("rau, củ, quả trồng không phun thuốc trước khi hái", "fruit and vegetables not sprayed before harvest"),
    "tra": ("trà hái tay và sấy ngay trong buổi sáng", "tea picked by hand and dried the same morning"),
    "ruou": ("rượu ủ men lá, hạ thổ đủ ngày", "spirits made with leaf yeast and aged in the ground"),
    "nuoc": ("đồ uống đóng chai ngay tại nguồn", "drinks bottled at their source"),
    "duoc_lieu": ("dược liệu trồng dưới tán rừng", "herbs grown under the forest's trees"),
    "thu_cong": ("đồ thủ công do thợ trong làng làm", "crafts made by people of the village"),
    "cay_canh": ("cây cảnh chăm tại vườn nhà", "plants raised in their own garden"),
    "du_lich": ("những chuyến đi cùng người địa phương", "trips with people who live there"),
}
_ENDING = "Cơ sở này không có thật, chỉ có trong dữ liệu mẫu."
_ENDING_EN = "This producer is not real, and exists in sample data alone."


@dataclass(frozen=True)
class SampleShop:
    """A fictional shop."""

    name: str
    address: str | None
    url: str | None


@dataclass(frozen=True)
class SampleStory:
    """A producer's story in both languages, its site, and where its products can be bought."""

    story: str | None = None
    story_en: str | None = None
    site: str | None = None
    shops: tuple[SampleShop, ...] = ()


def story_of(seed: int, number: int, trade: str, place: str) -> SampleStory:
    """The story of the producer with this number. One in four tells nothing of itself, as in a real register.

    It draws from a course of chance of its own, so that the rest of the sample stays as it was.
    """
    rng = random.Random(f"{seed} {number}")  # noqa: S311 - a sample, not a secret
    make, make_en = _MAKE[trade]
    since, members = rng.randint(1996, 2021), rng.randint(4, 38)
    story = f"Từ năm {since}, {members} người ở {place} cùng làm {make}. {_ENDING}"
    story_en = f"Since {since}, {members} people in {place} have made {make_en}. {_ENDING_EN}"
    site = f"https://chu-the-{number}.example"
    shops = (
        SampleShop(f"Điểm bán OCOP {place}", f"Khu {rng.randint(1, 9)}, {place}, tỉnh Quảng Ninh", None),
        SampleShop("Chợ OCOP trên mạng (mẫu)", None, f"https://cho.example/chu-the/{number}"),
    )
    if rng.random() < 0.25:
        return SampleStory()
    has_english, has_site = rng.random() < 0.8, rng.random() < 0.5
    return SampleStory(
        story, story_en if has_english else None, site if has_site else None, shops[: rng.randint(0, len(shops))]
    )

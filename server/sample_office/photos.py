"""Draws the photos of the sample: a pack of the register on a table, as a phone may have taken it."""

from __future__ import annotations

import io
import random
from functools import lru_cache

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from pictures.drawn import draw
from register.sample_pictures import SIZES
from sample_office.steps import Photographed

LONGEST = 480
_TABLES = ("#b9ab97", "#8d8f8a", "#c9c3b6", "#7f6f5f", "#a8b0b3")


def photo(said: Photographed) -> bytes:
    """The photo as JPEG, some 20 KB. The same is always drawn alike."""
    chance = random.Random(f"{said.drawn_from} {said.turn}")  # noqa: S311 - a sample, no secret
    pack = _pack(said.drawn_from, said.shows)
    angle = chance.uniform(-6, 6)
    table = Image.new("RGB", (pack.width * 6 // 5, pack.height * 6 // 5), chance.choice(_TABLES))
    pen = ImageDraw.Draw(table)
    for y in range(0, table.height, 34):
        pen.line((0, y + chance.randrange(8), table.width, y + chance.randrange(8)), fill="#00000022", width=1)
    mask = Image.new("L", pack.size, 255).rotate(angle, expand=True)
    turned = pack.rotate(angle, resample=Image.Resampling.BILINEAR, expand=True)
    at = ((table.width - turned.width) // 2, (table.height - turned.height) // 2)
    table.paste((40, 36, 32), (at[0] + 6, at[1] + 8), mask.filter(ImageFilter.GaussianBlur(5)))
    table.paste(turned, at, mask)
    lit = ImageEnhance.Brightness(table).enhance(chance.uniform(0.8, 1.08))
    file = io.BytesIO()
    lit.filter(ImageFilter.GaussianBlur(0.5)).save(file, "JPEG", quality=72)
    return file.getvalue()


@lru_cache(maxsize=40)  # some packs are seen again and again
def _pack(drawn_from: str, shows: str) -> Image.Image:
    return draw(drawn_from, SIZES["label" if shows == "label" else "pack"], LONGEST)

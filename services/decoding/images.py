"""Pictures from outside: files and camera frames into pixels, with limits that a hostile file cannot pass."""

from __future__ import annotations

import io

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

MAX_PIXELS = 80_000_000
MAX_SIDE = 4000
MIN_SIDE = 8
# What phones, cameras and screenshots write. Others stay shut: Pillow hands EPS to an outside program.
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "PPM", "JPEG2000")


class BadImage(ValueError):
    """A picture that cannot be used. `reason` is `unreadable` or `too_big`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def load(data: bytes) -> npt.NDArray[np.uint8]:
    """The gray pixels of a picture file, upright as its EXIF says, the longest side at most MAX_SIDE.

    Raises BadImage for anything else than a whole picture of up to MAX_PIXELS pixels.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            return _upright(picture)
    except BadImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImage("too_big") from error
    except Exception as error:  # Pillow's readers raise nearly anything on a broken file
        raise BadImage("unreadable") from error


def _upright(picture: Image.Image) -> npt.NDArray[np.uint8]:
    if picture.width * picture.height > MAX_PIXELS:
        raise BadImage("too_big")
    picture.draft("L", (MAX_SIDE, MAX_SIDE))
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "PA", "P"):  # a transparent label is white, not black
        rgba = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
    upright = upright.convert("L")
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    return np.array(upright, dtype=np.uint8)


def to_gray(image: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8] | None:
    """Gray uint8 pixels of a BGR, BGRA or gray array, the longest side at most MAX_SIDE.

    None where it is no picture: empty, too narrow, of the wrong shape or type.
    """
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or min(image.shape[:2]) < MIN_SIDE:
        return None
    if image.ndim == 3:
        if image.shape[2] not in (1, 3, 4):
            return None
        code = {3: cv2.COLOR_BGR2GRAY, 4: cv2.COLOR_BGRA2GRAY}.get(image.shape[2])
        image = image[:, :, 0] if code is None else cv2.cvtColor(np.ascontiguousarray(image), code)
    longest = max(image.shape)
    if longest > MAX_SIDE:
        size = tuple(max(1, round(side * MAX_SIDE / longest)) for side in image.shape[::-1])
        if min(size) < MIN_SIDE:
            return None
        image = cv2.resize(np.ascontiguousarray(image), size, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(image, dtype=np.uint8)

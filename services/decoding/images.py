"""Turns files and camera frames into pixels, within limits that a hostile file cannot pass."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageFile

from services.decoding import pages
from services.decoding.limits import MAX_BYTES, MAX_PIXELS, BadImage, Counted, check
from services.decoding.pages import Pages
from services.decoding.pixels import MAX_SIDE, Gray
from services.file_kinds import unread_kind

__all__ = ["MAX_BYTES", "MAX_PIXELS", "BadImage", "load", "load_pages", "to_gray"]

MAX_FILE = 100_000_000
MIN_SIDE = 8
# What phones, cameras, scanners and screenshots write. Others are refused: Pillow runs another program for EPS.
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "PPM")
_PAGED = ("PNG", "WEBP", "AVIF", "GIF", "TIFF")  # of other formats, further pictures are depth or brightness


def load(data: bytes) -> Gray:
    """The gray pixels of a picture file, upright as its EXIF says, in full size.

    Where a file has several pages or frames, or is seen on light and on dark ground, they lie side by side in one
    picture: see load_pages, which also says what is refused, and pages.joined.
    """
    return pages.joined(load_pages(data).pictures)


def load_pages(data: bytes) -> Pages:
    """The gray pixels of each page of a picture file, upright as its EXIF says, in full size.

    Pages are those of a TIFF and the frames of an animation, up to pages.MOST and MAX_PIXELS pixels together, without
    those that show nothing or what another has shown. A picture with transparent parts is one page on each ground on
    which something is seen. Raises BadImage for anything else than a whole picture of 8 or 16 bits a channel, up to
    MAX_PIXELS pixels and MAX_FILE bytes, that MAX_BYTES of memory can read; of a broken file with several pages the
    whole ones are taken.
    """
    if len(data) > MAX_FILE:
        raise BadImage("too_big")
    try:
        file = Counted(data)
        with Image.open(file, formats=_FORMATS) as picture:
            return _pages(picture, data, file)
    except BadImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImage("too_big") from error
    except Exception as error:  # Pillow's readers raise nearly anything on a broken file
        raise BadImage(unread_kind(data)) from error


def _pages(picture: ImageFile.ImageFile, data: bytes, file: Counted) -> Pages:
    header_end = file.header_end
    file.opened()
    kept = _page(picture, data, header_end, held=0)
    done, pixels = 1, picture.width * picture.height
    while picture.format in _PAGED:
        try:
            picture.seek(done)
        except EOFError:
            return Pages(pages.different(kept), 0)
        except Exception:  # the rest is broken, in any of many ways
            break
        pixels += picture.width * picture.height
        if done == pages.MOST or pixels > MAX_PIXELS:
            break
        try:
            kept += _page(picture, data, header_end, held=sum(page.size for page in kept))
        except Exception:  # broken, or too large for what is left of the memory
            break
        done += 1
    else:
        return Pages(pages.different(kept), 0)
    return Pages(pages.different(kept), _left(picture, done))


def _left(picture: ImageFile.ImageFile, done: int) -> int:
    """How many pages follow the `done` ones: at least one, where the file is too broken to tell."""
    try:
        return max(1, int(getattr(picture, "n_frames", 0)) - done)
    except Exception:  # Pillow's readers raise nearly anything
        return 1


def _page(picture: ImageFile.ImageFile, data: bytes, header_end: int, *, held: int) -> list[Gray]:
    picture.draft("L", None)  # of a JPEG, brightness is enough
    check(picture, data, header_end, held)
    picture.load()
    return pages.on_grounds(picture)


def to_gray(image: object) -> Gray | None:
    """Gray uint8 pixels of a BGR, BGRA or gray array, the longest side at most MAX_SIDE pixels.

    None where it is no picture: not an array, empty, too narrow, of the wrong shape, or not uint8 (the range of floats
    or of uint16 would be a guess). A huge array is sampled before it is averaged, so that even that costs little time.
    """
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.ndim not in (2, 3):
        return None
    if image.ndim == 3 and image.shape[2] not in (1, 3, 4):
        return None
    longest = max(image.shape[:2])
    if min(image.shape[:2]) * min(1.0, MAX_SIDE / max(longest, 1)) < MIN_SIDE:
        return None
    step = max(1, longest // MAX_SIDE)
    if image.ndim == 2 and step > 1 and image.size <= pages.MOST_JOINED:
        return _shrunk(_averaged(image, step))
    image = image[::step, ::step]
    if image.ndim == 2:
        return _shrunk(np.ascontiguousarray(image))
    if image.shape[2] == 1:
        return _shrunk(np.ascontiguousarray(image[:, :, 0]))
    code = cv2.COLOR_BGR2GRAY if image.shape[2] == 3 else cv2.COLOR_BGRA2GRAY
    height, width = image.shape[:2]
    gray = np.empty((height, width), np.uint8)
    rows = max(1, pages.BAND // width)
    for top in range(0, height, rows):  # in bands, so that the copy that OpenCV makes of a turned array stays small
        gray[top : top + rows] = cv2.cvtColor(np.ascontiguousarray(image[top : top + rows]), code)
    return _shrunk(gray)


def _averaged(gray: Gray, step: int) -> Gray:
    """Squares of `step` pixels as one: what OpenCV does fast."""
    height, width = (length // step for length in gray.shape)
    whole = np.ascontiguousarray(gray[: height * step, : width * step])
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _shrunk(gray: Gray) -> Gray:
    height, width = gray.shape
    longest = max(height, width)
    if longest <= MAX_SIDE:
        return gray
    size = tuple(max(1, round(length * MAX_SIDE / longest)) for length in (width, height))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)

"""Takes the pictures that the office uploads: checks them, and keeps copies of them drawn anew."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from PIL import Image

from pictures import store
from records.pictures import TooManyPixels, UnknownKind, UnsupportedPhoto, webp_copies
from records.storage import PhotosUnavailable

MOST_BYTES = 20 * 1024 * 1024
_HEIC = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1"})  # ISO/IEC 23008-12, annex B


class BadPicture(ValueError):
    """A file that is not taken; the text tells the person why, and what to do."""


@dataclass(frozen=True)
class Upload:
    """A picture whose copies are in the store; `width` and `height` are those of the largest."""

    sha256: str
    width: int
    height: int
    copies: Mapping[int, bytes] = field(default_factory=dict, repr=False)

    def keep(self) -> None:
        """Keep the copies again, where somebody has removed them meanwhile. Raises PhotosUnavailable."""
        if self.copies and not store.is_kept(self.sha256):
            store.keep(self.sha256, self.copies)


def take(file: UploadedFile[Any]) -> Upload:
    """Keep copies of an uploaded picture. Raises BadPicture."""
    if (file.size or 0) > MOST_BYTES:
        raise BadPicture("Tệp lớn hơn 20 MB. Hãy chọn ảnh nhỏ hơn, hoặc giảm cỡ ảnh rồi chọn lại.")
    try:
        made = webp_copies(file, store.WIDTHS)
    except UnknownKind:
        raise BadPicture(_of_no_known_kind(file)) from None
    except TooManyPixels:
        raise BadPicture("Ảnh có quá nhiều điểm ảnh (hơn 120 triệu). Hãy giảm cỡ ảnh rồi chọn lại.") from None
    except UnsupportedPhoto:
        raise BadPicture("Tệp ảnh bị hỏng nên không mở được. Hãy chọn tệp khác, hoặc chụp lại.") from None
    (width, height), largest = made[store.LARGEST]
    copies = {side: content for side, (_, content) in made.items()}
    upload = Upload(hashlib.sha256(largest).hexdigest(), width, height, copies)
    try:
        store.keep(upload.sha256, copies)
    except PhotosUnavailable:
        raise BadPicture("Máy chủ chưa lưu được ảnh lúc này. Hãy thử lại sau ít phút.") from None
    return upload


def taken_before(sha256: str) -> Upload:
    """The picture that an earlier try to save has brought. Raises BadPicture where it is not here any more."""
    file = store.opened(sha256, store.LARGEST) if store.is_kept(sha256) else None
    if file is None:
        raise BadPicture("Ảnh đã chọn không còn trên máy chủ. Hãy chọn lại tệp ảnh.")
    with file, Image.open(file, formats=("WEBP",)) as image:
        return Upload(sha256, image.width, image.height)


def _of_no_known_kind(file: UploadedFile[Any]) -> str:
    file.seek(0)
    head = file.read(12)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        return "Đây là ảnh HEIC, máy chủ không đọc được. Hãy lưu ảnh thành JPEG hoặc PNG rồi chọn lại."
    return "Tệp này không phải là ảnh đọc được. Hãy chọn ảnh JPEG, PNG, WebP, TIFF, BMP hoặc GIF."

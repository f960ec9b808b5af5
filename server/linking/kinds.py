"""The kinds of links that a product's code leads to: terms of GS1's Web vocabulary (WebVoc 1.16, `gs1:linkType`)."""

from __future__ import annotations

import re

VOCABULARY = "https://ref.gs1.org/voc/"
DEFAULT = "defaultLink"
PAGE = "pip"
CERTIFICATES = "certificationInfo"
PRODUCER = "homepage"

KINDS = {
    CERTIFICATES: "Chứng nhận",
    "traceability": "Truy xuất nguồn gốc",
    "recallStatus": "Thu hồi sản phẩm",
    "dpp": "Hộ chiếu số của sản phẩm",
    PRODUCER: "Trang của chủ thể",
    "instructions": "Hướng dẫn sử dụng",
    "consumerHandlingStorageInfo": "Cách bảo quản",
    "ingredientsInfo": "Thành phần",
    "nutritionalInfo": "Dinh dưỡng",
    "allergenInfo": "Chất gây dị ứng",
    "recipeInfo": "Món ăn, công thức",
    "relatedVideo": "Video",
    "hasRetailers": "Nơi bán",
}
"""Those that the office gives products, by their terms; the page of the product itself is there without that."""

_TERM = re.compile(r"(?:gs1:|https?://(?:ref\.gs1\.org|gs1\.org|www\.gs1\.org)/voc/)?([A-Za-z]{1,60})", re.ASCII)


def term_of(text: str) -> str | None:
    """The term that a `linkType` names, as `gs1:pip`, by its address, or bare; None for another text.

    >>> term_of("gs1:pip"), term_of("https://ref.gs1.org/voc/pip"), term_of("schema:url")
    ('pip', 'pip', None)
    """
    found = _TERM.fullmatch(text)
    return found[1] if found else None

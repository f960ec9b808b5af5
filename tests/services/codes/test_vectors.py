"""GS1's own vectors: what is accepted, what is refused, and the elements in their order."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from services.codes import CodeError, gs1_elements
from services.codes.application_identifiers import find
from services.codes.element_string import FNC1, Elements

SHARED = Path(os.environ.get("OCOP_SHARED", Path(__file__).resolve().parents[4] / "shared"))
VECTORS = SHARED / "gs1" / "vectors.jsonl"


def written(elements: Elements) -> str:
    """The element string, `^` for FNC1, as the vectors have it."""
    text, ended = "", False
    for ai, value in elements:
        text += ("" if ended else "^") + ai + value
        known = find(ai)
        assert known is not None
        ended = known.predefined
    return text


@pytest.mark.skipif(not VECTORS.exists(), reason="no GS1 test vectors at OCOP_SHARED or ../shared")
def test_gs1s_own_vectors_are_accepted_or_refused_with_the_right_elements() -> None:
    vectors: list[dict[str, Any]] = [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]
    wrong = []
    for vector in vectors:
        is_link = vector["kind"] == "digital-link"
        try:
            read = written(gs1_elements(vector["input"] if is_link else vector["input"].replace("^", FNC1)))
        except CodeError:
            read = None
        expected = vector.get("elements", vector["input"].rstrip("^")) if vector["valid"] else None
        if not is_link and expected is not None and read is not None:
            expected, read = expected.replace("^", ""), read.replace("^", "")  # FNC1 may be there where it need not
        if read != expected:
            wrong.append((vector["input"], expected, read))
    assert len(vectors) > 50
    assert wrong == []

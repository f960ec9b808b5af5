"""Draws an artwork's page with its codes outlined and numbered, for the screen and the report."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from services.labels.artwork import Page
from services.labels.check import CheckedLabel, LabelCode
from services.labels.finding import Grade

_COLOURS = {
    Grade.STOP: (160, 0, 0),
    Grade.LOOK: (133, 87, 0),
    Grade.IN_ORDER: (23, 112, 58),
    Grade.NOT_MEASURED: (72, 84, 106),
}
_QUALITY = 88
_LEAST = 480
"""Pixels of the longest side below which a page is enlarged, so that the numbers can be read."""


def worst_of(label: CheckedLabel, code: int) -> Grade:
    """The gravest grade of one code."""
    found = {finding.grade for finding in label.findings if finding.code == code}
    return next((grade for grade in (Grade.STOP, Grade.LOOK) if grade in found), Grade.IN_ORDER)


def marked(label: CheckedLabel, page: Page, codes: Sequence[LabelCode] | None = None) -> bytes:
    """The page as a JPEG, with each code's outline and number in the colour of its gravest finding."""
    shown = page.shown
    enlarged = max(1.0, _LEAST / max(shown.shape[:2]))
    picture = cv2.resize(shown, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_AREA)
    scale = picture.shape[1] / page.gray.shape[1]
    line = max(2, round(max(picture.shape[:2]) / 400))
    for code in label.codes if codes is None else codes:
        if code.place.page == page.number:
            colour = _COLOURS[worst_of(label, code.number)]
            corners = np.round(np.asarray(code.place.corners) * scale).astype(np.int32)
            cv2.polylines(picture, [corners], isClosed=True, color=colour, thickness=line, lineType=cv2.LINE_AA)
            _number(picture, str(code.number), corners.min(0).tolist(), colour, line)
    _fine, encoded = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return encoded.tobytes()


def _number(picture: cv2.typing.MatLike, text: str, corner: list[int], colour: tuple[int, int, int], line: int) -> None:
    """Draw a number in a filled square whose middle is a code's upper left corner, within the picture."""
    size = line * 0.42
    (wide, tall), _below = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, size, max(1, line // 2))
    half = max(wide, tall) // 2 + 3 * line
    x = min(max(corner[0], half), max(half, picture.shape[1] - half))
    y = min(max(corner[1], half), max(half, picture.shape[0] - half))
    cv2.rectangle(picture, (x - half, y - half), (x + half, y + half), colour, cv2.FILLED)
    cv2.rectangle(picture, (x - half, y - half), (x + half, y + half), (255, 255, 255), max(1, line // 2))
    at = (x - wide // 2, y + tall // 2)
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_DUPLEX, size, (255, 255, 255), max(1, line // 2), cv2.LINE_AA)

"""Draws a picture of the sample register from the text that its hash names."""

from __future__ import annotations

import json
import threading

from PIL import Image

from pictures.drawing.canvas import Canvas
from pictures.drawing.colours import COLOURS
from pictures.drawing.labels import draw_label
from pictures.drawing.packs import draw_pack
from pictures.drawing.places import draw_place, draw_ware

# Drawing takes a processor and some memory, so a process draws one at a time.
_one_at_a_time = threading.Lock()


def draw(text: str, size: tuple[int, int], longest: int) -> Image.Image:
    """Draw the picture, `longest` pixels on its longest side. The same text always gives the same picture.

    `size` is that of the largest, in pixels. Raises KeyError and ValueError where the text is none of the sample's.
    """
    said = json.loads(text)
    if said["shows"] == "place":
        with _one_at_a_time:
            canvas = Canvas.new(size, longest, "#ffffff")
            draw_place(canvas, said["scene"], said["variant"])
            return canvas.finished()
    colours = COLOURS[said["colour"]]
    with _one_at_a_time:
        canvas = Canvas.new(size, longest, colours.soft)
        if said["shows"] == "label":
            draw_label(canvas, said, colours)
        elif said["shows"] == "pack":
            draw_pack(canvas, said, colours)
        else:
            draw_ware(canvas, said["ware"], colours)
        return canvas.finished()

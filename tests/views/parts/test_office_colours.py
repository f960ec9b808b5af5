"""The back office has the app's own colours, and what it adds can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.contrast import contrast
from views.design import DARK, LIGHT, Palette

STYLES = Path(__file__).resolve().parents[3] / "server/backoffice/static/backoffice"
CSS = (STYLES / "office.css").read_text("utf-8")
SAME = {
    "bg": "background", "surface": "surface", "surface-2": "surface_2", "surface-3": "surface_3", "ink": "ink",
    "ink-2": "ink_2", "outline": "outline", "line": "line", "primary": "primary", "on-primary": "on_primary",
    "primary-c": "chosen", "on-primary-c": "on_chosen", "star": "star", "focus": "focus", "fine": "good",
    "fine-c": "good_band", "on-fine-c": "on_good_band", "att": "caution_band", "on-att": "on_caution_band",
    "att-i": "caution", "stop": "bad", "on-stop": "on_bad",
    "stop-s": "bad_band", "on-stop-s": "on_bad_band", "unk": "unknown",
    "unk-c": "unknown_band", "on-unk-c": "on_unknown_band",
}  # fmt: skip
"""The office's names of the app's roles."""


def tokens(selector: str) -> dict[str, str]:
    block = re.search(rf"^{re.escape(selector)} \{{(.*?)^\}}", CSS, re.DOTALL | re.MULTILINE)
    assert block
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block.group(1)))
    return {
        name: (value if len(value) == 7 else "#" + "".join(2 * c for c in value[1:])) for name, value in found.items()
    }


@pytest.mark.parametrize(("selector", "palette"), [(":root", LIGHT), (".dark", DARK)])
def test_colours_are_the_apps_and_can_be_read(selector: str, palette: Palette) -> None:
    office = tokens(selector)
    assert {name: office[name].upper() for name in SAME} == {
        name: getattr(palette, role) for name, role in SAME.items()
    }
    added = [("on-att-c", "att-c"), ("on-stop-c", "stop-c"), ("on-primary-mid", "primary-mid"), ("att-i", "surface-2")]
    added += [("ink-2", "surface-2"), ("ink-2", "primary-c"), ("fine", "surface"), ("stop", "surface")]
    pale = {pair: contrast(office[pair[0]], office[pair[1]]) for pair in added}
    assert {pair: ratio for pair, ratio in pale.items() if ratio < 4.5 - (0.5 if "mid" in pair[0] else 0)} == {}


def test_styles_are_whole_and_ask_no_other_host() -> None:
    for file in STYLES.glob("*.css"):
        style = file.read_text("utf-8")
        assert style.count("{") == style.count("}"), file.name
        assert "//" not in re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL), file.name
        assert all(int(size) >= 14 for size in re.findall(r"font-size: ?(\d+)px", style)), file.name
        for named in re.findall(r"url\(([^)]+)\)", style):
            where = (
                STYLES / named if not named.startswith("../pages") else STYLES.parents[2] / "pages/static" / named[3:]
            )
            assert where.exists(), named
        pages = style.split("/* Type")[-1]
        assert not re.findall(r": ?#(?!FFFFFF)[0-9a-fA-F]{3,6}\b", pages), f"{file.name}: values stand among the roles"

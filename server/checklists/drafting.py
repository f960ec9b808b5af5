"""Changes the words of a checklist that is being prepared, and tells what differs between two versions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checklists.document import Checklists, Item, read

WORDS = {"text": "mục", "text_en": "mục (tiếng Anh)", "note": "ghi chú"}
"""The texts of an item that the office writes, with their names."""
_SWITCHES = {"optional": "không bắt buộc", "certainty": "mức chắc chắn", "photo": "ảnh", "reason": "lý do"}


@dataclass(frozen=True)
class Difference:
    """What is another in the newer version. `old` is empty where the item is new, `new` where it is gone."""

    item: str
    what: str
    old: str
    new: str


def changed(document: str, words: Mapping[str, Mapping[str, str]], dropped: frozenset[str]) -> str:
    """The document with other words in some items and without others; raises Refused where it would not fit.

    `words` are the new texts of an item by its id. Members that this version does not know stay.
    """
    content: dict[str, Any] = json.loads(document)
    content["items"] = [{**item, **words.get(item["id"], {})} for item in content["items"] if item["id"] not in dropped]
    for each in content["lists"]:
        each["items"] = [item for item in each["items"] if item not in dropped]
    written = json.dumps(content, ensure_ascii=False, indent=2)
    read(written.encode())
    return written


def differences(old: Checklists | None, new: Checklists) -> list[Difference]:
    """What the newer version says otherwise, item by item, then its laws and lists."""
    before = {item.id: item for item in old.items} if old else {}
    after = {item.id: item for item in new.items}
    found: list[Difference] = []
    for item in new.items:
        was = before.get(item.id)
        found += _of_item(was, item) if was else [Difference(item.id, "mục mới", "", item.text)]
    found += [Difference(item.id, "bỏ mục", item.text, "") for item in before.values() if item.id not in after]
    for what, then, now in (
        ("luật", _laws(old) if old else {}, _laws(new)), ("danh mục", _lists(old) if old else {}, _lists(new)),
    ):  # fmt: skip
        for key in dict.fromkeys([*then, *now]):
            if then.get(key, "") != now.get(key, ""):
                found.append(Difference(key, what, then.get(key, ""), now.get(key, "")))
    return found


def _of_item(old: Item, new: Item) -> list[Difference]:
    names = WORDS | _SWITCHES | {"citation": "căn cứ"}
    pairs = [(words, _said(getattr(old, name)), _said(getattr(new, name))) for name, words in names.items()]
    return [Difference(new.id, words, then, now) for words, then, now in pairs if then != now]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _laws(version: Checklists) -> dict[str, str]:
    return {law.name: f"{law.valid_from} – {law.valid_to or ''}" for law in version.laws}


def _lists(version: Checklists) -> dict[str, str]:
    return {f"{one.label} ({one.law})": f"{len(one.items)} mục" for one in version.lists}

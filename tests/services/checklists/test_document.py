"""The document of checklists: what comes with the app, and that another is taken whole or refused with its reason."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from services.checklists.choosing import choose
from services.checklists.document import MOST_BYTES, Certainty, ChecklistRefused, Document, bundled, read

OWN = read(bundled())
NEW, OLD = date(2026, 1, 23), date(2026, 1, 22)


def test_each_ocop_group_asks_among_its_annex_groups() -> None:
    found = {ocop: [group.id for group in groups] for ocop, groups in OWN.groups.items()}
    assert found == {
        "thuc_pham": ["luong_thuc", "thuc_pham_bao_goi", "thuc_pham_bao_ve_suc_khoe"],
        "do_uong": ["do_uong", "ruou"],
        "duoc_lieu": ["thuc_pham_bao_ve_suc_khoe", "thuoc", "my_pham"],
        "thu_cong_my_nghe": ["thu_cong", "det_may_da", "trang_suc"],
        "sinh_vat_canh": ["giong"],
        "du_lich": ["dich_vu"],
    }
    assert len(OWN.annex_groups(None)) == 12
    assert OWN.annex_groups("of a later register") == OWN.annex_groups(None)


@pytest.mark.parametrize("group", [group.id for group in OWN.annex_groups(None)])
def test_every_group_has_a_list_on_either_side_of_the_change_of_law(group: str) -> None:
    before, after = choose(OWN, group, OLD), choose(OWN, group, NEW)
    assert before
    assert after
    assert (before.law.id, after.law.id) == ("ND43/2017+111/2021", "ND37/2026")
    assert choose(OWN, group, date(2022, 2, 14)) is None


def test_services_have_no_label() -> None:
    found = choose(OWN, "dich_vu", NEW)
    assert found
    assert [item.id for item in found.items] == ["o1", "o2", "o3"]


def test_what_stood_in_the_old_annex_is_found_for_it_and_assumed_for_the_new_one() -> None:
    before, after = choose(OWN, "ruou", OLD), choose(OWN, "ruou", NEW)
    assert before
    assert after
    old, new = ({item.text: item for item in found.items} for found in (before, after))
    assert old["Hàm lượng etanol"].certainty is Certainty.FOUND
    assert new["Hàm lượng etanol"].certainty is Certainty.ASSUMED
    assert new["Mã nhận diện lô (nếu có)"].optional


def test_few_items_are_sure_today_and_each_other_says_why_it_is_not() -> None:
    today = {
        item.id: item
        for each in OWN.lists
        if each.law == "ND37/2026"
        for item in map(OWN.items.get, each.items)
        if item
    }
    assert {each for each, item in today.items() if item.certainty is Certainty.FOUND} == {"c1", "c2", "c3", "o1"}
    assert [each for each, item in today.items() if item.certainty is Certainty.ASSUMED and not item.note] == []
    assert all((item.text_en and item.note_en) or not item.note for item in OWN.items.values())


def test_the_warning_is_in_both_languages() -> None:
    assert OWN.warning.startswith("Danh mục hỗ trợ")
    assert OWN.warning_en.startswith("A supporting checklist")


Spoil = Callable[[dict[str, Any]], Any]

_SPOILT: list[tuple[str, Spoil, str, str]] = [
    ("format", lambda d: d.update(format=2), "another_format", "2"),
    ("no lists", lambda d: d.update(lists=[]), "incomplete", "lists"),
    ("item gone", lambda d: d["items"].pop(0), "incomplete", "c1"),
    ("law gone", lambda d: d["laws"].pop(), "incomplete", "ND43"),
    ("group gone", lambda d: d["groups"].pop(), "incomplete", "dich_vu"),
    ("source gone", lambda d: d["sources"].pop("own"), "incomplete", "citation"),
    ("twice", lambda d: d["lists"][0]["items"].append("c1"), "incomplete", "twice"),
    ("list twice", lambda d: d["lists"].append(d["lists"][0]), "incomplete", "twice"),
    ("item twice", lambda d: d["items"].append(d["items"][0]), "incomplete", "twice"),
    ("unknown certainty", lambda d: d["items"][0].update(certainty="likely"), "incomplete", "c1"),
    ("unknown photo", lambda d: d["items"][0].update(photo="two"), "incomplete", "c1"),
    ("unknown day", lambda d: d["lists"][0].update(chosen_by="day_of_sale"), "incomplete", "lists 0"),
    ("no day", lambda d: d["laws"][0].update(valid_from="23/01/2026"), "incomplete", "ND37"),
    ("ends before", lambda d: d["laws"][1].update(valid_to="2020-01-01"), "incomplete", "valid_to"),
    ("no text", lambda d: d["items"][0].update(text=" "), "incomplete", "text"),
    ("a number for a text", lambda d: d["items"][0].update(text_en=5), "incomplete", "text_en"),
    ("no citation", lambda d: d["items"][0].update(citation=[]), "incomplete", "citation"),
    ("optional is no yes or no", lambda d: d["items"][0].update(optional="no"), "incomplete", "optional"),
    ("a list for an object", lambda d: d.update(sources=[]), "incomplete", "sources"),
    ("no items", lambda d: d.pop("items"), "incomplete", "items"),
]


@pytest.mark.parametrize(
    ("spoil", "reason", "where"), [each[1:] for each in _SPOILT], ids=[each[0] for each in _SPOILT]
)
def test_half_a_document_is_refused_with_its_reason(spoil: Spoil, reason: str, where: str) -> None:
    document = copy.deepcopy(json.loads(bundled()))
    spoil(document)
    with pytest.raises(ChecklistRefused) as refused:
        read(json.dumps(document).encode())
    assert refused.value.reason == reason
    assert where in refused.value.where


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"{", "unreadable"), (b"[]", "unreadable"), (b"\xff", "unreadable"), (b" " * (MOST_BYTES + 1), "too_large")],
)
def test_what_is_no_document_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ChecklistRefused) as refused:
        read(content)
    assert refused.value.reason == reason


def test_what_a_later_version_adds_is_left_out() -> None:
    document = json.loads(bundled())
    document["items"][0]["weight"] = 3
    document["items"][1]["prefill"] = "a_later_rule"
    assert isinstance(read(json.dumps(document).encode()), Document)


def test_a_list_by_the_day_of_production_holds_where_that_day_is_known() -> None:
    document = json.loads(bundled())
    for each in document["lists"]:
        each["chosen_by"] = "production_day"
    found = read(json.dumps(document).encode())

    def law(produced: date | None) -> tuple[str, date] | None:
        chosen = choose(found, "ruou", date(2026, 11, 28), produced)
        return (chosen.law.id, chosen.day) if chosen else None

    assert law(date(2025, 6, 1)) == ("ND43/2017+111/2021", date(2025, 6, 1))
    assert law(date(2026, 6, 1)) == ("ND37/2026", date(2026, 6, 1))
    assert law(None) == ("ND37/2026", date(2026, 11, 28))
    assert law(date(2020, 1, 1)) is None
    assert choose(OWN, "ruou", date(2026, 11, 28), date(2025, 6, 1)) == choose(OWN, "ruou", date(2026, 11, 28))

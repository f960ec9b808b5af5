"""Which packs before a camera are taken by themselves, one after another."""

from __future__ import annotations

from collections.abc import Sequence

from services.camera.choice import PATIENCE, SETTLE, Code
from services.camera.continuous import GONE_FRAMES, Arrival, Continuous
from services.decoding.tracker import QUIET

A, A_QR, B, C = ("a", "EAN-13"), ("a/lot", "QR Code"), ("b", "EAN-13"), ("c", "EAN-13")
PAGE = ("*page", "QR Code")


def by_letter(codes: Sequence[Code]) -> list[list[Code]]:
    """Codes of one letter are on one pack; a page goes along with a single pack."""
    letters = dict.fromkeys(text[0] for text, _kind in codes if text[0] != "*")
    pages = [code for code in codes if code[0][0] == "*"]
    groups = [[code for code in codes if code[0][0] == letter] for letter in letters]
    if len(groups) == 1 or not groups:
        return [[*(groups[0] if groups else []), *pages]]
    return groups + [[page] for page in pages]


def names_product(code: Code) -> bool:
    return not code[0].startswith("*")


def begun() -> Continuous:
    return Continuous(by_letter, names_product)


def test_a_pack_is_taken_once_while_it_stays_in_view() -> None:
    packs = begun()
    assert packs.see([A], 0.0) == [Arrival((A,))]
    for frame in range(1, 200):
        assert packs.see([A] if frame % 20 else [], frame / 10) == [], "some frames miss it"


def test_a_pack_that_was_away_for_the_quiet_time_is_taken_again() -> None:
    packs = begun()
    packs.see([A], 0.0)
    for frame in range(1, 30):
        packs.see([], frame * QUIET / 30)
    assert packs.see([A], QUIET) == []
    for frame in range(1, 30):
        packs.see([], QUIET + frame * QUIET / 30)
    packs.see([], 2 * QUIET + 0.01)
    assert packs.see([A], 2 * QUIET + 0.02) == [Arrival((A,))]


def test_where_frames_come_slowly_a_pack_is_not_gone_between_two_of_them() -> None:
    packs = begun()
    packs.see([A], 0.0)
    assert packs.see([A], 2 * QUIET) == []
    for frame in range(1, GONE_FRAMES):
        packs.see([], (2 + frame) * QUIET)
    assert packs.see([A], (2 + GONE_FRAMES) * QUIET) == [], "one frame too few has missed it"
    for frame in range(1, GONE_FRAMES + 1):
        packs.see([], 20 * QUIET + frame)
    assert packs.see([A], 30 * QUIET) == [Arrival((A,))]


def test_several_packs_in_view_are_all_taken() -> None:
    packs = begun()
    assert packs.see([A, B], 0.0) == [Arrival((A,)), Arrival((B,))]
    assert packs.see([A, B, C], 0.1) == [Arrival((C,))]


def test_two_codes_of_one_pack_are_one_arrival() -> None:
    packs = begun()
    assert packs.see([A, A_QR], 0.0) == [Arrival((A, A_QR))]
    assert packs.see([A_QR], 0.1) == []


def test_a_pack_waits_a_moment_for_a_code_that_is_seen_and_not_read_yet() -> None:
    packs = begun()
    assert packs.see([A], 0.0, unread=True) == []
    assert packs.see([A, A_QR], 0.1) == [Arrival((A, A_QR))]
    packs = begun()
    for frame in range(3):
        assert packs.see([B], frame * SETTLE / 4, unread=True) == []
    assert packs.see([B], SETTLE + 0.1, unread=True) == [Arrival((B,))], "and not for ever"


def test_a_code_read_later_belongs_to_the_pack_that_was_taken() -> None:
    packs = begun()
    packs.see([A], 0.0)
    assert packs.see([A, A_QR], 1.0) == [Arrival((A, A_QR), known=(A,))]
    assert packs.see([A, A_QR], 1.1) == []


def test_a_page_goes_along_with_the_only_pack_in_view() -> None:
    packs = begun()
    assert packs.see([PAGE, A], 0.0) == [Arrival((A, PAGE))]
    packs = begun()
    assert packs.see([PAGE], 0.0) == []
    assert packs.see([PAGE, A], 0.1) == [Arrival((A, PAGE))], "its number was read a frame later"


def test_a_page_beside_several_packs_is_nobodys() -> None:
    packs = begun()
    taken = [arrival for frame in range(40) for arrival in packs.see([A, B, PAGE], frame / 10)]
    assert taken == [Arrival((A,)), Arrival((B,))]


def test_a_page_alone_waits_for_a_number_as_long_as_something_is_unread() -> None:
    packs = begun()
    due = [frame for frame in range(40) if packs.see([PAGE], frame / 10, unread=True)]
    assert due == [round(PATIENCE * 10)]
    packs = begun()
    due = [frame for frame in range(40) if packs.see([PAGE], frame / 10)]
    assert due == [round(SETTLE * 10)]

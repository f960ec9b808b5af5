"""When the codes in view lead to a verdict by themselves, and when the person chooses between packs."""

from __future__ import annotations

from collections.abc import Sequence

from services.camera.choice import GONE_FRAMES, PATIENCE, SETTLE, SETTLE_FRAMES, Chooser, Code, Handled
from services.decoding.tracker import QUIET

A, A_LINK, B, C = ("a", "EAN-13"), ("a/link", "QR Code"), ("b", "EAN-13"), ("c", "EAN-13")
LOT, OTHER_LOT = ("a/lot", "Code 39"), ("b/lot", "Code 39")


def by_letter(codes: Sequence[Code]) -> list[list[Code]]:
    letters = dict.fromkeys(code[0][0] for code in codes)
    return [[code for code in codes if code[0][0] == letter] for letter in letters]


def names_product(code: Code) -> bool:
    return code not in (LOT, OTHER_LOT)


def see(
    chooser: Chooser,
    seen: Sequence[Code],
    new: Sequence[Code] = (),
    at: float = 0.0,
    *,
    more: bool = False,
    unread: bool = False,
) -> list[Code]:
    return chooser.see(seen, new, at, awaits_another=more, unread=unread)


def numbers(chooser: Chooser) -> dict[int, tuple[Code, ...]]:
    return {pack.number: pack.codes for pack in chooser.several}


def test_the_codes_of_one_pack_are_due_at_once() -> None:
    chooser = Chooser(by_letter, names_product)
    assert see(chooser, [A]) == []
    assert see(chooser, [A], [A]) == [A]
    assert see(chooser, [A, A_LINK], [A_LINK]) == [A_LINK]
    assert see(chooser, [A, A_LINK]) == []
    assert see(Chooser(by_letter, names_product), [A, A_LINK], [A_LINK, A]) == [A_LINK, A]
    assert see(Chooser(by_letter, names_product), [], [A]) == [A], "also where another outline hides it"


def test_between_several_packs_the_person_chooses() -> None:
    chooser = Chooser(by_letter, names_product)
    assert see(chooser, [A, B, A_LINK], [A, B, A_LINK]) == []
    assert numbers(chooser) == {1: (A, A_LINK), 2: (B,)}
    assert chooser.pack(A_LINK) == (A_LINK, A)
    assert see(chooser, [A, B], [], QUIET + 1) == []


def test_packs_keep_their_numbers_while_others_come_and_go() -> None:
    chooser = Chooser(by_letter, names_product)
    see(chooser, [B, A], [B, A])
    see(chooser, [A_LINK, C], [C], 1.0)
    assert numbers(chooser) == {1: (B,), 2: (A, A_LINK), 3: (C,)}
    see(chooser, [A_LINK, C], [], 1.0 + QUIET)
    assert numbers(chooser) == {2: (A_LINK,), 3: (C,)}
    see(chooser, [B, A, C], [], 1.5 + QUIET)
    assert numbers(chooser) == {1: (B,), 2: (A_LINK, A), 3: (C,)}


def test_the_pack_that_is_left_leads_to_its_verdict_once_the_others_are_out_of_sight() -> None:
    chooser = Chooser(by_letter, names_product)
    see(chooser, [A, B], [A, B])
    assert see(chooser, [A], [], QUIET - 0.1) == []
    assert see(chooser, [A], [], QUIET + 0.1) == [A]
    assert chooser.several == ()
    assert see(chooser, [A], [], QUIET + 0.2) == []


def test_the_first_code_read_waits_a_moment_for_those_of_other_packs() -> None:
    chooser = Chooser(by_letter, names_product)
    for frame in range(SETTLE_FRAMES):
        assert see(chooser, [A], [A] if frame == 0 else [], frame * SETTLE, more=True) == []
    assert see(chooser, [A], [], SETTLE_FRAMES * SETTLE, more=True) == [A]
    quick = Chooser(by_letter, names_product)
    see(quick, [A], [A], more=True)
    assert see(quick, [A], [], 0.1) == [A], "what was seen beside it is there no more"
    read = Chooser(by_letter, names_product)
    see(read, [A], [A], more=True)
    assert see(read, [A, B], [B], 0.1) == []
    assert numbers(read) == {1: (A,), 2: (B,)}


def test_of_two_packs_that_frames_show_in_turn_the_person_chooses() -> None:
    chooser = Chooser(by_letter, names_product)
    assert see(chooser, [A], [], 0.0) == []  # its verdict has been shown
    assert see(chooser, [B], [B], 0.2) == [], "it may be beside the other"
    assert numbers(chooser) == {}
    assert see(chooser, [A], [], 0.4) == []
    assert numbers(chooser) == {1: (A,), 2: (B,)}


def test_a_pack_that_takes_anothers_place_leads_to_its_verdict_after_a_moment() -> None:
    chooser = Chooser(by_letter, names_product)
    see(chooser, [A], [], 0.0)
    times = [0.1 + SETTLE * frame / SETTLE_FRAMES for frame in range(SETTLE_FRAMES + 1)]
    due = [see(chooser, [B], [B] if frame == 0 else [], at) for frame, at in enumerate(times)]
    assert due == [[]] * SETTLE_FRAMES + [[B]]
    assert see(Chooser(by_letter, names_product), [B], [B], QUIET) == [B]
    much_later = Chooser(by_letter, names_product)
    see(much_later, [A], [], 0.0)
    assert see(much_later, [B], [B], QUIET + 0.1) == [B]


def test_a_code_that_names_no_product_waits_a_moment_for_the_packs_number() -> None:
    chooser = Chooser(by_letter, names_product)
    assert see(chooser, [LOT], [LOT], 0.0) == []
    assert see(chooser, [LOT, A], [A], 0.2) == [LOT, A]
    alone = Chooser(by_letter, names_product)
    times = [SETTLE * frame / SETTLE_FRAMES for frame in range(SETTLE_FRAMES + 1)]
    due = [see(alone, [LOT], [LOT] if frame == 0 else [], at) for frame, at in enumerate(times)]
    assert due == [[]] * SETTLE_FRAMES + [[LOT]], "there is no number"


def test_a_code_that_names_no_product_waits_longer_for_what_is_not_read_yet_but_not_for_ever() -> None:
    chooser = Chooser(by_letter, names_product)
    times = [frame * 0.2 for frame in range(10)]
    assert all(see(chooser, [LOT], [LOT] if at == 0 else [], at, unread=True) == [] for at in times)
    assert see(chooser, [LOT], [], PATIENCE, unread=True) == [LOT]
    read = Chooser(by_letter, names_product)
    assert all(see(read, [LOT], [LOT] if at == 0 else [], at, unread=True) == [] for at in times)
    assert see(read, [LOT, A], [A], 1.9) == [LOT, A]


def test_between_codes_that_name_no_product_there_is_no_choice_before_they_have_waited() -> None:
    chooser = Chooser(by_letter, names_product)
    assert see(chooser, [LOT, OTHER_LOT], [LOT, OTHER_LOT], 0.0) == []
    assert numbers(chooser) == {}
    for at in (0.3, 0.6, 0.9):
        assert see(chooser, [LOT, OTHER_LOT], [], at) == []
    assert numbers(chooser) == {1: (LOT,), 2: (OTHER_LOT,)}


# Packs that were recorded


def recorded(*codes: Code) -> Handled:
    handled = Handled()
    handled.add(codes)
    return handled


def between(chooser: Chooser, at: float, frames: int = GONE_FRAMES) -> None:
    """Frames without a code, after which the pack seen before is in view no more."""
    for n in range(frames):
        assert see(chooser, [], [], at + n / 100) == []


def test_a_recorded_pack_is_left_alone_until_it_has_left_the_view() -> None:
    chooser = Chooser(by_letter, names_product, recorded(A_LINK))
    assert see(chooser, [A_LINK], [A_LINK], 10.0) == []
    assert chooser.left_alone == (A_LINK,)
    assert chooser.pack(A_LINK) == (A_LINK,), "it can be tapped"
    assert see(chooser, [A], [A], 10.0 + QUIET) == [], "nor does its other code lead there"
    between(chooser, 10.5 + QUIET)
    assert see(chooser, [A_LINK], [A_LINK], 10.0 + 2 * QUIET) == [], "it was away for a moment only"
    between(chooser, 10.5 + 2 * QUIET)
    assert see(chooser, [A], [A], 10.1 + 3 * QUIET) == [A]
    assert chooser.left_alone == ()


def test_a_slow_device_that_misses_a_recorded_pack_in_some_frames_leaves_it_alone_all_the_same() -> None:
    chooser = Chooser(by_letter, names_product, recorded(A))
    for n in range(GONE_FRAMES - 1):
        assert see(chooser, [], [], 1.0 * n) == []
    assert see(chooser, [A], [A], 1.0 * GONE_FRAMES) == []
    assert chooser.left_alone == (A,)


def test_another_pack_is_judged_where_the_recorded_one_has_gone() -> None:
    chooser = Chooser(by_letter, names_product, recorded(A))
    assert see(chooser, [A], [A]) == []
    between(chooser, 0.5)
    assert see(chooser, [B], [B], 1.0) == [B]
    assert chooser.left_alone == ()


def test_beside_a_recorded_pack_the_person_chooses_and_what_is_left_is_still_left_alone() -> None:
    chooser = Chooser(by_letter, names_product, recorded(A))
    assert see(chooser, [A, B], [A, B]) == []
    assert numbers(chooser) == {1: (A,), 2: (B,)}
    assert chooser.left_alone == (A,)
    for n in range(1, 9):
        assert see(chooser, [A], [], n / 2) == []
    assert chooser.several == ()


def test_time_without_a_camera_is_not_time_out_of_view() -> None:
    handled = recorded(A)
    assert see(Chooser(by_letter, names_product, handled), [A], [A], 10.0) == []
    assert see(Chooser(by_letter, names_product, handled), [A], [A], 900.0) == [], "the camera was closed meanwhile"


def test_several_recorded_packs_are_left_alone_each_by_itself() -> None:
    handled = recorded(A)
    handled.add([B])
    chooser = Chooser(by_letter, names_product, handled)
    assert see(chooser, [B], [B], 0.0) == []
    between(chooser, 1.0)
    assert see(chooser, [B], [], QUIET + 0.1) == []
    between(chooser, QUIET + 0.5)
    assert see(chooser, [A], [A], QUIET + 1.0) == [A], "this one has not been seen since"
    handled.take_back([B])
    between(chooser, QUIET + 1.5)
    assert see(chooser, [B], [B], QUIET + 2.0) == [B]


def test_what_names_no_product_is_told_again_by_its_text_alone() -> None:
    chooser = Chooser(by_letter, names_product, recorded(LOT))
    assert see(chooser, [A], [A]) == [A]
    alone = Chooser(by_letter, names_product, recorded(LOT))
    for n in range(5):
        assert see(alone, [LOT], [LOT] if n == 0 else [], n * SETTLE) == []

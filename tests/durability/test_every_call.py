"""Each system call of each save, in turn, kills the process or fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.durability.every_call import apart, fail_at_every_call, kill_at_every_call
from tests.durability.traced import NO_LINKS

pytestmark = pytest.mark.usefixtures("strace")


@pytest.mark.parametrize(
    ("options", "only"), [((), None), (NO_LINKS, {"rename", "fsync"})], ids=["hard links", "no hard links"]
)
def test_killed_at_every_call_nothing_confirmed_is_lost(
    tmp_path: Path, data: Path, options: tuple[str, ...], only: set[str] | None
) -> None:
    kills, wrong = apart(kill_at_every_call, tmp_path, data, options, only)
    print(f"{kills} kills, {len(wrong)} of them lost something")
    assert not wrong, f"{len(wrong)} of {kills} kills: " + "\n".join(wrong[:10])
    assert kills > 80


def test_an_error_at_every_call_leaves_the_state_before_it(tmp_path: Path, data: Path) -> None:
    errors, refused, wrong = apart(fail_at_every_call, tmp_path, data)
    print(f"{errors} errors, {refused} refused a save, {len(wrong)} changed something else")
    assert not wrong, f"{len(wrong)} of {errors} errors: " + "\n".join(wrong[:10])
    assert refused > 100

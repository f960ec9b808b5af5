from __future__ import annotations

from pathlib import Path

from tests.durability.random_kills import kill_at_random

SEED = 2026
# `python -m tests.durability.random_kills` does the same with 1,000 kills, in half a minute.
KILLS = 250


def test_kills_at_random_moments_lose_nothing_that_was_confirmed(data: Path) -> None:
    data.mkdir()
    counts = kill_at_random(KILLS, SEED, data)
    print(f"seed {SEED}: {counts}")
    assert counts.confirmed > KILLS
    assert counts.inside > KILLS / 5
    assert not counts.unreadable, f"{counts}\n" + "\n".join(counts.unreadable[:5])
    assert not counts.lost, f"{counts}\n" + "\n".join(counts.lost[:5])
    assert counts.recovered == 0, counts

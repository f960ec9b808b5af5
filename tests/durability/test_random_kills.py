from __future__ import annotations

from pathlib import Path

from tests.durability.random_kills import kill_at_random

SEED = 2026


def test_a_thousand_kills_lose_nothing_that_was_confirmed(data: Path) -> None:
    data.mkdir()
    counts = kill_at_random(1000, SEED, data)
    print(f"seed {SEED}: {counts}")
    assert counts.confirmed > 1000
    assert counts.inside > 200
    assert not counts.unreadable, f"{counts}\n" + "\n".join(counts.unreadable[:5])
    assert not counts.lost, f"{counts}\n" + "\n".join(counts.lost[:5])
    assert counts.recovered == 0, counts

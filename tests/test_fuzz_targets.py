"""The fuzzer's targets take their seeds and a few changed ones; benchmarks/fuzz.py runs them for longer."""

from __future__ import annotations

import json
import random

import pytest

from benchmarks.fuzzing import app, device
from benchmarks.fuzzing.made import Given, changed, deepened

TARGETS = {**app.TARGETS, **device.TARGETS}
# Others fuzz pictures: tests/services/decoding/test_fuzz.py. An app or a whole checklist each time takes seconds.
QUICK = sorted(set(TARGETS) - {"artwork", "pictures", "screens", "checklists"})


@pytest.mark.parametrize("name", QUICK)
def test_a_parser_gives_nothing_but_its_own_answers(name: str) -> None:
    target, chance = TARGETS[name](), random.Random(name)
    for seed in target.seeds[:4]:
        target.run(seed)
        for _ in range(6):
            at, taken = chance.randrange(len(seed) + 1), chance.randrange(6)
            target.run(seed[:at] + chance.randbytes(chance.randrange(6)) + seed[at + taken :])


def test_a_document_is_changed_in_a_few_places_and_the_first_stays() -> None:
    document = {"a": [1, {"b": "ễ"}], "c": None}
    chance = random.Random(1)
    made = [changed(document, Given(chance.randbytes(60))) for _ in range(60)]
    assert document == {"a": [1, {"b": "ễ"}], "c": None}
    assert sum(one != document for one in made) > 50
    assert len({repr(one)[:300] for one in made}) > 40


def test_lists_nested_too_deeply_for_python_are_part_of_a_document() -> None:
    chance = random.Random(2)
    made = [deepened(changed({"a": "b"}, Given(chance.randbytes(9)))) for _ in range(1500)]
    deep = [content for content in made if b"[" * 1500 in content]
    assert deep
    for content in deep:
        with pytest.raises(RecursionError):
            json.loads(content)

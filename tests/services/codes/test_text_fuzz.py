"""Some of the texts of benchmarks/text_fuzz.py, through all that reads a code's text: only CodeError."""

import random

from benchmarks.text_fuzz import GRAMMARS, fuzzed, timed, ways


def test_no_text_raises_anything_but_code_error() -> None:
    raised, grammars, outcomes = [], set(), set()
    for number in range(1500):
        text, grammar = fuzzed(2, number)
        grammars.add(grammar)
        for way, call in ways(text, random.Random(number)):
            _seconds, outcome = timed(call)
            outcomes.add((way, outcome))
            if outcome.startswith("!"):
                raised.append((number, way, outcome))
    assert raised == []
    assert grammars == {grammar.__name__ for grammar in GRAMMARS}
    assert {
        ("gs1_elements", "read"),
        ("gs1_elements", "refused"),
        ("read_link", "read"),
        ("the whole way", "read"),
    } <= outcomes

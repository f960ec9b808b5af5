"""Texts that chance has made or changed, through everything that reads a code's text: only CodeError, and quickly."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import measured_on, table  # noqa: E402
from services.codes import CodeError, TraceLink, check_digit, gs1_elements, parse  # noqa: E402
from services.codes.application_identifiers import KEYS, find  # noqa: E402
from services.links import read_link  # noqa: E402
from services.register.statements import check_statement, statement_in  # noqa: E402
from services.verification import Pack, RegisterCopy, verify  # noqa: E402

LONGEST = 8_000
"""Characters; more than any symbol of services.decoding holds (a QR code: 7,089 digits)."""
SLOW = 0.005
"""Seconds that no text may take on any way."""
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
KNOWN = frozenset({"check.example.vn", "truyxuat.example", "ocop.quangninh.gov.vn"})
BATCH = 20_000
GS = "\x1d"

_NUMBERS = [f"{number:0{width}}" for width in (2, 3, 4) for number in range(10**width)]
_AIS = [ai for ai in _NUMBERS if (known := find(ai)) and known.ai == ai]
_SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz"
_STRANGE = "\x00\x1d\x1e\t\n\r \u00a0\u200b\u202e\ufeff\ud800٣９²đĐữ́ﬁ😀（）／：．#?&=%[]{}()\\^~|<>\"'`"
_PIECES = (
    "01", "/01/", "//", "?", "&", "=", "#", "%", "%2F", "%00", "%C3%A8", "@", ":", ":99999", "..", "xn--", "xn--a",
    "[::1]", "[", "https://", "HTTP://", "javascript:", "]C1", "]d2", "]Q3", "(01)", "(", ")", GS, "statement=", "eyJ",
    "utm_source=a", ".",
    "/../", "/./", "localhost", "bit.ly", "192.0.2.1", "0x7f.1", "co.uk", "\x00", "+", ";", "17", "10", "3103", "8200",
)  # fmt: skip
_HOSTS = (
    "check.example.vn", "truyxuat.example", "check-example.vn", "TRUYXUẤT.example", "192.0.2.1", "[::1]", "bit.ly",
    "a.b.c.co.uk", "xn--80ak6aa92e.com", "localhost", "chесk.example.vn",
)  # fmt: skip
_UNITS: tuple[str, ...] = (
    *_PIECES, *_STRANGE, "/10/A", "/01/1", "&99=1", "&a", "a&", "(10)", "(10)A", "10A" + GS, "%25", "1 ", "-.", "a.",
    "a@", "a-", "www.", "/1/1/1",
)  # fmt: skip
_BEGINNINGS = (
    "", "https://a.example/01/09521234567899", "https://a.example/", "https://", GS, "]C1", "(01)", "0109521234567899",
    "https://a.example/x?", "https://a.example/01/09521234567899?",
)  # fmt: skip


def check(text: str, *, gs1: bool, upc_e: bool) -> None:
    """The whole way of services.check on a device that holds nothing, without its files."""
    code = parse(text, gs1=gs1, upc_e=upc_e)
    address = code.text if isinstance(code, TraceLink) else getattr(code, "link", None)
    link, statement = None, None
    if address is not None:
        try:
            link = read_link(address, KNOWN)
        except CodeError:
            link = None
        token = statement_in(address)
        statement = check_statement(token, ()) if token else None
    verify(code, None, RegisterCopy(NOW, complete=True), NOW, Pack(link=link, statement=statement))


def ways(text: str, chance: random.Random) -> Iterator[tuple[str, Callable[[], object]]]:
    """What a text is put through. Only CodeError may come of it."""
    gs1, upc_e = chance.random() < 0.3, chance.random() < 0.2
    yield "parse", lambda: parse(text, gs1=gs1, upc_e=upc_e)
    yield "gs1_elements", lambda: gs1_elements(text)
    yield "read_link", lambda: read_link(text, KNOWN)
    yield "the whole way", lambda: check(text, gs1=gs1, upc_e=upc_e)


# --- the texts


def number(chance: random.Random) -> str:
    """A GTIN of any length; one of five has a wrong check digit."""
    begin = chance.choice(("", "", "952", "893", "978", "977", "20", "05", "99"))
    length = chance.choice((7, 11, 12, 12, 12, 13))
    payload = (begin + "".join(chance.choices("0123456789", k=13)))[:length]
    return payload + str((check_digit(payload) + (chance.random() < 0.2)) % 10)


def value(ai: str, chance: random.Random) -> str:
    """A value for an identifier, of right length and characters as a rule."""
    known = find(ai)
    assert known is not None
    text = ""
    for component in known.components:
        if component.optional and chance.random() < 0.5:
            break
        letters = "0123456789" if component.kind == "N" else _SET_82
        text += "".join(chance.choices(letters, k=chance.randint(component.least, component.most)))
    if ai in ("01", "02", "03"):
        text = number(chance).zfill(14)[-14:]
    if known.ai in ("11", "12", "13", "15", "16", "17", "7003", "7006", "8008"):
        text = f"{chance.randint(0, 99):02}{chance.randint(1, 12):02}{chance.randint(0, 28):02}" + text[6:]
    return text


def element_string(chance: random.Random) -> str:
    """GTIN first as a rule, then up to eight identifiers."""
    text = chance.choice(("", GS, "]C1", "]d2", "]Q3", "]e0")) + "01" + value("01", chance)
    for _ in range(chance.randint(0, 8)):
        ai = chance.choice(_AIS)
        text += ai + value(ai, chance) + GS * (chance.random() < 0.8)
    return text


def bracketed(chance: random.Random) -> str:
    """As people write it."""
    ais = ["01", *chance.choices(_AIS, k=chance.randint(0, 5))]
    return chance.choice(("", " ")).join(f"({ai}){value(ai, chance)}" for ai in ais)


def digital_link(chance: random.Random) -> str:
    """A key with qualifiers, right or wrong, and attributes."""
    key = chance.choice(("01", "01", "01", *KEYS))
    qualifiers = chance.choice([*KEYS[key], ()])
    path = [key, *(q for q in qualifiers if chance.random() < 0.7), *chance.choices(_AIS, k=chance.random() < 0.1)]
    query = chance.choices(_AIS, k=chance.randint(0, 4))
    text = trace_link(chance, "") + "".join(f"/{ai}/{quote(value(ai, chance), safe='')}" for ai in path)
    return text + "?" * bool(query) + "&".join(f"{ai}={quote(value(ai, chance), safe='')}" for ai in query)


def trace_link(chance: random.Random, path: str | None = None) -> str:
    """An address of a trace platform."""
    host = chance.choice(_HOSTS)
    user = chance.choice(("", "", "", "u@", "check.example.vn:80@"))
    text = f"{chance.choice(('https', 'http', 'HTTPS'))}://{user}{host}{chance.choice(('', '', ':8443', ':'))}"
    if path is not None:
        return text + path
    return (
        text
        + "/"
        + "/".join(chance.choices(_PIECES, k=chance.randint(0, 5)))
        + "?utm_source=x&id=1" * (chance.random() < 0.3)
    )


def statement(chance: random.Random) -> str:
    """An address with something like a signed statement in it."""
    part = "".join(chance.choices("ABCeyJ0-_", k=chance.randint(0, 200)))
    return f"https://ocop.example/01/09521234567899?statement=eyJhbGciOiJFZERTQSJ9.{part}.{part[:86]}"


def characters(chance: random.Random) -> str:
    """Any characters of Unicode, or bytes read as Latin-1."""
    if chance.random() < 0.5:
        return chance.randbytes(chance.randint(0, 200)).decode("latin-1")
    return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randint(0, 100)))


def long(chance: random.Random) -> str:
    """Something short, over and over: what a slow regular expression or a loop in a loop fears."""
    unit = chance.choice((*_UNITS, str(chance.randrange(1000))))
    text: str = chance.choice(_BEGINNINGS) + unit * (chance.randint(1, LONGEST) // len(unit))
    return text + chance.choice(("", "x", "\x00", "!", "/", "?"))


GRAMMARS: tuple[Callable[[random.Random], str], ...] = (
    number, element_string, bracketed, digital_link, trace_link, statement, characters, long,
)  # fmt: skip


def changed(text: str, chance: random.Random) -> str:
    """The text after up to four accidents."""
    for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
        here = chance.randint(0, len(text))
        there = min(len(text), here + chance.choice((0, 1, 1, 2, 5, 20)))
        part = text[here:there]
        strange, piece, letter = chance.choice(_STRANGE), chance.choice(_PIECES), chr(chance.randrange(0x3000))
        what = chance.choice((strange, piece, piece, letter, "", part * 2, part.swapcase(), part[::-1]))
        text = text[:here] + what + text[there:]
    return text


def fuzzed(seed: int, number_: int) -> tuple[str, str]:
    """The text of that number, and the grammar that it is from."""
    chance = random.Random(f"{seed} {number_}")  # of a text, so that no two numbers are neighbours
    grammar = chance.choices(GRAMMARS, weights=(6, 20, 8, 20, 20, 6, 16, 4))[0]
    return changed(grammar(chance), chance)[:LONGEST], grammar.__name__


# --- running


@dataclass
class Told:
    """What came of some texts."""

    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    slowest: dict[str, tuple[float, int]] = field(default_factory=lambda: defaultdict(lambda: (0.0, -1)))
    again: int = 0
    bad: list[str] = field(default_factory=list)


def timed(call: Callable[[], object]) -> tuple[float, str]:
    """Seconds, and what came of it: `read`, `refused`, or an exception that should not be, which begins with `!`."""
    start = time.perf_counter()
    try:
        call()
        outcome = "read"
    except CodeError:
        outcome = "refused"
    except Exception as error:  # whatever it is, it is what is looked for
        outcome = f"!{type(error).__name__}: {error}"[:200]
    return time.perf_counter() - start, outcome


def run(seed: int, first: int, last: int) -> Told:
    """Put the texts of these numbers through every way."""
    told = Told()
    for _warm in range(3):
        for _way, call in ways(fuzzed(seed, 0)[0], random.Random(0)):
            timed(call)
    for number_ in range(first, last):
        text, grammar = fuzzed(seed, number_)
        for way, call in ways(text, random.Random(number_)):
            seconds, outcome = timed(call)
            if seconds > SLOW:  # another process may have had the processor: the best of four counts
                told.again += 1
                seconds = min(seconds, *(timed(call)[0] for _ in range(3)))
                if seconds > SLOW:
                    told.bad.append(
                        f"SLOW    {number_} ({grammar}), {way}: {seconds * 1000:.1f} ms, {len(text)} characters"
                    )
            if outcome.startswith("!"):
                told.bad.append(f"RAISED  {number_} ({grammar}), {way}: {outcome[1:]}")
            told.outcomes[way]["texts"] += 1
            told.outcomes[way]["raised" if outcome.startswith("!") else outcome] += 1
            told.slowest[way] = max(told.slowest[way], (seconds, number_))
    told.outcomes = dict(told.outcomes)
    told.slowest = dict(told.slowest)
    return told


def main() -> int:
    """Run, print the table and what is bad; 1 where anything is."""
    parser = argparse.ArgumentParser(
        description="Puts texts that chance has made or changed through all that reads them."
    )
    parser.add_argument("--count", type=int, default=1_000_000, help="texts")
    parser.add_argument("--first", type=int, default=0, help="the number of the first text")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time; 1 for times")
    parser.add_argument("--only", type=int, help="show this text and what comes of it")
    options = parser.parse_args()
    if options.only is not None:
        text, grammar = fuzzed(options.seed, options.only)
        print(grammar, repr(text))
        for way, call in ways(text, random.Random(options.only)):
            print(f"{way}: {timed(call)}")
        return 0
    start, told = time.monotonic(), Told()
    end = options.first + options.count
    firsts = range(options.first, end, BATCH)
    with ProcessPoolExecutor(options.jobs) as pool:
        lasts = [min(first + BATCH, end) for first in firsts]
        for part in pool.map(run, [options.seed] * len(firsts), firsts, lasts):
            for way, counts in part.outcomes.items():
                told.outcomes[way].update(counts)
                told.slowest[way] = max(told.slowest[way], part.slowest[way])
            told.again += part.again
            told.bad += part.bad
    rows = [
        (way, *(f"{counts[column]:,}" for column in ("texts", "read", "refused", "raised")),
         f"{told.slowest[way][0] * 1000:.2f}", str(told.slowest[way][1]))
        for way, counts in told.outcomes.items()
    ]  # fmt: skip
    print(table(("way", "texts", "read", "refused", "raised", "slowest, ms", "its number"), rows))
    print(*told.bad, sep="\n")
    minutes = (time.monotonic() - start) / 60
    print(
        f"{options.count:,} texts of up to {LONGEST:,} characters from {options.first}, seed {options.seed}, "
        f"{minutes:.1f} minutes, {len(told.bad)} bad; {told.again} calls took more than {SLOW * 1000:.0f} ms "
        f"and were measured three times more, of which the best counts. {measured_on()}"
    )
    return int(bool(told.bad))


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python
"""What a verdict costs: a statement's signature, the verdict itself, and the whole way from a code's text to it.

    .venv/bin/python benchmarks/verdict.py [--products 393] [--rounds 20]

Beside the bare parts that such a check cannot do without, in one run. benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.api_jws import PyJWS

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import measured_on, median, table  # noqa: E402
from benchmarks.rivals import REGISTER, documents  # noqa: E402 - of this project, not installed
from services.links import read_link  # noqa: E402
from services.register.catalogue import Catalogue  # noqa: E402
from services.register.statements import IssuerKey, check_statement, statement_in  # noqa: E402
from services.verification import Pack, RegisterCopy, verify  # noqa: E402
from services.verification.check import CheckedCode, check  # noqa: E402

Row = tuple[str, str, str, str]  # what, median, 99 % within, goal

HOST = "ocop.example"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
YEARS = 10  # of keys, one a year, of which the last is in use
SIGNATURE_GOAL, VERDICT_GOAL = 0.002, 0.0002  # seconds


@dataclass(frozen=True)
class Label:
    """What stands on a product: its barcode's digits, its Digital Link, and the signed statement."""

    digits: str
    link: str
    token: str

    @property
    def address(self) -> str:
        """The Digital Link with the signed statement."""
        return f"{self.link}?statement={self.token}"


class Issuer:
    """The keys of so many years, and statements signed with the last."""

    def __init__(self) -> None:
        self._signers = [Ed25519PrivateKey.generate() for _ in range(YEARS)]
        self.kid = f"{NOW.year}-1"
        self.public_key = self._signers[-1].public_key()
        self.documents = [self._document(n) for n in range(YEARS)]
        self.keys = tuple(map(IssuerKey.from_json, self.documents))

    def _document(self, n: int) -> dict[str, Any]:
        year = NOW.year - YEARS + 1 + n
        public_key = self._signers[n].public_key().public_bytes_raw()
        return {
            "kid": f"{year}-1",
            "public_key": base64.urlsafe_b64encode(public_key).rstrip(b"=").decode(),
            "issuer": "UBND tỉnh Quảng Ninh",
            "valid_from": f"{year}-01-01T00:00:00Z",
            "valid_to": f"{year + 1}-01-01T00:00:00Z" if n + 1 < YEARS else None,
            "revoked_at": None,
            "revoked_reason": None,
        }

    def sign(self, product: dict[str, Any]) -> str:
        """STATEMENT of docs/api.md on the product's newest certificate."""
        certificate = product["certificates"][0]
        statement = {
            "jti": f"{random.Random(product['gtin']).getrandbits(128):032x}",
            "iss": "UBND tỉnh Quảng Ninh",
            "iat": int((NOW - timedelta(days=2)).timestamp()),
            "gtin": product["gtin"],
            "cert": certificate["number"],
            "stars": certificate["stars"],
            "from": certificate["valid_from"],
            "to": certificate["valid_to"],
        }
        text = json.dumps(statement, ensure_ascii=False, separators=(",", ":")).encode()
        return PyJWS().encode(text, self._signers[-1], "EdDSA", {"kid": self.kid, "typ": None})


def timed(call: Callable[[], object]) -> float:
    """Seconds of one call."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def percentile_99(values: Sequence[float]) -> float:
    """The value that 99 of 100 do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[-1] if len(values) > 1 else median(values)


def rows(calls: dict[str, list[float]], goals: dict[str, float]) -> Iterator[Row]:
    """Microseconds, and whether 99 of 100 calls keep to the goal."""
    for name, seconds in calls.items():
        most = percentile_99(seconds)
        met = f"under {goals[name] * 1e3:g} ms: {'met' if most < goals[name] else 'NOT met'}" if name in goals else ""
        yield (name, f"{median(seconds) * 1e6:,.1f} µs", f"{most * 1e6:,.1f} µs", met)


def measure(
    rounds: int, labels: Sequence[Label], calls: dict[str, Callable[[Label], object]]
) -> dict[str, list[float]]:
    """Seconds of each call with each product, in turn, so that what else the machine does touches all."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for label in labels:
            for name, call in calls.items():
                found[name].append(timed(lambda call=call, label=label: call(label)))  # type: ignore[misc]
    return found


def signature_rows(issuer: Issuer, labels: Sequence[Label], rounds: int) -> Iterator[Row]:
    """A statement's check, and what others take for less."""
    parts = {label.token: label.token.rpartition(".") for label in labels}
    bare = {
        token: (base64.urlsafe_b64decode(signature + "=="), content.encode())
        for token, (content, _dot, signature) in parts.items()
    }
    whole, jws = "signature: the whole check of a statement", PyJWS()
    calls: dict[str, Callable[[Label], object]] = {
        whole: lambda label: check_statement(label.token, issuer.keys),
        "signature: PyJWT, which does not read the statement": lambda label: jws.decode_complete(
            label.token, issuer.public_key, ["EdDSA"]
        ),
        "signature: cryptography, Ed25519 alone": lambda label: issuer.public_key.verify(*bare[label.token]),
        "signature: SHA-256 of as many bytes": lambda label: hashlib.sha256(label.token.encode()).digest(),
    }
    for label in labels:
        assert check_statement(label.token, issuer.keys).fault is None
    yield from rows(measure(rounds, labels, calls), {whole: SIGNATURE_GOAL})


def verdict_rows(catalogue: Catalogue, issuer: Issuer, labels: Sequence[Label], rounds: int) -> Iterator[Row]:
    """`verify` alone: code and product are there."""
    copy = RegisterCopy(catalogue.copy.as_of, catalogue.copy.complete)
    found = {label.digits: check(label.digits, "EAN-13", catalogue, NOW) for label in labels}
    packs = {
        label.digits: Pack(
            gtins=(found[label.digits].gtin or "", found[labels[0].digits].gtin or ""),
            label_stars=4,
            link=read_link(label.address, catalogue.known_domains),
            statement=check_statement(label.token, issuer.keys),
        )
        for label in labels
    }

    def judge(checked: CheckedCode, pack: Pack) -> object:
        return verify(checked.code, checked.product, copy, NOW, pack)

    alone, everything = "verdict: of a barcode", "verdict: of all that a pack may show"
    nothing = Pack()
    calls: dict[str, Callable[[Label], object]] = {
        alone: lambda label: judge(found[label.digits], nothing),
        everything: lambda label: judge(found[label.digits], packs[label.digits]),
    }
    yield from rows(measure(rounds, labels, calls), dict.fromkeys(calls, VERDICT_GOAL))


def check_rows(folder: Path, labels: Sequence[Label], rounds: int) -> Iterator[Row]:
    """From the text that a camera read to the verdict, with the look-up in the register's copy."""
    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        catalogue = Catalogue.open(folder, read_only=True)
        check("https://no.example/1", "QR Code", catalogue, NOW)  # the index of addresses is made for the first link
        for name, seconds in measure(1, labels, ways(catalogue)).items():
            found.setdefault(name, []).extend(seconds)
        catalogue.close()
    yield from rows(found, {})


def ways(catalogue: Catalogue) -> dict[str, Callable[[Label], object]]:
    """What may be on a pack. Only the first of them finds the product unread."""

    def read(text: str, symbology: str = "QR Code") -> object:
        return check(text, symbology, catalogue, NOW)

    return {
        "whole way: a barcode, its product for the first time": lambda label: read(label.digits, "EAN-13"),
        "whole way: a barcode, again": lambda label: read(label.digits, "EAN-13"),
        "whole way: a GS1 Digital Link": lambda label: read(label.link),
        "whole way: a GS1 Digital Link with a signed statement": lambda label: read(label.address),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measures the check of a signature, the verdict, and the way to it.")
    parser.add_argument("--products", type=int, default=393, help="of the sample register; OCOP Quảng Ninh has 393")
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    issuer = Issuer()
    products = list(documents(options.products))
    labels = [
        Label(product["gtin"].removeprefix("0"), f"https://{HOST}/01/{product['gtin']}", issuer.sign(product))
        for product in products
        if product["certificates"]
    ]
    assert all(statement_in(label.address) == label.token for label in labels)
    with tempfile.TemporaryDirectory(prefix="ocop-benchmark-") as scratch:
        catalogue = Catalogue.open(Path(scratch))
        register = {**REGISTER, "domains": [HOST], "issuer_keys": issuer.documents, "localities": []}
        catalogue.replace_all(products, "1", register, NOW - timedelta(hours=1), source=f"https://{HOST}")
        figures = [
            *signature_rows(issuer, labels, options.rounds),
            *verdict_rows(catalogue, issuer, labels, options.rounds),
        ]
        catalogue.close()
        figures += check_rows(Path(scratch), labels, options.rounds)
    print(table((f"{len(labels):,} products, {options.rounds} times each", "median", "99 % within", "goal"), figures))
    letters = median([len(label.address) for label in labels])
    print(f"\nAn address with its statement has {letters:,.0f} characters; load {load:.1f} before.")
    print(measured_on("cryptography", "pyjwt"))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Ways between screens: the addresses that carry what was scanned, so that a reload shows the same again."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode

from services.catalogue import Catalogue
from services.check import Finding, check
from services.decoding import Symbol, Symbology
from views.parts.session import Session

Scanned = tuple[str, str]
"""A code's text as a scanner would send it, and its symbology's name or `typed`."""

_IDENTIFIERS = {Symbology.CODE_128: "]C1", Symbology.DATA_MATRIX: "]d2", Symbology.QR_CODE: "]Q3"}


def scanned(symbols: Iterable[Symbol]) -> list[Scanned]:
    """What symbols say; GS1 element strings keep their symbology identifier (ISO/IEC 15424) in front."""
    return [((_IDENTIFIERS.get(s.symbology, "") if s.gs1 else "") + s.text, s.symbology.value) for s in symbols]


def verdict_address(codes: Iterable[Scanned]) -> str:
    """The address of the verdict on these codes, the first being the one in question."""
    return "/verdict?" + urlencode([pair for text, symbology in codes for pair in (("c", text), ("s", symbology))])


def codes_of(search: str) -> list[Scanned]:
    """The codes that a verdict's address carries."""
    pairs = parse_qsl(search, keep_blank_values=True)
    texts = [value for name, value in pairs if name == "c"]
    kinds = [value for name, value in pairs if name == "s"]
    return list(zip(texts, kinds, strict=False))


def findings_of(codes: Iterable[Scanned], catalogue: Catalogue, session: Session) -> list[Finding]:
    """Judge each code; those that name a product of the register come first."""
    found = [check(text, symbology, catalogue, session.now()) for text, symbology in codes]
    return sorted(found, key=lambda finding: finding.product is None)

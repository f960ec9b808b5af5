"""The codes that a verdict is asked for, as the address of its screen has them, so that a reload shows the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode, urlsplit

import flet as ft

from services.client.answers import ProductAnswer
from services.codes import ProductCode, TraceLink, parse
from services.decoding import Read, Symbol, Symbology
from services.register.catalogue import Catalogue
from services.verification import Status
from services.verification.check import TYPED, CheckedCode, check
from services.verification.packs import pack_verdict, packs_of
from views.parts.places import COMPARE

Scanned = tuple[str, str]
"""A code's text as a scanner would send it, and its symbology's name or `typed`."""

SHOWN = ("no", "yes", "unsure")
"""What the person may say of the OCOP mark on the pack."""
_CANONICAL = "https://id.gs1.org"
"""The site that GS1 names for a Digital Link that is of no site in particular (URI Syntax 1.6, 4.12)."""
_IDENTIFIERS = {
    Symbology.CODE_128: "]C1", Symbology.DATA_MATRIX: "]d2", Symbology.QR_CODE: "]Q3", Symbology.RMQR: "]Q3",
    Symbology.DATABAR: "]e0", Symbology.DATABAR_LIMITED: "]e0", Symbology.DATABAR_EXPANDED: "]e0",
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """The codes that a verdict is asked for; the first is the one in question.

    `one_pack`: all of them are on one pack; `label_stars` are the stars on its label (0: none; None: not told);
    `ocop_mark` is whether its pack shows the OCOP mark or stars: one of SHOWN, or None if not told.
    """

    codes: tuple[Scanned, ...]
    one_pack: bool = False
    label_stars: int | None = None
    ocop_mark: str | None = None

    @property
    def address(self) -> str:
        """The address of the verdict."""
        pairs = [pair for text, symbology in self.codes for pair in (("c", text), ("s", symbology))]
        pairs += [("pack", "1")] if self.one_pack else []
        pairs += [("stars", str(self.label_stars))] if self.label_stars is not None else []
        pairs += [("mark", self.ocop_mark)] if self.ocop_mark else []
        return "/verdict?" + urlencode(pairs)

    @property
    def comparison(self) -> str:
        """The address of the screen that shows this pack beside the registered label."""
        return COMPARE + self.address.removeprefix("/verdict")

    @classmethod
    def at(cls, address: str) -> Question:
        """Read the address of a verdict's screen, or of a Digital Link on this site (`/01/<GTIN>...`)."""
        parts = urlsplit(address)
        return cls(_linked(address)) if parts.path.startswith("/01/") else cls.of(parts.query)

    @classmethod
    def of(cls, search: str) -> Question:
        """Read a verdict's address; anything that does not belong there is ignored."""
        pairs = parse_qsl(search, keep_blank_values=True)
        texts = [value for name, value in pairs if name == "c"]
        kinds = [value for name, value in pairs if name == "s"]
        stars, shown = dict(pairs).get("stars", ""), dict(pairs).get("mark", "")
        return cls(
            codes=tuple(zip(texts, kinds, strict=False)),
            one_pack=("pack", "1") in pairs,
            label_stars=int(stars) if stars in tuple("0345") else None,
            ocop_mark=shown if shown in SHOWN else None,
        )


def _linked(address: str) -> tuple[Scanned, ...]:
    """The code of a Digital Link's path and query: what it says of the pack, without this site's name."""
    link = _CANONICAL + address
    code = parse(link)
    if isinstance(code, TraceLink):
        return ()
    if isinstance(code, ProductCode):
        link = "".join(f"({ai}){value}" for ai, value in code.elements)
    return ((link, TYPED),)


def scanned(symbols: Iterable[Symbol | Read]) -> list[Scanned]:
    """The texts of symbols; GS1 element strings keep their symbology identifier (ISO/IEC 15424) in front."""
    return [((_IDENTIFIERS.get(s.symbology, "") if s.gs1 else "") + s.text, s.symbology.value) for s in symbols]


def show_further(page: ft.Page, question: Question) -> None:
    """Go from one verdict to another on the same pack or picture; the way back leads to where the first came from."""
    page.navigate(("/register" if page.route.startswith("/register/") else "") + question.address)


def checked_codes(
    question: Question,
    catalogue: Catalogue,
    now: datetime,
    answers: Mapping[str, ProductAnswer] = MappingProxyType({}),
) -> list[CheckedCode]:
    """Judge each code; unless all are on one pack, registered products come first, and codes that say nothing last.

    Where all are on one pack, because the person says so or as far as can be seen, the first bears the verdict on the
    whole pack, in whichever way and order its codes came. `answers` are the server's own, by GTIN.
    """

    def judged(*, together: bool) -> list[CheckedCode]:
        found = []
        for index, (text, symbology) in enumerate(question.codes):
            others = question.codes[:index] + question.codes[index + 1 :] if together else ()
            found.append(
                check(
                    text,
                    symbology,
                    catalogue,
                    now,
                    others=others,
                    label_stars=question.label_stars,
                    ocop_mark=question.ocop_mark == "yes",
                    answers=answers,
                )
            )
        return found if question.one_pack else sorted(found, key=_telling)

    found = judged(together=question.one_pack)
    if len(found) < 2 or not on_one_pack(question, found):
        return found
    found = found if question.one_pack else judged(together=True)
    return [replace(found[0], verdict=pack_verdict(found)), *found[1:]]


def on_one_pack(question: Question, judged: Sequence[CheckedCode]) -> bool:
    """Whether all codes are on one pack: the person says so, or nothing speaks against it."""
    return question.one_pack or len(packs_of(judged)) == 1


def _telling(checked: CheckedCode) -> tuple[bool, bool]:
    return checked.product is None, checked.verdict.status is Status.NOT_A_PRODUCT_CODE

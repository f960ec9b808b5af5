"""What a person sees of several packs in one picture: their numbers and names, and which have been checked."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from services.codes import ProductCode, on_the_pack
from services.verification import Status
from services.verification.check import CheckedCode
from services.verification.packs import packs_of
from services.workspace import Workspace
from views.design import Tone
from views.parts.question import Question, Scanned, checked_codes
from views.parts.verdict_words import STATUS


@dataclass(frozen=True)
class NamedPack:
    """One of several packs: its number on the screen, its codes, its name, and what tells it from its like.

    `status` is the verdict on it by this device's copy. `checked`: it has been shown since the app was opened. `saved`:
    it was recorded just now.
    """

    number: int
    codes: tuple[Scanned, ...]
    name: str
    detail: str
    status: Status
    checked: bool
    saved: bool

    @property
    def tone(self) -> Tone:
        """The tone of its verdict."""
        return STATUS[self.status][1]


class JudgedCodes:
    """What codes mean by this device's copy of the register, judged once each, since frames repeat them."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._judged: dict[Scanned, CheckedCode] = {}
        self._verdicts: dict[tuple[Scanned, ...], Status] = {}

    def learn(self, codes: Iterable[Scanned]) -> None:
        """Judge those that are new; many take a while, so call it from a thread."""
        for code in codes:
            if code not in self._judged:
                (self._judged[code],) = checked_codes(
                    Question((code,)), self._workspace.catalogue, self._workspace.now()
                )

    def knows(self, codes: Iterable[Scanned]) -> bool:
        """Whether all of them have been judged."""
        return all(code in self._judged for code in codes)

    def __getitem__(self, code: Scanned) -> CheckedCode:
        return self._judged[code]

    def names_product(self, code: Scanned) -> bool:
        """Whether a code means to name a product."""
        return self._judged[code].names_product

    def packs(self, codes: Iterable[Scanned]) -> list[tuple[Scanned, ...]]:
        """Group codes by the pack that they may be on."""
        groups = packs_of(self._judged[code] for code in codes)
        return [tuple((checked.text, checked.symbology) for checked in pack) for pack in groups]

    def named(
        self, number: int, pack: Sequence[Scanned], checked: Container[str], saved: Container[Scanned] = ()
    ) -> NamedPack:
        """Name a pack by its product, else by its number or text.

        `checked` are the texts that were judged before, `saved` the codes of packs that were recorded just now.
        """
        codes = [self._judged[code] for code in pack]
        first = next((code for code in codes if code.product), codes[0])
        own = {code.text: marks for code in codes if (marks := _marks(code))}  # what no other pack bears
        name = first.product.name if first.product else on_the_pack(first.gtin or "") or first.text
        detail = ", ".join(dict.fromkeys(own.values())) or (
            on_the_pack(first.gtin or "") if first.product else first.symbology
        )
        done = any(text in checked for text in own or dict(pack))
        kept = any(code in saved for code in pack)
        return NamedPack(number, tuple(pack), name, detail, self._verdict(tuple(pack)), done or kept, kept)

    def _verdict(self, pack: tuple[Scanned, ...]) -> Status:
        """The verdict on a pack, as its screen will show it."""
        if pack not in self._verdicts:
            first, *_others = checked_codes(Question(pack), self._workspace.catalogue, self._workspace.now())
            self._verdicts[pack] = first.verdict.status
        return self._verdicts[pack]


def _marks(checked: CheckedCode) -> str:
    """What a code says of the one pack: its lot and its serial number."""
    code = checked.code
    return " ".join(filter(None, (code.lot, code.serial))) if isinstance(code, ProductCode) else ""


def gravest_first(packs: Iterable[NamedPack]) -> list[NamedPack]:
    """The packs in the order in which they want to be looked at; those that have been are last."""
    order = (Tone.BAD, Tone.CAUTION, Tone.UNKNOWN, Tone.GOOD)
    return sorted(packs, key=lambda pack: (pack.checked, order.index(pack.tone), pack.number))


def tones_of(packs: Sequence[NamedPack], codes: Sequence[Scanned | None]) -> list[Tone | None]:
    """The tones of the packs that codes are on; None for a code that is on none of them."""
    by_code = {code: pack.tone for pack in packs for code in pack.codes}
    return [None if code is None else by_code.get(code) for code in codes]


def numbers_of(packs: Sequence[NamedPack], codes: Sequence[Scanned | None]) -> list[int | None]:
    """The numbers of the packs that codes are on; None for a code that is on none of them."""
    by_code = {code: pack.number for pack in packs for code in pack.codes}
    return [None if code is None else by_code.get(code) for code in codes]

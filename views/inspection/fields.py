"""The fields of the form: what is typed into them, what that means, and which of them cannot be understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from services.rounds.checks import LONGEST_LOT, not_understood
from services.rounds.inspection import (
    LONGEST_SAID,
    LONGEST_SEAL,
    LONGEST_TEXT,
    LONGEST_UNIT,
    MOST_SAMPLES,
    Compared,
    Found,
    Quantity,
    Sealed,
)
from services.texts import normal
from views.inspection.typed import amount_of, day_of, price_of, written
from views.parts.fields import TextInput
from views.parts.inspection_words import day_words
from views.parts.texts import Texts

T = TypeVar("T")

LONGEST_NUMBER = 24
LONGEST = {
    "text": LONGEST_TEXT, "seller_said": LONGEST_SAID, "unit": LONGEST_UNIT, "seal_number": LONGEST_SEAL,
    "lot": LONGEST_LOT,
}  # fmt: skip
DATES = ("lot", "produced", "expiry")


class Goods:
    """Amount, unit and the number of the seal, of a sample or of what is held, as they are typed."""

    def __init__(self, sealed: Sealed | None, unit: str, language: str) -> None:
        self.amount = TextInput(written(sealed.amount if sealed else None, language))
        self.unit = TextInput(sealed.unit if sealed else unit)
        self.seal_number = TextInput((sealed.seal_number or "") if sealed else "")

    def inputs(self) -> Iterator[TextInput]:
        """Its fields."""
        yield from (self.amount, self.unit, self.seal_number)


class FormFields:
    """All fields of one form. `wrong` are those that cannot be understood, by name; they keep what they meant before.

    A field that is not understood is not lost to the person: it stays as it was typed until it is mended. `unfolded`
    are the parts of the form that the person has opened.
    """

    def __init__(self, found: Found, texts: Texts, unit: str = "", typed: Mapping[str, str] | None = None) -> None:
        """Fill the fields; `typed` is what could not be understood when the form was left (InspectionDraft.typed)."""
        self._texts, self._found = texts, Found()
        self.wrong: dict[str, str] = {}
        self.unfolded: set[str] = set()
        self.amount, self.unit, self.price = TextInput(), TextInput(unit), TextInput()
        self.text, self.seller_said = TextInput(), TextInput()
        self.labels = {name: TextInput() for name in DATES}
        self.samples: list[Goods] = []
        self.held: Goods | None = None
        self.show(found)
        for name, text in (typed or {}).items():
            if (entry := self._entry(name)) is not None:
                entry.put(text)
        if typed:
            self.said()

    def show(self, found: Found) -> None:
        """Put into the fields what has changed, such as after another window wrote to it; the others stay as typed."""
        texts, language = self._texts, self._texts.language
        before, self._found = self._found, found
        if found.quantity != before.quantity:
            self.amount.put(written(found.quantity.amount if found.quantity else None, language))
            self.unit.put(found.quantity.unit if found.quantity else self.unit.text)
        if found.price != before.price:
            self.price.put(texts.number(found.price) if found.price is not None else "")
        for entry, name in ((self.text, "text"), (self.seller_said, "seller_said")):
            if getattr(found, name) != getattr(before, name):
                entry.put(getattr(found, name))
        for name, entry in self.labels.items():
            label = getattr(found, name).label
            if label != getattr(before, name).label:
                entry.put((label or "") if name == "lot" else day_words(texts, label))
        if found.samples != before.samples:
            self.samples = [Goods(sample, "", language) for sample in found.samples]
        if found.held != before.held:
            self.held = Goods(found.held, self.unit.text, language) if found.held else None

    def said(self) -> dict[str, Any]:
        """What the fields say, by Found's names; what cannot be understood is noted in `wrong`, and told as `typed`."""
        found, self.wrong = self._found, {}
        samples, typed = self._read_samples()
        found = replace(
            found,
            quantity=self._read("amount", self._quantity, found.quantity),
            price=self._read("price", lambda: price_of(self.price.text), found.price),
            text=self.text.text,
            seller_said=self.seller_said.text,
            lot=self._label("lot", found.lot, lambda text: normal(text).strip() or None),
            produced=self._label("produced", found.produced, day_of),
            expiry=self._label("expiry", found.expiry, lambda text: day_of(text, last=True)),
            samples=samples,
            held=self._goods("held", self.held) if self.held else None,
        )
        self._found = found
        names = ("quantity", "price", "text", "seller_said", *DATES, "samples", "held")
        typed |= {name: entry.text for name in self.wrong if (entry := self._entry(name)) and "sample" not in name}
        return {name: getattr(found, name) for name in names} | {"typed": typed}

    def add_sample(self) -> None:
        """Add a sample, in the unit of the goods."""
        if len(self.samples) < MOST_SAMPLES:
            self.samples.append(Goods(None, self.unit.text, self._texts.language))

    def as_code(self, name: str, code: str) -> None:
        """Say that the label shows what the code says."""
        self.labels[name].put(code if name == "lot" else day_words(self._texts, code))

    def typed(self) -> dict[str, str]:
        """The fields of words that may catch what a handheld scanner types."""
        return {"text": self.text.text, "seller_said": self.seller_said.text}

    def _entry(self, name: str) -> TextInput | None:
        """The field of this name, as `wrong` has it."""
        fields = {"amount": self.amount, "price": self.price, **self.labels}
        fields |= {f"sample-{number}-amount": goods.amount for number, goods in enumerate(self.samples)}
        return self.held.amount if name == "held-amount" and self.held else fields.get(name)

    def _read_samples(self) -> tuple[tuple[Sealed, ...], dict[str, str]]:
        """The samples of which something was typed, and those of their amounts that cannot be understood."""
        read: list[Sealed] = []
        typed: dict[str, str] = {}
        for number, goods in enumerate(self.samples):
            sample = self._goods(f"sample-{number}", goods)
            if sample is not None:
                if f"sample-{number}-amount" in self.wrong:
                    typed[f"sample-{len(read)}-amount"] = goods.amount.text
                read.append(sample)
        return tuple(read), typed

    def _read(self, name: str, read: Callable[[], T], before: T) -> T:
        try:
            return read()
        except ValueError:
            self.wrong[name] = not_understood(name)
            return before

    def _quantity(self) -> Quantity | None:
        amount = amount_of(self.amount.text, self._texts.language)
        return None if amount is None else Quantity(amount, normal(self.unit.text).strip())

    def _label(self, name: str, before: Compared, read: Callable[[str], str | None]) -> Compared:
        return replace(before, label=self._read(name, lambda: read(self.labels[name].text), before.label))

    def _goods(self, name: str, goods: Goods) -> Sealed | None:
        """One lot of goods; None where nothing of it was typed."""
        number = normal(goods.seal_number.text).strip()
        try:
            amount = amount_of(goods.amount.text, self._texts.language)
        except ValueError:
            self.wrong[f"{name}-amount"] = not_understood(f"{name}-amount")
            amount = 0.0
        if amount is None and not number:
            return None
        return Sealed(amount or 0, normal(goods.unit.text).strip(), number or None)

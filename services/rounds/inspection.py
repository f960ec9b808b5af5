"""An inspection of one product in a round: as a draft, and signed (docs/api.md, INSPECTION)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from services.checklists.filled import LONGEST_REASON as LONGEST_REASON
from services.checklists.filled import Answered as Answered
from services.checklists.filled import FilledChecklist as FilledChecklist
from services.checklists.filled import ItemAnswer as ItemAnswer
from services.notes.content import NotedCode, NotedVerdict
from services.records.files import Photo
from services.records.kind import INSPECTION, Kind
from services.records.record import Record, rfc3339
from services.rounds.place import Place

LONGEST_TEXT, LONGEST_SAID, LONGEST_UNIT, LONGEST_SEAL = 5000, 2000, 40, 60
MOST_PHOTOS, MOST_SAMPLES, MOST_CODES = 20, 10, 20

T = TypeVar("T")


class Finding(StrEnum):
    """What was found; in the order in which it is offered. MATCHES stands alone."""

    MATCHES = "matches"
    STARS_DIFFER = "stars_differ"
    LABEL_DIFFERS = "label_differs"
    PAST_DATE = "past_date"
    CERTIFICATE_ENDED = "certificate_ended"
    LOOKS_COPIED = "looks_copied"
    CODE_DIFFERS = "code_differs"
    NO_PAPERS = "no_papers"
    OTHER = "other"


class Sale(StrEnum):
    """What becomes of the goods at this place."""

    ON_SALE = "on_sale"
    HELD_BACK = "held_back"
    SOLD_HERE = "sold_here"


class Seal(StrEnum):
    """The state of the pack's seal."""

    INTACT = "intact"
    BROKEN = "broken"
    NONE = "none"


class Shows(StrEnum):
    """What a photo shows; in the order in which it is asked for."""

    FRONT = "front"
    LABEL = "label"
    CODE = "code"
    SEAL = "seal"
    SHELF = "shelf"
    OTHER = "other"


@dataclass(frozen=True)
class Quantity:
    """How much: a number and its unit, as people write it."""

    amount: float
    unit: str

    def to_json(self) -> dict[str, Any]:
        amount = int(self.amount) if float(self.amount).is_integer() else self.amount
        return {"amount": amount, "unit": self.unit}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Quantity:
        """Read the wire form. Raises KeyError."""
        return cls(document["amount"], document["unit"])


@dataclass(frozen=True)
class Compared:
    """A lot or a day: what the code says, and what the person reads on the label. Days are in ISO form."""

    code: str | None = None
    label: str | None = None

    @property
    def differ(self) -> bool:
        """Whether both are known and are not the same."""
        return None not in (self.code, self.label) and self.code != self.label

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Compared:
        """Read the wire form. Raises KeyError."""
        return cls(document["code"], document["label"])


@dataclass(frozen=True)
class Sealed:
    """Goods under a seal: a sample that was taken, or goods that are held."""

    amount: float
    unit: str
    seal_number: str | None = None

    def to_json(self) -> dict[str, Any]:
        return Quantity(self.amount, self.unit).to_json() | {"seal_number": self.seal_number}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Sealed:
        """Read the wire form. Raises KeyError."""
        return cls(document["amount"], document["unit"], document["seal_number"])


@dataclass(frozen=True)
class Picture:
    """A photo of an inspection and what it shows (a value of Shows).

    `copy_of` is the hash of the original that was marked or covered. `sent` tells whether the file itself belongs to
    the record: an original stays on the device unless the person agrees.
    """

    file: Photo
    shows: str
    copy_of: str | None = None
    sent: bool = True

    def to_json(self) -> dict[str, Any]:
        """The photo as a draft keeps it."""
        return {"file": self.file.to_json(), "shows": self.shows, "copy_of": self.copy_of, "sent": self.sent}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Picture:
        """Read what `to_json` gave. Raises KeyError."""
        return cls(Photo.from_json(document["file"]), document["shows"], document["copy_of"], document["sent"])


@dataclass(frozen=True)
class Found:
    """All that an inspection says of one product. Nothing is chosen until the person, or the code itself, says it."""

    gtin: str | None = None
    product_name: str | None = None
    producer_name: str | None = None
    codes: tuple[NotedCode, ...] = ()
    verdict: NotedVerdict | None = None
    copy_as_of: datetime | None = None
    quantity: Quantity | None = None
    price: int | None = None
    lot: Compared = Compared()
    produced: Compared = Compared()
    expiry: Compared = Compared()
    seal: str | None = None
    sale: str | None = None
    seller_said: str = ""
    findings: tuple[str, ...] = ()
    samples: tuple[Sealed, ...] = ()
    held: Sealed | None = None
    checklist: FilledChecklist | None = None
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        """The members of INSPECTION that say what was found, but for photos."""
        product = {"name": self.product_name, "producer": self.producer_name} if self.product_name else None
        return {
            "gtin": self.gtin,
            "product": product,
            "codes": [code.to_json() for code in self.codes],
            "verdict": _written(self.verdict),
            "copy_as_of": rfc3339(self.copy_as_of) if self.copy_as_of else None,
            "quantity": _written(self.quantity),
            "price": self.price,
            "lot": self.lot.to_json(),
            "produced": self.produced.to_json(),
            "expiry": self.expiry.to_json(),
            "seal": self.seal,
            "sale": self.sale,
            "seller_said": self.seller_said,
            "findings": list(self.findings),
            "samples": [sample.to_json() for sample in self.samples],
            "held": _written(self.held),
            "checklist": _written(self.checklist),
            "text": self.text,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Found:
        """Read the wire form. Raises KeyError or ValueError."""
        product, as_of = document["product"] or {}, document["copy_as_of"]
        return cls(
            product_name=product.get("name"),
            producer_name=product.get("producer"),
            codes=tuple(map(NotedCode.from_json, document["codes"])),
            verdict=_read(document["verdict"], NotedVerdict.from_json),
            copy_as_of=datetime.fromisoformat(as_of) if as_of else None,
            quantity=_read(document["quantity"], Quantity.from_json),
            lot=Compared.from_json(document["lot"]),
            produced=Compared.from_json(document["produced"]),
            expiry=Compared.from_json(document["expiry"]),
            findings=tuple(document["findings"]),
            samples=tuple(map(Sealed.from_json, document["samples"])),
            held=_read(document["held"], Sealed.from_json),
            checklist=_read(document["checklist"], FilledChecklist.from_json),
            **{name: document[name] for name in ("gtin", "price", "seal", "sale", "seller_said", "text")},
        )


@dataclass(frozen=True)
class InspectionDraft:
    """An inspection being written. `account` is as a note's draft has it; `supersedes` what it corrects.

    `started_at` is when the product was inspected: of a correction, when that was done which it corrects. `typed` are
    the fields whose text could not be understood, by name; they keep it from being signed. `marks` is what is being
    drawn on photos and is on no copy yet, by the photo's hash (services/rounds/marking.py).
    """

    id: str
    round: str
    started_at: datetime
    found: Found = Found()
    pictures: tuple[Picture, ...] = ()
    supersedes: str | None = None
    account: str | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The draft as it is kept on the disk."""
        return vars(self) | {
            "started_at": self.started_at.isoformat(),
            "found": self.found.to_json(),
            "pictures": [picture.to_json() for picture in self.pictures],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> InspectionDraft:
        """Read what `to_json` gave. Raises KeyError or ValueError."""
        return cls(
            started_at=datetime.fromisoformat(document["started_at"]),
            found=Found.from_json(document["found"]),
            pictures=tuple(map(Picture.from_json, document["pictures"])),
            typed=document.get("typed", {}),
            marks=document.get("marks", {}),
            **{name: document[name] for name in ("id", "round", "supersedes", "account")},
        )


@dataclass(frozen=True)
class Inspection(Record):
    """A signed inspection: its record, and typed access to what that says."""

    kind: Kind = INSPECTION

    @classmethod
    def of(cls, record: Record) -> Inspection:
        """Make an inspection of its record."""
        return cls(record.id, record.body, record.sha256, record.kind, record.owner_id)

    @property
    def signed_at(self) -> datetime:
        """When it was saved, by the device's clock."""
        return datetime.fromisoformat(self.body["created_at"])

    @property
    def round(self) -> str:
        """The id of its round."""
        round_id: str = self.body["round"]
        return round_id

    @property
    def place(self) -> Place:
        return Place.from_json(self.body["place"])

    @property
    def found(self) -> Found:
        return Found.from_json(self.body)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Its photos, the originals that stayed on the device left out."""
        files = {file.sha256: file for file in self.files}
        said = [each for each in self.body["photos"] if each["sha256"] in files]
        return tuple(Picture(files[each["sha256"]], each["shows"], each["copy_of"]) for each in said)


def _written(part: Any) -> dict[str, Any] | None:
    """The wire form of a part that may be absent."""
    written: dict[str, Any] | None = part.to_json() if part is not None else None
    return written


def _read(document: Mapping[str, Any] | None, read: Callable[[Mapping[str, Any]], T]) -> T | None:
    return None if document is None else read(document)

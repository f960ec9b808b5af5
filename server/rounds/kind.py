"""Describes rounds and inspections as kinds of record."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from records.kinds import REMOVED, Kind, as_column
from register.folding import fold
from rounds.inspection import MAX_INSPECTION_BYTES, Inspection
from rounds.models import Inspection as StoredInspection
from rounds.models import InspectionPhoto, RoundFile
from rounds.models import Round as StoredRound
from rounds.parts import parts_of
from rounds.place import Place, without_names
from rounds.round import MAX_ROUND_BYTES, Round


def _place_columns(place: Place) -> dict[str, Any]:
    return {
        "place_kind": place.kind,
        "place_name": as_column(place.name),
        "place_address": as_column(place.address),
        "latitude": place.position.lat if place.position else None,
        "longitude": place.position.lon if place.position else None,
    }


def _round_columns(said: Round) -> dict[str, Any]:
    """Read from a round what lists show of it."""
    inspected = (said.inspected.name, said.inspected.registration or "") if said.inspected else ("", "")
    people = [person.name for person in said.people]
    texts = (said.place.name, said.place.address, *inspected, *people, said.case_number or "", said.remarks)
    return {
        **_place_columns(said.place),
        "inspected": as_column(inspected[0]),
        "case_number": as_column(said.case_number or ""),
        "opened_at": datetime.fromisoformat(said.opened_at),
        "closed_at": datetime.fromisoformat(said.closed_at),
        "inspection_count": len(said.inspections),
        "search_text": as_column(fold(" ".join(texts))),
    }


def _inspection_columns(said: Inspection) -> dict[str, Any]:
    """Read from an inspection what lists show of it."""
    name = as_column(said.product.name) if said.product else ""
    codes = [code.text for code in said.codes]
    lots = [lot for lot in (said.lot.code, said.lot.label) if lot]
    texts = (said.place.name, said.place.address, said.gtin or "", name, *codes, *lots, said.text, said.seller_said)
    return {
        **_place_columns(said.place),
        "round": UUID(said.round),
        "gtin": said.gtin or "",
        "product_name": name,
        "status": said.verdict.status if said.verdict else "",
        "findings": f" {' '.join(said.findings)} " if said.findings else "",
        "sale": said.sale or "",
        "text": as_column(said.text),
        "search_text": as_column(fold(" ".join(texts))),
    }


ROUND = Kind(
    name="round",
    forms={1: Round},
    records_model=StoredRound,
    files_model=RoundFile,
    from_nobody=False,
    chained=True,
    max_bytes=MAX_ROUND_BYTES,
    columns=_round_columns,
    parts=parts_of,
    erasable={
        "names": lambda body: {
            "place": without_names(body["place"]),
            "inspected": None,
            "people": [],
            "signatures": [],
        },
        "position": lambda body: {"place": {**body["place"], "position": None}},
        "text": lambda body: {"remarks": REMOVED if body["remarks"] else ""},
    },
)
INSPECTION = Kind(
    name="inspection",
    forms={1: Inspection},
    records_model=StoredInspection,
    files_model=InspectionPhoto,
    from_nobody=False,
    chained=True,
    max_bytes=MAX_INSPECTION_BYTES,
    columns=_inspection_columns,
    erasable={
        "names": lambda body: {"place": without_names(body["place"]), "seller_said": ""},
        "position": lambda body: {"place": {**body["place"], "position": None}},
        "text": lambda body: {"text": REMOVED if body["text"] else "", "seller_said": ""},
    },
)

"""What the page of a case shows beside the record's own words: product, photos, earlier findings, course."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.admin.utils import display_for_field, label_for_field, lookup_field
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from answers.models import Answer
from backoffice.certificate_words import OneCertificate, on_day
from backoffice.reason_words import in_words
from backoffice.record_pages import by_devices_clock, link_to
from backoffice.record_photos import PHOTO_SIDES
from inspections.models import Inspection as Note
from inspections.note import VERDICTS, Outcome
from records.kinds import Kind
from records.models import Event
from register.models import Picture, Product
from reports.models import Report
from reviewing.models import Case, Remark
from rounds.models import ALL_RIGHT, Inspection

_TONES = {
    "certified": "fine",
    **dict.fromkeys(
        (
            "certificate_expires_soon",
            "star_mismatch",
            "suspected_copy",
            "doubtful_link",
            "unknown_link",
            "not_certified",
        ),
        "att",
    ),
    **dict.fromkeys(("withdrawn", "certificate_expired", "code_mismatch", "statement_invalid"), "stop"),
}
"""The design's tone of each verdict; the others are calm."""
MOST_EARLIER = 5
# Shown in places of their own, or folded with the raw data.
_ELSEWHERE = {
    "id", "received_at", "written_at", "account", "device", "state", "product", "verdict", "events", "chain", "sha256",
    "content", "body",
}  # fmt: skip


@dataclass(frozen=True)
class ProductCard:
    """What the register holds of the record's product now. `label` is the picture to lay beside the photos."""

    product: Product
    address: str
    picture: Picture | None
    label: Picture | None
    certificates: list[OneCertificate]


@dataclass(frozen=True)
class Verdict:
    """The app's whole verdict in words."""

    words: str
    tone: str
    reasons: list[str]
    as_of: datetime | None


@dataclass(frozen=True)
class Photo:
    """A photo of the record; without addresses where it has not arrived, or was removed (`gone`)."""

    number: int
    large: str
    small: str
    gone: bool = False


@dataclass(frozen=True)
class Earlier:
    """Something found before: when, what, and the link to it."""

    at: datetime
    words: str
    link: str


@dataclass(frozen=True)
class Step:
    """Something that happened to a record. `icon` is a Material Symbol; `inside`: the sender is not told of it."""

    at: datetime
    icon: str
    words: str
    who: str
    text: str = ""
    inside: bool = False
    counts: bool = True  # in the case's version

    @property
    def when(self) -> str:
        """The moment in words; that of a device may be any."""
        return by_devices_clock(self.at)


def product_of(record: Any, today: date) -> ProductCard | None:
    """The registered product that a record is about."""
    gtin = getattr(record, "gtin", "")
    found = Product.objects.filter(gtin=gtin).select_related("producer").first() if gtin else None
    if found is None:
        return None
    pictures = list(found.pictures.all())
    label = next((one for one in pictures if one.shows == Picture.Shows.LABEL), None)
    return ProductCard(
        product=found,
        address=reverse("admin:register_product_change", args=[found.pk]),
        picture=pictures[0] if pictures else None,
        label=label or (pictures[0] if pictures else None),
        certificates=[on_day(one, today) for one in found.certificates.all()],
    )


def verdict_of(said: dict[str, Any]) -> Verdict | None:
    """What the app said of the code."""
    verdict = said.get("verdict")
    if not verdict:
        return None
    status = verdict["status"]
    as_of = datetime.fromisoformat(verdict["as_of"]) if verdict["as_of"] else None
    words = VERDICTS.get(status, f"Kết luận mà sổ đăng ký chưa biết: {status}")
    return Verdict(words, _TONES.get(status, "unk"), in_words(verdict["reasons"]), as_of)


def photos_of(record: Any) -> list[Photo]:
    """The photos that the record names."""
    return [_photo(file) for file in record.files.all()]


def _photo(file: Any) -> Photo:
    if not file.file or file.erased_at:
        return Photo(file.number + 1, "", "", gone=file.erased_at is not None)
    name = f"admin:{file._meta.app_label}_{file._meta.model_name}_file"
    large, small = (reverse(name, args=[file.pk, size]) for size in PHOTO_SIDES)
    return Photo(file.number + 1, large, small)


def facts_of(request: HttpRequest, admin: Any, record: Any) -> list[tuple[str, Any]]:
    """The record's fields in words, as its own page shows them, without those that say nothing."""
    rows = [("Người gửi", record.account.name)] if record.account else []
    for name in admin.get_fields(request, record):
        if name in _ELSEWHERE:
            continue
        field, _, value = lookup_field(name, record, admin)
        shown = value if field is None else display_for_field(value, field, "")
        if shown not in {"", "-", None}:
            rows.append((str(label_for_field(name, admin.model, admin)), shown))
    return rows


def earlier_of_product(record: Any) -> list[Earlier]:
    """What was found at the same product before, the newest first."""
    gtin = getattr(record, "gtin", "")
    if not gtin:
        return []
    notes = Note.objects.filter(gtin=gtin).exclude(outcome__in=[Outcome.MATCHES, Outcome.SOLD])
    return _newest(
        record,
        (_found(Inspection.objects.filter(gtin=gtin)), lambda one: one.found() or "Ghi nhận khác"),
        (notes, lambda one: one.get_outcome_display()),
        (Report.objects.filter(gtin=gtin), lambda one: f"Người dân: {one.seen() or 'điều khác'}"),
    )


def earlier_of_place(record: Any) -> list[Earlier]:
    """What was found at the same place before, the newest first."""
    name = getattr(record, "place_name", "")
    if not name:
        return []
    found = _found(Inspection.objects.filter(place_name=name))
    return _newest(record, (found, lambda one: f"{one.product_name or one.gtin}: {one.found() or 'ghi nhận khác'}"))


def _found(inspections: QuerySet[Inspection]) -> QuerySet[Inspection]:
    """Those at which not all was as it should be."""
    return inspections.exclude(findings=ALL_RIGHT)


def _newest(record: Any, *found: tuple[QuerySet[Any], Any]) -> list[Earlier]:
    rows = [
        Earlier(one.received_at, words(one), link_to(one, words(one)))
        for records, words in found
        for one in records.filter(received_at__lt=record.received_at)
        .exclude(pk=record.pk)
        .defer("body", "search_text")
        .order_by("-received_at")[:MOST_EARLIER]
    ]
    return sorted(rows, key=lambda row: row.at, reverse=True)[:MOST_EARLIER]


def steps_of(kind: Kind, case: Case, record: Any) -> list[Step]:
    """All that happened to a record, the newest first."""
    events = Event.objects.filter(kind=kind.name, record=record.pk).select_related("written_by")
    answers = Answer.objects.filter(account=record.account_id, to_kind=kind.name, to_record=record.pk)
    remarks = case.remarks.select_related("by", "to")
    steps = [
        Step(record.created_at, "edit_note", "Lập phiếu, theo đồng hồ của máy", "", counts=False),
        Step(record.received_at, "cloud_done", "Máy chủ nhận phiếu", "", counts=False),
        *(
            Step(one.at, "outgoing_mail", one.get_state_display(), one.written_by.name, _joined(one.number, one.text))
            for one in events
        ),
        *(
            Step(one.at, _ICONS[Remark.What(one.what)], _remark(one), one.by.name, one.text, inside=True)
            for one in remarks
        ),
    ]
    if record.account_id is not None:
        steps += [Step(one.received_at, "reply", "Người gửi trả lời", "", one.text) for one in answers]
    return sorted(steps, key=lambda step: step.at, reverse=True)


_ICONS = {
    Remark.What.COMMENT: "sticky_note_2",
    Remark.What.ASSIGNED: "person_add",
    Remark.What.RELEASED: "person_remove",
}


def _remark(remark: Remark) -> str:
    if remark.what == Remark.What.ASSIGNED:
        return "Nhận việc" if remark.to_id == remark.by_id else f"Giao cho {remark.to.name if remark.to else ''}"
    return remark.get_what_display()


def _joined(number: str, text: str) -> str:
    return "\n".join(part for part in (number, text) if part)


def raw(record: Any) -> str:
    """The record as it was signed, indented for people who want to see it."""
    return json.dumps(json.loads(record.body), ensure_ascii=False, indent=2)

"""Rounds and their inspections in the back office, read and answered."""

from __future__ import annotations

import json
from collections.abc import Container
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice import round_parts as parts
from backoffice.chained_records import ChainedRecordAdmin, said
from backoffice.note_filters import DayFilter, MonthFilter, VerdictFilter
from backoffice.record_pages import link_to
from backoffice.record_photos import PhotosOfRecord, ShowsPhotos
from backoffice.round_filters import CaseFilter, FindingFilter, PlaceFilter
from backoffice.state_filter import StateFilter
from backoffice.words import moment
from checklists.document import read
from checklists.models import Checklist
from inspections.note import VERDICTS
from register.folding import fold
from register.models import Product
from rounds.kind import INSPECTION, ROUND
from rounds.models import Inspection, InspectionPhoto, Round, RoundFile
from rounds.round import content_hash
from rounds.words import Seal, Shows


class RoundFileInline(PhotosOfRecord):
    model = RoundFile


class InspectionPhotoInline(PhotosOfRecord):
    model = InspectionPhoto
    fields = ("picture", "shows", "size", "stored_at", "sha256")
    readonly_fields = fields

    @admin.display(description="Chụp")
    def shows(self, photo: InspectionPhoto) -> str:
        """What the photo shows, and whether it is a copy or the original of one."""
        said = json.loads(photo.record.body)["photos"]
        shown = next((one for one in said if one["sha256"] == photo.sha256), None)
        if shown is None:
            return "Bản gốc"
        return Shows.label_of(shown["shows"]) + (", bản đã đánh dấu hoặc che" if shown["copy_of"] else "")


class _HasPlace(ShowsPhotos, ChainedRecordAdmin):
    @admin.display(description="nơi kiểm tra")
    def place(self, record: Any) -> SafeString | str:
        return parts.place(said(record)["place"])


@admin.register(Round)
class RoundAdmin(_HasPlace):
    kind = ROUND
    list_display = (
        "received_at", "state", "place_kind", "place_name", "inspected", "case_number", "inspection_count", "account",
    )  # fmt: skip
    list_filter = (StateFilter, "place_kind", PlaceFilter, CaseFilter, MonthFilter, DayFilter)
    inlines = (RoundFileInline,)
    fields = (
        "id", "received_at", "written_at", "account", "device", "state", "place", "who_is_inspected", "people", "case",
        "hours", "inspections", "looked_at", "remarks", "signatures", "corrects", "corrected_by", "events", "chain",
        "erased", "sha256", "content", "body",
    )  # fmt: skip
    readonly_fields = (
        "written_at", "state", "place", "who_is_inspected", "people", "case", "hours", "inspections", "looked_at",
        "remarks", "signatures", "corrects", "corrected_by", "events", "chain", "erased", "content",
    )  # fmt: skip

    @admin.display(description="người được kiểm tra")
    def who_is_inspected(self, record: Round) -> str:
        return parts.inspected(said(record)["inspected"])

    @admin.display(description="người tham gia")
    def people(self, record: Round) -> SafeString | str:
        return parts.people(said(record)["people"])

    @admin.display(description="số vụ việc")
    def case(self, record: Round) -> SafeString | str:
        """The number, which leads to all rounds under it."""
        if not record.case_number:
            return parts.NOTHING
        address = f"{reverse('admin:rounds_round_changelist')}?{urlencode({'case': record.case_number})}"
        return format_html('<a href="{}">{}</a>', address, record.case_number)

    @admin.display(description="thời gian, theo đồng hồ của thiết bị")
    def hours(self, record: Round) -> SafeString | str:
        body = said(record)
        pauses = [
            f"nghỉ {parts.at(p['from'])} – {parts.at(p['to']) if p['to'] else 'khi đóng'}" for p in body["pauses"]
        ]
        return parts.lines([f"{parts.at(body['opened_at'])} – {parts.at(body['closed_at'])}", *pauses])

    @admin.display(description="phiếu trong đợt")
    def inspections(self, record: Round) -> SafeString | str:
        """Those that the round names, in its order, and those that say they belong to it and are not named."""
        named = {UUID(one["id"]): one["sha256"] for one in said(record)["inspections"]}
        of_sender = Inspection.objects.filter(account=record.account_id).defer("body", "search_text")
        ours = of_sender.filter(Q(round=record.pk) | Q(pk__in=named)).order_by("created_at")
        here = {one.pk: one for one in ours}
        replaced = {one.supersedes for one in here.values()}
        rows = [
            (number, *_row(here.get(pk), sha256, pk, replaced=pk in replaced))
            for number, (pk, sha256) in enumerate(named.items(), start=1)
        ]
        others = [one for pk, one in here.items() if pk not in named]
        rows += [("", *_cells(one), _not_named(one, named, replaced=one.pk in replaced)) for one in others]
        return parts.table(("", "Sản phẩm", "Kết luận của ứng dụng", "Phát hiện", "Đối chiếu"), rows)

    @admin.display(description="sản phẩm đã xem, không lập phiếu")
    def looked_at(self, record: Round) -> SafeString | str:
        rows = [
            (parts.at(one["at"]), one["gtin"] or "", one["text"][:200], VERDICTS.get(one["status"], one["status"]))
            for one in said(record)["looked_at"]
        ]
        return parts.table(("Lúc", "GTIN", "Mã", "Kết luận của ứng dụng"), rows)

    @admin.display(description="ghi chú chung")
    def remarks(self, record: Round) -> str:
        return said(record)["remarks"] or parts.NOTHING

    @admin.display(description="chữ ký")
    def signatures(self, record: Round) -> SafeString | str:
        return parts.signatures(said(record), erased=record.erased_at is not None)

    @admin.display(description="mã băm của nội dung để ký")
    def content(self, record: Round) -> str:
        return "Đã xóa một phần, không tính lại được" if record.erased_at else content_hash(said(record))

    def in_one_line(self, record: Round) -> str:
        kind, name = record.get_place_kind_display(), record.place_name
        return name if fold(name).startswith(fold(kind)) else f"{kind} {name}".strip()


def _row(inspection: Inspection | None, sha256: str, pk: UUID, *, replaced: bool) -> tuple[Any, ...]:
    """What is here under the id that the round names, held against the hash that it names."""
    if inspection is None:
        return (str(pk), "", "", "CHƯA NHẬN ĐƯỢC phiếu này")
    fits = "khớp" if inspection.sha256 == sha256 else "KHÁC với mã băm mà đợt ghi"
    return (*_cells(inspection), f"{fits}; sau đó đã được thay" if replaced else fits)


def _not_named(inspection: Inspection, named: Container[UUID], *, replaced: bool) -> str:
    """Why a round does not name an inspection: corrected before it was closed or afterwards, or for no known reason."""
    if replaced:
        return "đã được thay"
    return "thay cho phiếu mà đợt nêu" if inspection.supersedes in named else "đợt không nêu phiếu này"


def _cells(inspection: Inspection) -> tuple[Any, ...]:
    name = inspection.product_name or inspection.gtin or str(inspection.pk)
    verdict = VERDICTS.get(inspection.status, inspection.status)
    return (link_to(inspection, name), verdict, inspection.found() or parts.NOTHING)


@admin.register(Inspection)
class RoundInspectionAdmin(_HasPlace):
    kind = INSPECTION
    list_display = (
        "received_at", "state", "product_of_list", "found", "verdict", "place_name", "account", "photo_count",
    )  # fmt: skip
    list_filter = (StateFilter, FindingFilter, VerdictFilter, "sale", PlaceFilter, CaseFilter, MonthFilter, DayFilter)
    inlines = (InspectionPhotoInline,)
    fields = (
        "id", "received_at", "written_at", "account", "device", "state", "in_round", "place", "product", "verdict",
        "copy_as_of", "codes", "found", "quantity", "price", "lot", "produced", "expiry", "seal", "sale", "seller_said",
        "samples", "held", "checklist", "text", "corrects", "corrected_by", "events", "chain", "erased", "sha256",
        "body",
    )  # fmt: skip
    readonly_fields = (
        "written_at", "state", "in_round", "place", "product", "verdict", "copy_as_of", "codes", "found", "quantity",
        "price", "lot", "produced", "expiry", "seal", "seller_said", "samples", "held", "checklist", "corrects",
        "corrected_by", "events", "chain", "erased",
    )  # fmt: skip

    @admin.display(description="sản phẩm")
    def product_of_list(self, record: Inspection) -> str:
        return record.product_name or record.gtin or parts.NOTHING

    @admin.display(description="phát hiện")
    def found(self, record: Inspection) -> str:
        return record.found() or parts.NOTHING

    @admin.display(description="đợt kiểm tra")
    def in_round(self, record: Inspection) -> SafeString | str:
        """The round, and whether it names this inspection as it is here."""
        found = Round.objects.filter(pk=record.round, account=record.account_id).first()
        if found is None:
            return f"{record.round}: chưa nhận được đợt này"
        named = {UUID(one["id"]): one["sha256"] for one in said(found)["inspections"]}
        if record.pk not in named:
            words = _not_named(record, named, replaced=bool(record.corrections))
        else:
            words = "khớp" if named[record.pk] == record.sha256 else "KHÁC với mã băm mà đợt ghi"
        place = f"{found.place_name or found.get_place_kind_display()}, {moment(found.received_at)}"
        return format_html("{} · {}", link_to(found, place), words)

    @admin.display(description="sản phẩm")
    def product(self, record: Inspection) -> SafeString | str:
        """As it was shown then, with what the register calls it now."""
        shown = said(record)["product"] or {"name": "", "producer": ""}
        texts: list[Any] = [" · ".join(filter(None, (shown["name"], shown["producer"])))]
        now = Product.objects.filter(gtin=record.gtin).first() if record.gtin else None
        if now is not None:
            address = reverse("admin:register_product_change", args=[now.pk])
            texts.append(format_html('GTIN {}, trong sổ: <a href="{}">{}</a>', record.gtin, address, now))
        elif record.gtin:
            texts.append(f"GTIN {record.gtin}: không có trong sổ đăng ký")
        return parts.lines(texts)

    @admin.display(description="kết luận của ứng dụng")
    def verdict(self, record: Inspection) -> str:
        """The app's word; on the page with its date."""
        return super().verdict(record) or parts.NOTHING

    @admin.display(description="bản sổ trên máy khi đó")
    def copy_as_of(self, record: Inspection) -> str:
        as_of = said(record)["copy_as_of"]
        return f"đến {parts.at(as_of)}" if as_of else parts.NOTHING

    @admin.display(description="mã đã quét")
    def codes(self, record: Inspection) -> SafeString | str:
        return parts.lines(f"{code['text']} ({code['symbology']})" for code in said(record)["codes"])

    @admin.display(description="số lượng")
    def quantity(self, record: Inspection) -> str:
        return parts.amount(said(record)["quantity"])

    @admin.display(description="giá bán")
    def price(self, record: Inspection) -> str:
        price = said(record)["price"]
        return parts.NOTHING if price is None else f"{price:,} đồng".replace(",", ".")

    @admin.display(description="số lô")
    def lot(self, record: Inspection) -> SafeString | str:
        return parts.compared(said(record)["lot"])

    @admin.display(description="ngày sản xuất")
    def produced(self, record: Inspection) -> SafeString | str:
        return parts.compared(said(record)["produced"], parts.day)

    @admin.display(description="hạn dùng")
    def expiry(self, record: Inspection) -> SafeString | str:
        return parts.compared(said(record)["expiry"], parts.day)

    @admin.display(description="niêm phong trên gói")
    def seal(self, record: Inspection) -> str:
        seal = said(record)["seal"]
        return Seal.label_of(seal) if seal else parts.NOTHING

    @admin.display(description="lời người bán")
    def seller_said(self, record: Inspection) -> str:
        return said(record)["seller_said"] or parts.NOTHING

    @admin.display(description="mẫu đã lấy")
    def samples(self, record: Inspection) -> SafeString | str:
        return parts.lines(map(parts.amount, said(record)["samples"]))

    @admin.display(description="hàng tạm giữ")
    def held(self, record: Inspection) -> str:
        return parts.amount(said(record)["held"])

    @admin.display(description="danh mục kiểm tra")
    def checklist(self, record: Inspection) -> SafeString | str:
        """In the words of the version that was used, which the server never deletes."""
        filled = said(record)["checklist"]
        kept = Checklist.objects.filter(pk=filled["version"]).first() if filled else None
        return parts.checklist(filled, read(kept.document.encode()) if kept else None)

    def in_one_line(self, record: Inspection) -> str:
        return " · ".join(filter(None, (record.product_name or record.gtin, record.found())))

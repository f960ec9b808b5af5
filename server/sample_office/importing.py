"""Hands in one list of newly recognised products, as a registrar does, and publishes it."""

from __future__ import annotations

import hashlib
import io
from datetime import date, timedelta
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from openpyxl import Workbook

from imports import running
from imports.models import ImportRun, RunState
from register.gtin import check_digit
from sample_office import texts
from sample_office.models import Written
from sample_office.people import HEAD, id_of
from sample_office.writing import account_of

DAYS_AGO = 20
_RUN = UUID(id_of("import"))


class NotImported(Exception):
    """The list was not published."""


def import_list(today: date) -> None:
    """Hand the list in and publish its good rows; one whose publishing broke off is taken up."""
    run = ImportRun.objects.filter(pk=_RUN).first() or _hand_in(today)
    running.settle(run)
    if run.state not in {RunState.PREVIEW, RunState.PUBLISHED}:
        running.begin_reading(run, here=True)
    if run.state == RunState.PREVIEW and run.good:
        running.begin_publishing(run, account_of(HEAD), here=True)
    if run.state != RunState.PUBLISHED:
        raise NotImported(run.told)


def _hand_in(today: date) -> ImportRun:
    content = _workbook(today)
    run = ImportRun(
        id=_RUN, name=texts.IMPORT_NAME, sha256=hashlib.sha256(content).hexdigest(), size=len(content),
        by=account_of(HEAD), state=RunState.CANCELLED, answers={"issuer": "UBND tỉnh Quảng Ninh"},
    )  # fmt: skip
    default_storage.save(run.path, ContentFile(content))
    run.save()
    Written.objects.get_or_create(what=Written.IMPORT, key=str(run.pk))
    return run


def _workbook(today: date) -> bytes:
    """Eight good rows, and two that are given back: a barcode that Excel has damaged, and no day that exists."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has one
    sheet.append(["DANH SÁCH SẢN PHẨM ĐƯỢC CÔNG NHẬN BỔ SUNG (DỮ LIỆU MẪU, HƯ CẤU)"])
    sheet.append(list(texts.IMPORT_HEADER))
    issued = today - timedelta(days=DAYS_AGO + 5)
    for number, (name, producer, place, stars, group) in enumerate(texts.IMPORTED, start=1):
        # Two certificates were recognised years ago, come late into the register and end soon.
        begins = issued if number > 2 else today - timedelta(days=1096 - 25)
        ends = begins + timedelta(days=1095)
        row = [number, name, producer, place, stars, f"{900 + number}/QĐ-UBND", f"{begins:%d/%m/%Y}"]
        sheet.append([*row, f"{ends:%d/%m/%Y}", group, _gtin(number)])
    bad = ["HTX Bến Đò Mới (mẫu)", "Tổ 4, phường Cẩm Phả", "3 sao", "909/QĐ-UBND", f"{issued:%d/%m/%Y}"]
    end = f"{issued + timedelta(days=1095):%d/%m/%Y}"
    sheet.append([9, "Sá sùng khô Bến Đò Mới (mẫu)", *bad, end, "Thực phẩm", "9,52999E+12"])
    sheet.append([10, "Mắm tép Bến Đò Mới (mẫu)", *bad, "31/06/2029", "Thực phẩm", _gtin(10)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _gtin(number: int) -> str:
    body = f"952{98_765:05d}{number:04d}"
    return body + check_digit(body)

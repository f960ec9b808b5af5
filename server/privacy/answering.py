"""Does what a person asked for: a copy of what is kept, a correction beside it, its removal. All of it is logged."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Collection, Iterator
from typing import IO, Any
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from accounts.models import User
from audits import erasing as audits
from audits.models import Audit
from imports.models import ImportRow
from logbook.models import Group
from logbook.watched import SECRET
from logbook.writing import write
from privacy.finding import KIND_TITLES, is_held, item_of
from privacy.models import PersonRequest
from records.erasing import Ground, What, delete_bytes, erase
from records.kinds import kind_named
from records.models import Erasure, Event, StoredRecord
from register.days import rfc3339
from reviewing import acting
from reviewing.models import Case
from rounds import erasing as rounds
from rounds.models import Round

MOST_PHOTO_BYTES = 200_000_000
"""Photos of one copy; the others are named in it and given another way."""
Chosen = Collection[tuple[str, str]]
"""Things that are kept, each by its model's label and its key."""


def write_copy(
    asked: PersonRequest, chosen: Chosen, by: User, into: IO[bytes], tell: Callable[[int], None] = lambda _: None
) -> None:
    """Write a ZIP of these things: `data.json`, a page to read, and the photos of records. Written into the log.

    `tell` hears how many things are in it.
    """
    told, room = [], MOST_PHOTO_BYTES
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, (label, key) in enumerate(chosen):
            tell(number)
            row = _row(label, key)
            if row is None:
                continue
            if not isinstance(row, StoredRecord):
                told.append({"of": str(row._meta.verbose_name), "key": key, "says": _plain(row)})
                continue
            said = _record(label, row)
            for file in _files(label, row):
                content = _bytes_of(file) if file.file and file.size <= room else None
                if is_here := content is not None:
                    packed.writestr(f"photos/{file.sha256}.{file.file.rsplit('.', 1)[-1]}", content)
                    room -= file.size
                said["photos"].append({"sha256": file.sha256, "here": is_here})
            told.append(said)
        document = {"register_told": rfc3339(timezone.now()), "request": str(asked.pk), "kept": told}
        packed.writestr(
            "data.json", json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, cls=DjangoJSONEncoder)
        )
        packed.writestr("doc.html", _page(told))
    _log(asked, "Xuất dữ liệu của một người", [("Số mục", "", str(len(told)))], by=by)


def _bytes_of(file: Any) -> bytes | None:
    """A photo, or None where it is lost or was erased just now: the person gets the rest."""
    try:
        with default_storage.open(file.file) as photo:
            content: bytes = photo.read()
    except FileNotFoundError:
        return None
    return content


def photo_bytes(chosen: Chosen) -> int:
    """How many bytes the photos of these things have."""
    found = ((label, _row(label, key)) for label, key in chosen)
    return sum(file.size for label, row in found if isinstance(row, StoredRecord) for file in _files(label, row))


def remove(asked: PersonRequest, chosen: Chosen, by: User) -> tuple[int, int]:
    """Remove the content of these records, but of those that are held. Returns how many were emptied and how many held.

    Other things, and records without anything left to remove, are neither.

    A round goes with its inspections and all versions, each record by itself.
    """
    done = held = 0
    for label, key in chosen:
        row = _row(label, key)
        if not isinstance(row, StoredRecord):
            continue
        kind = kind_named(_kind_name(label))
        if is_held(kind.name, row):
            held += 1
            continue
        if not item_of(kind, row).open_for:
            continue
        with transaction.atomic():
            if isinstance(row, Round):
                rounds.erase(row, Ground.REQUEST, by)
            elif isinstance(row, Audit):
                audits.erase(row, Ground.REQUEST, by)
            erase(kind, row, [*kind.erasable, What.PHOTOS], Ground.REQUEST, by)
        done += 1
    delete_bytes(10_000)
    _log(asked, "Xóa dữ liệu của một người", [("Đã xóa", "", str(done)), ("Giữ vì đang xử lý", "", str(held))])
    return done, held


def rectify(asked: PersonRequest, chosen: Chosen, text: str, by: User) -> int:
    """Write a correction beside records, which are signed and stay as they are. Returns beside how many."""
    done = 0
    for label, key in chosen:
        if label in _kinds() and Case.objects.filter(kind=_kind_name(label), record=key).exists():
            acting.comment(kind_named(_kind_name(label)), UUID(key), f"Đính chính theo yêu cầu: {text}", by)
            done += 1
    _log(asked, "Đính chính theo yêu cầu", [("Số hồ sơ", "", str(done))], why=text)
    return done


@transaction.atomic
def answer(asked: PersonRequest, text: str) -> None:
    """Keep what the person was answered in words, and when first."""
    first = asked.answered_at or timezone.now()
    PersonRequest.objects.filter(pk=asked.pk).update(answer=text, answered_at=first)
    _log(asked, "Trả lời người yêu cầu")


@transaction.atomic
def finish(asked: PersonRequest) -> None:
    """Keep that all was carried out."""
    PersonRequest.objects.filter(pk=asked.pk, done_at=None).update(done_at=timezone.now())
    _log(asked, "Xong yêu cầu")


def _log(
    asked: PersonRequest,
    what: str,
    changes: list[tuple[str, str, str]] | None = None,
    why: str = "",
    by: User | None = None,
) -> None:
    """The person's name is not written: the log outlives the request."""
    write(Group.PRIVACY, what, asked, changes or [], why=why, by=by)


def _kinds() -> dict[str, str]:
    return {kind_named(name).records_model._meta.label_lower: name for name in KIND_TITLES}


def _kind_name(label: str) -> str:
    return _kinds()[label]


def _row(label: str, key: str) -> Any:
    """What is kept under this key, or None where it is gone meanwhile."""
    return apps.get_model(label)._default_manager.filter(pk=key).first()


def _record(label: str, row: StoredRecord) -> dict[str, Any]:
    name = _kind_name(label)
    of = {"kind": name, "record": row.pk}
    return {
        "of": KIND_TITLES[name],
        "key": str(row.pk),
        "sha256": row.sha256,
        "received_at": rfc3339(row.received_at),
        "says": json.loads(row.body),
        "events": [
            {"at": rfc3339(one.at), "state": one.state, "text": one.text, "number": one.number}
            for one in Event.objects.filter(**of).order_by("cursor")
        ],
        "erased": [
            {"what": one.what, "at": rfc3339(one.at), "ground": one.ground} for one in Erasure.objects.filter(**of)
        ],
        "photos": [],
    }


def _files(label: str, row: StoredRecord) -> list[Any]:
    return list(kind_named(_kind_name(label)).files.filter(record_id=row.pk))


def _plain(row: Any) -> dict[str, Any]:
    """A row's columns, without secrets."""
    if isinstance(row, ImportRow):
        return {"file": row.run.name, "row": row.label, "read": row.read}
    fields = [field for field in row._meta.concrete_fields if not any(part in field.name for part in SECRET)]
    return {str(field.verbose_name): field.value_from_object(row) for field in fields if field.name != "search_text"}


def _page(told: list[dict[str, Any]]) -> str:
    """What is in `data.json`, for reading: no scripts, nothing from elsewhere."""
    parts = format_html_join("", "<section><h2>{}</h2>{}</section>", ((one["of"], _tree(one)) for one in told))
    return str(
        format_html(
            '<!doctype html><html lang="vi"><meta charset="utf-8"><title>Dữ liệu được lưu về bạn</title>'
            "<style>body{{font:16px/24px sans-serif;max-width:800px;margin:24px auto;padding:0 16px}}"
            "section{{border-top:1px solid #999}}dt{{font-weight:600}}dd{{overflow-wrap:anywhere}}</style>"
            "<h1>Dữ liệu được lưu về bạn</h1><p>{} mục, xuất lúc {}.</p>{}</html>",
            len(told), f"{timezone.localtime():%d/%m/%Y %H:%M}", parts,
        )
    )  # fmt: skip


def _tree(said: Any) -> Any:
    if isinstance(said, dict):
        rows: Iterator[tuple[str, Any]] = ((name, _tree(value)) for name, value in said.items() if value or value == 0)
        return format_html("<dl>{}</dl>", format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows))
    if isinstance(said, list | tuple):
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((_tree(one),) for one in said)))
    return str(said)

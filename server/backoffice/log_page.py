"""The log's page: who did what and when, with the old and the new value. It can be read and kept as a file, no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import IO, Any
from urllib.parse import urlencode

from django import forms
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from backoffice.file_pages import hand_over
from backoffice.permissions import needs
from backoffice.table_files import FORMATS, name_of, written
from backoffice.texts import whole_number
from logbook.models import Entry, Group
from logbook.reading import Found, Wanted, begins, find
from office_files.kinds import FileKind, Tell
from overview.tables import Cell, Table
from records.models import Event
from reviewing.models import Remark

MOST_WRITTEN = 10_000
"""Entries of one file; the next file begins where it ended."""
_COLUMNS = ("Lúc", "Ai", "Việc", "Bản ghi", "Mục", "Giá trị cũ", "Giá trị mới", "Lý do")
_PAGES = {
    "imports.importrun": lambda entry: reverse("import-run", args=[entry.key]),
    "records.event": lambda entry: _of_event(entry.key),
    "reviewing.remark": lambda entry: _of_remark(entry.key),
    "privacy.personrequest": lambda entry: reverse("office-person-request", args=[entry.key]),
}


@needs("logbook.view_entry")
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Show a page of entries."""
    wanted, problems = _wanted(request.GET)
    found = find(wanted, whole_number(request.GET.get("before", "")))
    said = {name: value for name, value in request.GET.items() if value and name != "before"}
    older = f"?{urlencode({**said, 'before': found.before})}" if found.before else ""
    here = {**said, "before": request.GET.get("before", "")}
    context = {
        **admin.site.each_context(request),
        "title": "Nhật ký",
        "rows": [_row(entry) for entry in found.entries],
        "older": older,
        "newest": f"?{urlencode(said)}" if request.GET.get("before") else "",
        "looked_until": found.looked_until,
        "begins": begins(),
        "asked": request.GET,
        "filtered": bool(said),
        "problems": problems,
        "groups": Group.choices,
        "people": [(user.pk, user.name or user.username) for user in User.objects.order_by("name", "username")],
        "files": [(kind.upper(), f"{reverse('office-log-file', args=[kind])}?{urlencode(here)}") for kind in FORMATS],
    }
    return render(request, "backoffice/log.html", context, status=400 if problems else 200)


@needs("logbook.view_entry")
@require_safe
def log_file(request: HttpRequest, extension: str) -> HttpResponse:
    """The entries as a file: a row for each field that was changed."""
    if extension not in FORMATS or _wanted(request.GET)[1]:
        raise Http404
    # The file begins and ends where it would if it were made now, whatever is written until it is.
    newest = Entry.objects.order_by("-at", "-id").values_list("pk", flat=True).first()
    asked = {"format": extension, "said": request.GET.dict(), "newest": newest}
    count = len(_entries(asked, LOG.at_once + 1).entries)
    if count > LOG.at_once:
        count = len(_entries(asked, MOST_WRITTEN).entries)
    return hand_over(request, LOG, "Nhật ký", name_of("nhat-ky", extension), asked, count)


def _entries(asked: Mapping[str, Any], most: int) -> Found:
    said = asked["said"]
    return find(_wanted(said)[0], whole_number(said.get("before", "")), most, asked.get("newest"))


def _make(asked: Mapping[str, Any], _: User, tell: Tell, into: IO[bytes]) -> None:
    rows: list[tuple[Cell, ...]] = []
    for number, entry in enumerate(_entries(asked, MOST_WRITTEN).entries, 1):
        rows.extend(_rows_of(entry))
        tell(number)
    into.write(written(Table("nhat-ky", "Nhật ký", _COLUMNS, rows), asked["format"]))


LOG = FileKind("log", "logbook.view_entry", "dòng", 1000, _make)


def _wanted(asked: Mapping[str, str]) -> tuple[Wanted, list[str]]:
    """What the address asks for, and what of it could not be read."""
    problems = []
    days: dict[str, date | None] = {}
    for name, title in (("first", "Từ ngày"), ("last", "Đến ngày")):
        try:
            days[name] = forms.DateField(required=False).clean(asked.get(name, ""))
            if (day := days[name]) is not None:
                _ = day - timedelta(days=1), day + timedelta(days=1)  # its midnights are days too
        except (ValidationError, OverflowError):
            days[name] = None
            problems.append(f"{title} chưa đúng. Hãy ghi như 31/12/2026.")
    group = asked.get("group", "")
    return Wanted(
        asked.get("q", ""),
        whole_number(asked.get("by", "")),
        group if group in Group.values else "",
        asked.get("record", ""),
        **days,
    ), problems


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "entry": entry,
        "group": entry.get_group_display(),
        "address": address_of(entry),
        "record": f"{entry.model}:{entry.key}" if entry.key else "",
        "who": entry.who or "Hệ thống",
    }


def _rows_of(entry: Entry) -> Iterable[tuple[Cell, ...]]:
    for field, old, new in entry.changes or [("", "", "")]:
        said = (entry.at, entry.who or "Hệ thống", entry.what, entry.about, field, old, new, entry.why)
        yield tuple(Cell(value) for value in said)


def address_of(entry: Entry) -> str:
    """Where the record of an entry is shown; "" where it has no page or is gone."""
    if not entry.key:
        return ""
    try:
        if entry.model in _PAGES:
            return _PAGES[entry.model](entry)
        model = apps.get_model(entry.model)
        if not model._default_manager.filter(pk=entry.key).exists():
            return ""
        if model not in admin.site._registry:
            return _of_whole(model._default_manager.get(pk=entry.key))
        return reverse(f"admin:{entry.model.replace('.', '_')}_change", args=[entry.key])
    except (LookupError, NoReverseMatch, ValidationError, ValueError):
        return ""


def _of_whole(part: Any) -> str:
    """The page of the product or producer that a part belongs to."""
    for name in ("product", "producer"):
        if (whole := getattr(part, f"{name}_id", None)) is not None:
            return reverse(f"admin:register_{name}_change", args=[whole])
    return ""


def _of_event(key: str) -> str:
    event = Event.objects.filter(pk=key).first()
    return reverse("office-case", args=[event.kind, event.record]) if event else ""


def _of_remark(key: str) -> str:
    remark = Remark.objects.filter(pk=key).select_related("case").first()
    return reverse("office-case", args=[remark.case.kind, remark.case.record]) if remark else ""

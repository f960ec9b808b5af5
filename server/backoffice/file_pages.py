"""The pages of files that take long to make: how far each is, stopping it, and the file for whoever asked for it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from backoffice.permissions import View
from observing.unavailable import gone
from office_files import making
from office_files.forgetting import remove
from office_files.kinds import FileKind, all_kinds
from office_files.models import FileState, OfficeFile
from privacy.clock import days_of
from records.storage import PhotosUnavailable
from register.workbooks import XLSX

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": XLSX,
    "zip": "application/zip",
}
_SHOWN = 50
_TOO_MANY = f"Bạn đang chờ {making.MOST_WAITING} tệp. Hãy đợi một tệp xong, hoặc dừng bớt, rồi yêu cầu lại."


def hand_over(
    request: HttpRequest, kind: FileKind, title: str, name: str, asked: Mapping[str, Any], count: int
) -> HttpResponse:
    """Give a short file at once, and lead to the page of a long one, which the queue makes.

    `name` is what the file is called, `count` how much of the kind's unit it has. Raises NotMade.
    """
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - the page's permission has seen to it
    if is_short(kind, count):
        written = io.BytesIO()
        making.write_into(kind, asked, user, lambda _: None, written)
        return given(name, written.getvalue())
    file = making.begin(kind, title, name, asked, count, user)
    if file is None:
        messages.error(request, _TOO_MANY)
        return redirect("office-files")
    return redirect("office-file", file.pk)


def is_short(kind: FileKind, count: int) -> bool:
    """Whether a file is made while the person waits for the answer."""
    return count <= kind.at_once


def given(name: str, content: bytes) -> HttpResponse:
    """A file as an answer; `name` says what it is called and of which kind it is."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=_type_of(name), headers=headers)


def _page_for_all(view: View) -> Any:
    """A page for everybody who works here: it shows what is theirs alone."""
    page: Any = admin.site.admin_view(view)
    page.needs = ""
    return page


@_page_for_all
@require_safe
def files(request: HttpRequest) -> HttpResponse:
    """The files that this person has asked for, the newest first."""
    found = list(OfficeFile.objects.filter(by_id=request.user.pk)[:_SHOWN])
    for file in found:
        making.settle(file)
    return _page(request, "list", "Tệp của tôi", files=found, days=days_of("office_files"))


@_page_for_all
@require_safe
def file_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """One file as it stands."""
    file = _own(request, key)
    goes = file.at + timedelta(days=days_of("office_files"))
    return _page(request, "file", file.title, file=file, unit=_unit(file), goes=goes, may=_may(request, file))


@_page_for_all
@require_safe
def file_state(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far it is, for the page that waits."""
    file = _own(request, key)
    queued = f"{file.is_queued:d}{file.waits_long:d}"  # the page is drawn anew where it changes
    return JsonResponse({"working": file.at_work, "queued": queued, "done": file.done, "total": file.total})


@_page_for_all
@require_POST
def file_do(request: HttpRequest, key: UUID, what: str) -> HttpResponse:
    """Stop it, make it once more, or remove it."""
    file = _own(request, key)
    if what == "cancel":
        making.cancel(file)
    elif what == "again" and _may(request, file):
        if not making.again(file):
            messages.error(request, _TOO_MANY)
    elif what == "remove" and not file.at_work:
        remove(file)
        messages.success(request, "Đã xóa tệp.")
        return redirect("office-files")
    return redirect("office-file", key)


@_page_for_all
@require_safe
def file_bytes(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The file, with the rights that the person has now."""
    file = _own(request, key)
    if file.state != FileState.READY or not _may(request, file):
        return redirect("office-file", key)
    try:
        content = default_storage.open(file.file)
    except FileNotFoundError:
        OfficeFile.objects.filter(pk=key, state=FileState.READY).update(
            state=FileState.FAILED, file="", told="Tệp không còn trên máy chủ. Hãy làm lại."
        )
        return redirect("office-file", key)
    except PhotosUnavailable as error:
        now = gone(error)
        return HttpResponse(
            "Hiện không đọc được tệp. Hãy thử lại sau.", status=503, content_type="text/plain; charset=utf-8",
            headers={"Retry-After": str(now.retry_after)} if now else None,
        )  # fmt: skip
    return FileResponse(content, as_attachment=True, filename=file.name, content_type=_type_of(file.name))


def _own(request: HttpRequest, key: UUID) -> OfficeFile:
    """A file that this person has asked for; to everybody else there is none."""
    file = get_object_or_404(OfficeFile, pk=key, by_id=request.user.pk)
    making.settle(file)
    return file


def _may(request: HttpRequest, file: OfficeFile) -> bool:
    kind = all_kinds().get(file.kind)
    return kind is not None and isinstance(request.user, User) and kind.may(request.user)


def _unit(file: OfficeFile) -> str:
    kind = all_kinds().get(file.kind)
    return kind.unit if kind else ""


def _type_of(name: str) -> str:
    return _TYPES[name.rpartition(".")[2]]


def _page(request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
    shown = {**admin.site.each_context(request), "title": title, "now": timezone.now(), **context}
    return render(request, f"backoffice/files/{name}.html", shown)


urlpatterns = [
    path("", files, name="office-files"),
    path("<uuid:key>/", file_page, name="office-file"),
    path("<uuid:key>/state/", file_state, name="office-file-state"),
    path("<uuid:key>/do/<str:what>/", file_do, name="office-file-do"),
    path("<uuid:key>/file/", file_bytes, name="office-file-bytes"),
]

"""Shows the photos of records: copies without metadata, to those who may see the records."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import TabularInline

from backoffice.read_only import ReadOnly
from backoffice.words import moment
from observing.unavailable import gone
from records.copies import SIDE, small_copy
from records.kinds import Kind
from records.models import StoredFile
from records.pictures import UnsupportedPhoto, copy_to_show
from records.storage import PhotosUnavailable

LARGE = 1600
# Pixels a side of a photo by itself and in a record's list.
PHOTO_SIDES = {"large": LARGE, "small": SIDE}


class PhotosOfRecord(ReadOnly, TabularInline):
    """The photos that a record names, in its page; a kind's own class adds `model`."""

    extra = 0
    fields: tuple[str, ...] = ("picture", "size", "stored_at", "sha256")
    readonly_fields = fields

    @admin.display(description="Ảnh")
    def picture(self, photo: StoredFile) -> SafeString | str:
        """The small copy, which leads to the large one."""
        if photo.erased_at:
            return f"Đã xóa {moment(photo.erased_at)}"
        if not photo.file:
            return "Chưa nhận được"
        large, small = (reverse(f"admin:{_name(photo)}", args=[photo.pk, size]) for size in PHOTO_SIDES)
        return format_html(
            '<a href="{}"><img src="{}" alt="Ảnh {}" style="max-height: 12rem"></a>', large, small, photo.number + 1
        )


class ShowsPhotos:
    """For the admin class of a kind of record: serves the copies of its photos."""

    kind: Kind

    def get_urls(self) -> list[URLPattern]:
        """Add the photos' addresses."""
        file = path(
            "photo/<int:pk>/<str:size>",
            self.admin_site.admin_view(self.photo_file),  # type: ignore[attr-defined]
            name=_name(self.kind.files_model),
        )
        return [file, *super().get_urls()]  # type: ignore[misc]

    def photo_file(self, request: HttpRequest, pk: int, size: str) -> HttpResponse:
        """A copy of the picture, for those who may see the record. What was signed stays as it is in the store."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        photo = get_object_or_404(self.kind.files, pk=pk)
        if not photo.file or photo.erased_at or size not in PHOTO_SIDES:
            raise Http404
        try:
            with default_storage.open(photo.file) as file:
                content = file.read()
            if hashlib.sha256(content).hexdigest() != photo.sha256:
                return _not_what_was_signed()
            is_small = PHOTO_SIDES[size] == SIDE
            copy = small_copy(photo.file, photo.sha256, content) if is_small else copy_to_show(content, LARGE)
        except FileNotFoundError:
            raise Http404 from None
        except PhotosUnavailable as error:
            now = gone(error)
            return HttpResponse(
                "Hiện không đọc được ảnh. Hãy thử lại sau.",
                status=503,
                content_type="text/plain; charset=utf-8",
                headers={"Retry-After": str(now.retry_after)} if now else None,
            )
        except UnsupportedPhoto:
            return HttpResponse("Ảnh bị hỏng, không mở được.", status=422, content_type="text/plain; charset=utf-8")
        headers = {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "private, no-store"}
        return HttpResponse(copy, content_type="image/jpeg", headers=headers)


def _not_what_was_signed() -> HttpResponse:
    """A picture that says so, since a list shows nothing else of it."""
    lines = ("KHÔNG PHẢI ẢNH ĐÃ KÝ", "Tệp trên máy chủ có mã băm khác:", "đĩa hỏng, hoặc tệp đã bị thay.")
    words = format_html_join("", '<text x="16" y="{}">{}</text>', [(40 + 32 * n, line) for n, line in enumerate(lines)])
    drawn = format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 130" width="400" height="130" font-size="22" '
        'font-family="sans-serif" fill="#8c1d18"><rect width="400" height="130" fill="#f9dedc"/>{}</svg>',
        words,
    )
    headers = {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "private, no-store"}
    return HttpResponse(drawn, status=422, content_type="image/svg+xml", headers=headers)


def _name(photo: Any) -> str:
    """The name of the address of a photo, given one or its model."""
    return f"{photo._meta.app_label}_{photo._meta.model_name}_file"

"""Inspections in the back office: read only."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.admin import ModelAdmin, TabularInline

from inspections.models import Inspection, Photo
from inspections.storage import PhotosUnavailable
from registry.backoffice import ReadOnly


class PhotoInline(ReadOnly, TabularInline):
    model = Photo
    extra = 0
    fields = ("picture", "size", "stored_at", "sha256")
    readonly_fields = fields

    @admin.display(description="Ảnh")
    def picture(self, photo: Photo) -> SafeString | str:
        if not photo.file:
            return "Chưa nhận được"
        address = reverse("admin:inspections_photo_file", args=[photo.pk])
        return format_html('<a href="{0}"><img src="{0}" alt="Ảnh" style="max-height: 12rem"></a>', address)


@admin.register(Inspection)
class InspectionAdmin(ReadOnly, ModelAdmin):
    list_display = ("received_at", "outcome", "status", "gtin", "account", "text_start", "photo_count")
    list_filter = ("outcome", "status", "received_at")
    list_select_related = ("account",)
    search_fields = ("id", "gtin", "code_text", "text", "account__username")
    date_hierarchy = "received_at"
    inlines = (PhotoInline,)
    fields = (
        "id", "received_at", "created_at", "account", "device", "outcome", "status", "gtin", "code_text", "text",
        "latitude", "longitude", "corrects", "corrected_by", "sha256", "body",
    )  # fmt: skip
    readonly_fields = ("corrects", "corrected_by")

    @admin.display(description="ghi chú")
    def text_start(self, inspection: Inspection) -> str:
        return inspection.text[:80]

    @admin.display(description="ảnh")
    def photo_count(self, inspection: Inspection) -> int:
        return inspection.photos.count()

    @admin.display(description="thay cho phiếu")
    def corrects(self, inspection: Inspection) -> SafeString | str:
        original = inspection.corrected()
        return _link(original) if original else "-"

    @admin.display(description="được thay bằng phiếu")
    def corrected_by(self, inspection: Inspection) -> SafeString | str:
        return format_html_join(mark_safe("<br>"), "{}", [(_link(c),) for c in inspection.corrections()]) or "-"

    def get_urls(self) -> list[URLPattern]:
        file = path("photo/<int:pk>", self.admin_site.admin_view(self.photo_file), name="inspections_photo_file")
        return [file, *super().get_urls()]

    def photo_file(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The picture, for those who may see inspections."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        photo = get_object_or_404(Photo, pk=pk)
        if not photo.file:
            raise Http404
        kind = "image/png" if photo.file.endswith(".png") else "image/jpeg"
        try:
            picture = default_storage.open(photo.file)
        except FileNotFoundError:
            raise Http404 from None
        except PhotosUnavailable:
            return HttpResponse("Hiện không đọc được ảnh. Hãy thử lại sau.", status=503, content_type="text/plain")
        # A picture may be a page as well, to whom it is not a picture: nothing in it is ever run.
        headers = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "private, no-store"}
        return FileResponse(picture, content_type=kind, headers=headers)


def _link(inspection: Inspection) -> SafeString:
    address = reverse("admin:inspections_inspection_change", args=[inspection.pk])
    return format_html('<a href="{}">{}</a>', address, inspection.pk)

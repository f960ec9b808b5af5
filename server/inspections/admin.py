"""Inspections in the back office: read only."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline

from inspections.models import Inspection, Photo
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
        "latitude", "longitude", "sha256", "body",
    )  # fmt: skip

    @admin.display(description="ghi chú")
    def text_start(self, inspection: Inspection) -> str:
        return inspection.text[:80]

    @admin.display(description="ảnh")
    def photo_count(self, inspection: Inspection) -> int:
        return inspection.photos.count()

    def get_urls(self) -> list[URLPattern]:
        file = path("photo/<int:pk>", self.admin_site.admin_view(self.photo_file), name="inspections_photo_file")
        return [file, *super().get_urls()]

    def photo_file(self, request: HttpRequest, pk: int) -> FileResponse:
        """The picture, for those who may see inspections."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        photo = get_object_or_404(Photo, pk=pk)
        if not photo.file:
            raise Http404
        kind = "image/png" if photo.file.endswith(".png") else "image/jpeg"
        return FileResponse(default_storage.open(photo.file), content_type=kind)

"""The rows in which the office gives a product its pictures: a file for a new one, a preview of one that is there."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminFileFieldWidget

from backoffice.editing import Edited, MergedForm, MergedFormSet
from pictures.uploads import BadPicture, Upload, take, taken_before
from register.models import MOST_PICTURES, Picture

_SHA256 = re.compile("[0-9a-f]{64}")
_ACCEPTED = "image/jpeg,image/png,image/webp,image/tiff,image/bmp,image/gif,image/heic"


def take_uploads(request: HttpRequest) -> None:
    """Take each uploaded file before the form is read: unpacking a picture would keep the register locked.

    What became of it is left in the file's `taken`: an Upload, or why it is not taken.
    """
    for files in request.FILES.lists():
        for file in files[1]:
            try:
                file.taken = take(file)  # type: ignore[attr-defined]
            except BadPicture as error:
                file.taken = error  # type: ignore[attr-defined]


class PictureInput(UnfoldAdminFileFieldWidget):
    """A file, or the hash of one that an earlier try to save has brought, so that nobody has to choose it again."""

    template_name = "backoffice/widgets/picture.html"
    stored = ""
    """The hash of the picture that is there already, which no file replaces."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> UploadedFile[Any] | str | None:
        """The file, else the hash of an earlier one."""
        return files.get(name) or data.get(_brought(name)) or None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether there is neither."""
        return self.value_from_datadict(data, files, name) is None

    def format_value(self, value: Any) -> None:
        """Nothing: a browser takes no file's name from a page."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add which picture is there, or was brought."""
        context: dict[str, Any] = super().get_context(name, None, attrs)
        taken = getattr(value, "taken", None)
        brought = taken.sha256 if isinstance(taken, Upload) else value if isinstance(value, str) else ""
        brought = brought if _SHA256.fullmatch(brought) else ""
        return {**context, "stored": self.stored, "brought": brought, "brought_name": _brought(name)}


class PictureField(forms.Field):
    """Gives an Upload, or None where no file was chosen."""

    widget = PictureInput

    def clean(self, value: Any) -> Upload | None:
        """Tell why a file is not taken, or give what was made of it."""
        try:
            if isinstance(value, UploadedFile):
                taken = getattr(value, "taken", None) or take(value)
                if isinstance(taken, BadPicture):
                    raise taken
                return taken
            return taken_before(value) if value and _SHA256.fullmatch(value) else None
        except BadPicture as error:
            raise ValidationError(str(error)) from None

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ARG002 - Django's signature
        """Whether a file was chosen."""
        return bool(data)


class PictureForm(MergedForm):
    """One picture. Another file is another picture: delete this one and add that."""

    file = PictureField(
        label="ảnh", required=False, widget=PictureInput(attrs={"accept": _ACCEPTED, "aria-label": "ảnh"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.fields["file"].disabled = True
            self.fields["file"].widget.stored = self.instance.sha256

    def clean(self) -> dict[str, Any]:
        """Give the row what its file has brought, and refuse a new row without a file."""
        cleaned = super().clean()
        upload = cleaned.get("file")
        if upload:
            self.instance.sha256, self.instance.width, self.instance.height = upload.sha256, upload.width, upload.height
        elif self.instance._state.adding and "file" not in self.errors:
            self.add_error("file", "Hãy chọn tệp ảnh.")
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Save the row. The register is locked, so nobody removes the copies from here on."""
        upload = self.cleaned_data.get("file")
        if upload:
            upload.keep()
        return super().save(commit)


class PictureFormSet(MergedFormSet):
    """The pictures of one product: a few, and none of them twice."""

    def is_multipart(self) -> bool:
        """Yes: a new row has a file, whatever the first row is."""
        return True

    def clean(self) -> None:
        """Count what will be there with what others have added meanwhile."""
        super().clean()
        if any(self.errors):
            return
        gone = {form.instance.pk for form in self.deleted_forms}
        there = set(self.get_queryset().all().exclude(pk__in=gone).values_list("sha256", flat=True))
        for form in self.extra_forms:
            if form in self.deleted_forms or not (upload := form.cleaned_data.get("file")):
                continue
            if upload.sha256 in there:
                form.add_error("file", "Sản phẩm này đã có ảnh đó.")
            there.add(upload.sha256)
        if len(there) > MOST_PICTURES:
            raise ValidationError(f"Mỗi sản phẩm có nhiều nhất {MOST_PICTURES} ảnh. Hãy bỏ bớt ảnh rồi lưu lại.")


class PictureInline(Edited, TabularInline):
    model = Picture
    form = PictureForm
    formset = PictureFormSet
    extra = 0
    max_num = MOST_PICTURES
    fields = ("file", "shows", "position")


def _brought(name: str) -> str:
    return f"{name}-brought"

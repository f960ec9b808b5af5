"""Drafts of the checklists: begun from the version in use or a file, worded, looked at, put in use from a day."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from unfold.widgets import UnfoldAdminFileFieldWidget

from backoffice.day_input import day_field
from backoffice.permissions import needs
from checklists.adding import AlreadyThere, TooEarly, add
from checklists.document import MOST_BYTES, Refused, read
from checklists.drafting import WORDS, changed, differences
from checklists.models import Checklist, Draft
from register import days
from register.folding import normal

NEEDED = "checklists.add_checklist"
_LONGEST = 1000  # as the document's bounds have it


class BeginForm(forms.Form):
    """A new draft: its name, and the file that it begins with; without one, the version in use."""

    name = forms.CharField(label="Tên bản nháp", max_length=120)
    file = forms.FileField(
        label="Tệp danh mục (JSON)", required=False, widget=UnfoldAdminFileFieldWidget,
        help_text="Để trống thì bắt đầu từ bản đang dùng.",
    )  # fmt: skip


class UseForm(forms.Form):
    """From when a draft is used."""

    valid_from = day_field("Dùng từ ngày")


@needs(NEEDED)
def drafts(request: HttpRequest) -> HttpResponse:
    """List the drafts and the versions, and begin a draft."""
    form = BeginForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and (document := _begun(form)) is not None:
        draft = Draft.objects.create(name=form.cleaned_data["name"], document=document, changed_by=_user(request))
        messages.success(request, "Đã tạo bản nháp. Chưa máy nào nhận nó.")
        return redirect("office-checklist-draft", draft.pk)
    context = {
        **admin.site.each_context(request),
        "title": "Soạn danh mục kiểm tra",
        "form": form,
        "drafts": Draft.objects.defer("document").select_related("changed_by"),
        "versions": Checklist.objects.defer("document").select_related("added_by"),
        "in_use": in_use(),
        "today": days.today(),
    }
    return render(request, "backoffice/register/checklist_drafts.html", context)


@needs(NEEDED)
def draft_page(request: HttpRequest, draft: int) -> HttpResponse:
    """Word a draft, look at what differs from the version in use, put it in use, or throw it away."""
    one = get_object_or_404(Draft, pk=draft)
    do = request.POST.get("do", "")
    use = UseForm(request.POST if do == "use" else None, initial={"valid_from": days.today()})
    problem, is_changed = "", False
    if do and request.POST.get("seen") != _mark(one):
        is_changed = True
    elif do == "delete":
        one.delete()
        messages.success(request, "Đã xóa bản nháp. Các bản đã dùng vẫn còn.")
        return redirect("office-checklist-drafts")
    elif do == "save":
        try:
            one.document, one.changed_by = _worded(request, one), _user(request)
        except Refused as error:
            problem = f"Chưa lưu: danh mục sẽ không đúng dạng nữa. “{error}”."
        else:
            one.save()
            messages.success(request, "Đã lưu bản nháp.")
            return redirect("office-checklist-draft", one.pk)
    elif do == "use" and use.is_valid():
        problem = _put_in_use(one, use, request)
        if not problem:
            return redirect("office-checklist-drafts")
    version, now = read(one.document.encode()), in_use()
    context = {
        **admin.site.each_context(request),
        "title": one.name,
        "draft": one,
        "items": [(n, item, _typed(request, n, item)) for n, item in enumerate(version.items)],
        "lists": [(each, [version.text_of(item) for item in each.items]) for each in version.lists],
        "differences": differences(read(now.document.encode()) if now else None, version),
        "in_use": now,
        "use": use,
        "seen": _mark(one),
        "problem": problem,
        "changed": f"Chưa ghi gì: trong lúc bạn làm, {_who(one)} đã sửa bản nháp này." if is_changed else "",
        "longest": _LONGEST,
    }
    return render(request, "backoffice/register/checklist_draft.html", context, status=409 if is_changed else 200)


def in_use() -> Checklist | None:
    """The version that devices use today."""
    today = days.today()
    return next((one for one in Checklist.objects.filter(valid_from__lte=today) if _holds(one, today)), None)


def _holds(version: Checklist, today: Any) -> bool:
    return version.valid_to is None or version.valid_to >= today


def _begun(form: BeginForm) -> str | None:
    """The text that a draft begins with; None, with the reason at its field, where there is none that fits."""
    file = form.cleaned_data["file"]
    if file is None:
        now = in_use()
        if now is None:
            form.add_error("file", "Chưa có bản nào đang dùng. Hãy chọn một tệp.")
        return now.document if now else None
    content = file.read(MOST_BYTES + 1)
    try:
        read(content)
    except Refused as error:
        text = "Tệp không đúng dạng danh mục. Hãy chuyển dòng sau cho người soạn tệp"
        form.add_error("file", f"{text}: “{error}”.")
        return None
    return str(content.decode())


def _worded(request: HttpRequest, draft: Draft) -> str:
    """The draft's text with what was typed. Raises Refused."""
    version, words, dropped = read(draft.document.encode()), {}, set()
    for n, item in enumerate(version.items):
        if request.POST.get(f"drop-{n}"):
            dropped.add(item.id)
        typed = _typed(request, n, item)
        words[item.id] = {name: text for name, text in typed.items() if text != getattr(item, name)}
    return changed(draft.document, words, frozenset(dropped))


def _typed(request: HttpRequest, n: int, item: Any) -> dict[str, str]:
    """The texts of an item as they were typed, else as the draft has them."""
    return {
        name: normal(request.POST.get(f"{name}-{n}", getattr(item, name))).replace("\r\n", "\n").strip()
        for name in WORDS
    }


def _put_in_use(draft: Draft, form: UseForm, request: HttpRequest) -> str:
    """Make a version of a draft; the reason where it may not be one."""
    day = form.cleaned_data["valid_from"]
    try:
        add(draft.document.encode(), day, _user(request))
    except AlreadyThere:
        return "Bản này giống hệt một bản đã có. Hãy sửa rồi mới dùng."
    except TooEarly as error:
        return f"Đã có bản dùng từ ngày {error.latest:%d/%m/%Y}: hãy chọn ngày đó hoặc sau đó."
    except Refused as error:
        return f"Danh mục không đúng dạng: “{error}”."
    draft.delete()
    messages.success(request, f"Danh mục mới được dùng từ ngày {day:%d/%m/%Y}. Phiếu cũ vẫn theo bản cũ.")
    return ""


def _user(request: HttpRequest) -> Any:
    return request.user


def _mark(draft: Draft) -> str:
    return hashlib.sha256(draft.document.encode()).hexdigest()


def _who(draft: Draft) -> str:
    return (draft.changed_by.name or draft.changed_by.username) if draft.changed_by else "người khác"


urlpatterns = [
    path("", drafts, name="office-checklist-drafts"),
    path("<int:draft>/", draft_page, name="office-checklist-draft"),
]

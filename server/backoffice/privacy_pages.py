"""Pages of personal data: how long what is kept, what goes next, and what a person has asked for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.guessing import account_named
from accounts.models import User
from backoffice.log_page import address_of
from backoffice.permissions import needs
from backoffice.person_copy import copy_of, forget_copies
from backoffice.texts import whole_number
from logbook.models import Entry, Group
from logbook.writing import write
from privacy import answering
from privacy.clock import MOST_DAYS, all_days, deadlines, default_of, set_days
from privacy.finding import Item, find
from privacy.keeping import MOST_COUNTED, Due, one_turn, preview
from privacy.models import PersonRequest
from privacy.terms import BY_KEY, LAW
from register.days import today
from reviewing.deadlines import due_in_words

_NEEDED = "privacy.change_personrequest"
_ANSWERING = ("answer", "carry_out")


class AskForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs alone
    """What a person asks for, and by what their data is found."""

    error_css_class = "problem"

    class Meta:
        model = PersonRequest
        fields = ("what", "name", "reach", "said", "received_on", "phone", "mail", "account", "device")
        widgets = {"said": forms.Textarea(attrs={"rows": 3}), "received_on": forms.DateInput(format="%d/%m/%Y")}  # noqa: RUF012
        help_texts = {  # noqa: RUF012
            "reach": "Thư, số điện thoại hoặc địa chỉ để trả lời.",
            "phone": "Tìm theo số này, dù được viết cách nhau hay có +84.",
            "device": "Mã ở mục Giới thiệu của ứng dụng trên máy của người đó.",
        }

    def clean_received_on(self) -> Any:
        """Refuse a day to come."""
        day = self.cleaned_data["received_on"]
        if day > today():
            raise ValidationError("Ngày nhận không thể ở sau hôm nay.")
        return day

    def clean_account(self) -> Any:
        """Refuse a name that no account bears: what is kept of the account would be missing without a word."""
        name = self.cleaned_data["account"].strip()
        if name and account_named(name)[0] is None:
            raise ValidationError("Không có tài khoản nào mang tên này, cả tên cũ.")
        return name


@needs(_NEEDED)
def privacy(request: HttpRequest) -> HttpResponse:
    """Open requests, and the times of keeping with what is due; the times can be changed here."""
    if request.method == "POST":
        return _set_terms(request)
    days = all_days()
    waiting = PersonRequest.objects.filter(done_at=None)[:100]
    context = {
        "law": LAW,
        "requests": [(one, due_of(one)) for one in waiting],
        "done": PersonRequest.objects.exclude(done_at=None).order_by("-done_at")[:20],
        "rules": [_rule(due, days) for due in preview()],
        "answering": [_term(key, days) for key in _ANSWERING],
        "most": MOST_COUNTED,
    }
    return _page(request, "privacy", "Dữ liệu cá nhân", context)


def due_of(asked: PersonRequest) -> Any:
    """How the next deadline of a request stands to today."""
    day = asked.answer_by if asked.answered_at is None else asked.carry_out_by
    return due_in_words(day, today(), asked=False)


def _rule(due: Due, days: dict[str, int]) -> dict[str, Any]:
    terms = [_term(key, days) for key in due.rule.terms]
    return {"rule": due.rule, "now": due.now, "soon": due.soon, "terms": terms}


def _term(key: str, days: dict[str, int]) -> dict[str, Any]:
    return {"term": BY_KEY[key], "days": days[key], "default": default_of(key)}


def _set_terms(request: HttpRequest) -> HttpResponse:
    """All of the form or nothing."""
    said = {key: whole_number(request.POST.get(key, "")) for key in BY_KEY if key in request.POST}
    wrong = [BY_KEY[key].title for key, days in said.items() if days is None or not 1 <= days <= MOST_DAYS]
    why = request.POST.get("why", "").strip()
    if wrong or not why:
        for title in wrong:
            messages.error(request, f"{title}: hãy ghi số ngày từ 1 đến {MOST_DAYS}. Chưa lưu gì.")
        if not why:
            messages.error(request, "Hãy ghi lý do đổi thời hạn. Chưa lưu gì.")
        return redirect("office-privacy")
    for key, days in said.items():
        set_days(key, days or 0, why)
    messages.success(request, "Đã lưu thời hạn. Phần hết hạn sẽ tự xóa, mỗi giờ một đợt.")
    return redirect("office-privacy")


@needs(_NEEDED)
@require_POST
def erase_now(request: HttpRequest) -> HttpResponse:
    """Remove a batch of what is due."""
    done = one_turn()
    write(Group.PRIVACY, "Xóa phần hết hạn", changes=[("Đã xóa", "", str(done))])
    left = any(due.now for due in preview())
    messages.success(request, f"Đã xóa {done} mục.{' Còn nữa: bấm lại, hoặc để tự xóa.' if left else ''}")
    return redirect("office-privacy")


@needs(_NEEDED)
def new_request(request: HttpRequest) -> HttpResponse:
    """Write down what somebody asks for."""
    form = AskForm(request.POST or None, initial={"received_on": f"{today():%d/%m/%Y}"})
    if request.method == "POST" and form.is_valid():
        asked = form.save(commit=False)
        assert isinstance(request.user, User)  # noqa: S101 - the permission has seen to it
        asked.written_by = request.user
        asked.answer_by, asked.carry_out_by = deadlines(asked.received_on)
        asked.save()
        write(Group.PRIVACY, "Ghi yêu cầu của một người", asked)
        return redirect("office-person-request", asked.pk)
    return _page(request, "person_request_new", "Yêu cầu mới về dữ liệu cá nhân", {"form": form})


@needs(_NEEDED)
def person_request(request: HttpRequest, key: UUID) -> HttpResponse:
    """One request: what is kept of the person, and what is done with it."""
    asked = get_object_or_404(PersonRequest.objects.select_related("written_by"), pk=key)
    if request.method == "POST":
        return _do(request, asked)
    found = [] if asked.erased_at else find(asked)
    context = {
        "asked": asked,
        "due": due_of(asked),
        "found": [(one, [(item, _address(item)) for item in one.items]) for one in found],
        "entries": Entry.objects.filter(model="privacy.personrequest", key=str(asked.pk)).order_by("at", "id"),
        "now": timezone.now(),
    }
    return _page(request, "person_request", str(asked), context)


def _address(item: Item) -> str:
    return address_of(Entry(model=item.model, key=item.key))


def _do(request: HttpRequest, asked: PersonRequest) -> HttpResponse:
    """Do one thing with what is chosen. Only what was found for this request can be chosen."""
    what, text = request.POST.get("do", ""), request.POST.get("text", "").strip()
    there = {(item.model, item.key) for one in find(asked) for item in one.items}
    chosen = [one for each in request.POST.getlist("item") if (one := tuple(each.split("|", 1))) in there]
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - the permission has seen to it
    if what in {"copy", "erase", "rectify"} and not chosen:
        messages.error(request, "Hãy đánh dấu những mục là của người này trước.")
    elif what in {"rectify", "answer"} and not text:
        messages.error(request, "Hãy ghi lời đính chính hoặc lời trả lời.")
    elif what == "copy":
        return copy_of(request, asked, chosen)
    elif what == "erase":
        forget_copies(asked, chosen)  # before: where the removal is broken off, none is left
        done, held = answering.remove(asked, chosen, user)
        forget_copies(asked, chosen)  # one that was begun meanwhile
        if done:
            messages.success(request, f"Đã xóa nội dung của {done} mục. Mã băm và biên nhận ở lại.")
        if held:
            messages.warning(request, f"{held} mục giữ lại vì hồ sơ đang xử lý.")
        if left := len(chosen) - done - held:
            messages.warning(request, f"{left} mục không có gì để xóa ở đây: chỉ nội dung hồ sơ, mỗi phần một lần.")
    elif what == "rectify":
        done = answering.rectify(asked, chosen, text, user)
        messages.success(request, f"Đã ghi đính chính bên cạnh {done} hồ sơ.")
    elif what == "answer":
        answering.answer(asked, text)
        messages.success(request, "Đã lưu trả lời.")
    elif what == "finish" and asked.answered_at:
        answering.finish(asked)
        messages.success(request, "Yêu cầu đã xong.")
    else:
        messages.error(request, "Hãy trả lời người yêu cầu trước khi đánh dấu xong.")
    return redirect("office-person-request", asked.pk)


def _page(request: HttpRequest, name: str, title: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, f"backoffice/{name}.html", {**admin.site.each_context(request), "title": title, **context})


urlpatterns = [
    path("", privacy, name="office-privacy"),
    path("erase/", erase_now, name="office-privacy-erase"),
    path("request/", new_request, name="office-person-request-new"),
    path("request/<uuid:key>/", person_request, name="office-person-request"),
]

"""The page on which a person makes one producer of two, and sees what moves before it does."""

from __future__ import annotations

import hashlib
import json

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path

from backoffice.permissions import needs
from backoffice.texts import whole_number
from imports import merging
from imports.models import ProducerMerge
from register.folding import fold
from register.models import Producer

_NEEDED = "register.change_producer"
_FOUND = 20


@needs(_NEEDED)
def merge_producers(request: HttpRequest) -> HttpResponse:
    """Choose two producers, look at both, and make one of them."""
    said = request.POST if request.method == "POST" else request.GET
    kept, gone = _producer(said.get("kept")), _producer(said.get("gone"))
    if kept is not None and gone is not None and kept.pk == gone.pk:
        messages.warning(request, "Hãy chọn hai chủ thể khác nhau.")
        gone = None
    if request.method == "POST" and kept and gone:
        if said.get("seen") != _mark(kept, gone):
            messages.warning(request, "Có người vừa sửa một trong hai chủ thể. Chưa gộp gì, hãy xem lại.")
        else:
            try:
                merging.merge(kept, gone, request.user)
            except merging.CannotMerge as why:
                messages.warning(request, str(why))
            else:
                messages.success(request, f"Đã gộp “{gone.name}” vào “{kept.name}”. Tách lại được ở cuối trang này.")
                return redirect("merge-producers")
    term = fold(said.get("q", ""))
    found = Producer.objects.filter(search__contains=term)[:_FOUND] if term else []
    done = ProducerMerge.objects.select_related("by")[:_FOUND]
    names = dict(Producer.objects.filter(pk__in=[one.kept for one in done]).values_list("pk", "name"))
    context = {
        **admin.site.each_context(request), "title": "Gộp hai chủ thể", "kept": kept, "gone": gone, "found": found,
        "q": said.get("q", ""), "mark": _mark(kept, gone) if kept and gone else "",
        "products": gone.products.all()[:100] if gone else [], "shops": gone.shops.all() if gone else [],
        "count": gone.products.count() if gone else 0, "done": [(one, names.get(one.kept, "")) for one in done],
    }  # fmt: skip
    return render(request, "backoffice/imports/merge.html", context)


@needs(_NEEDED)
def take_apart(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Take two producers apart again."""
    done = get_object_or_404(ProducerMerge, pk=merge_id)
    if request.method == "POST":
        try:
            moved = merging.take_apart(done, request.user)
        except merging.CannotMerge as why:
            messages.warning(request, str(why))
        else:
            messages.success(request, f"Đã tách lại “{done.gone['name']}” với {moved} sản phẩm.")
    return redirect("merge-producers")


def _producer(key: str | None) -> Producer | None:
    number = whole_number(key or "")
    return None if number is None else Producer.objects.filter(pk=number).first()


def _mark(kept: Producer, gone: Producer) -> str:
    """Tells what the page showed of both."""
    moves = sorted(gone.products.values_list("pk", flat=True))
    said = json.dumps([merging.shown(kept), merging.shown(gone), moves], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


urlpatterns = [
    path("", merge_producers, name="merge-producers"),
    path("<int:merge_id>/apart/", take_apart, name="take-apart"),
]

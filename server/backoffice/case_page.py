"""The page of one case: all that is needed to judge it, what was said of it, and what is said next."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from backoffice import case_parts as parts
from backoffice.case_forms import AnswerForm, AssignForm, CommentForm
from backoffice.commune_map import draw, where
from backoffice.inbox_pages import STATE_TONES, TITLES, due_of, how_senders_see, kind_of
from backoffice.permissions import needs
from backoffice.texts import whole_number
from records.events import State
from records.kinds import Kind
from register import days
from reviewing import acting
from reviewing.models import Case
from reviewing.waiting import beside


@needs("records.add_event")
def case_page(request: HttpRequest, kind: str, record: UUID) -> HttpResponse:
    """Show a case; or write what was entered, unless others have said something since the page was opened."""
    of = kind_of(kind)
    case = Case.objects.filter(kind=kind, record=record).select_related("assignee").first()
    if case is None:
        raise Http404
    do = request.POST.get("do", "")
    answer = AnswerForm(request.POST if do == "answer" else None)
    assigned = AssignForm(request.POST if do == "assign" else None, initial={"to": case.assignee})
    remark = CommentForm(request.POST if do == "comment" else None)
    version = _version(request)
    since = 0
    if request.method == "POST":
        try:
            if done := _do(request, of, record, version, do, (answer, assigned, remark)):
                messages.success(request, done)
                return redirect("office-case", kind, record)
        except acting.ChangedSince as changed:
            case = changed.cases[0]
            since = case.version - version
    return render(
        request,
        "backoffice/case.html",
        {
            **admin.site.each_context(request),
            **_shown(request, of, case, since),
            "answer": answer,
            "assigned": assigned,
            "remark": remark,
        },
        status=409 if since else 200,
    )


def _do(
    request: HttpRequest,
    of: Kind,
    record: UUID,
    version: int,
    do: str,
    forms: tuple[AnswerForm, AssignForm, CommentForm],
) -> str | None:
    """Do what was asked, and say what was done; None where the form does not fit. Raises ChangedSince."""
    answer, assigned, remark = forms
    user: Any = request.user
    seen = {record: version}
    if do == "take":
        acting.assign(of, seen, user, user)
        return "Bạn đã nhận phiếu này."
    if do == "assign" and assigned.is_valid():
        to = assigned.cleaned_data["to"]
        acting.assign(of, seen, to, user)
        return f"Đã giao cho {to.name}." if to else "Đã trả lại, ai cũng nhận được."
    if do == "comment" and remark.is_valid():
        acting.comment(of, record, remark.cleaned_data["comment"], user)
        return "Đã ghi nội bộ. Người gửi không thấy."
    if do == "answer" and answer.is_valid():
        said = answer.cleaned_data
        acting.answer(of, seen, said["state"], said["text"], answer.numbered(), user)
        return f"Đã ghi “{State(said['state']).label}”. {how_senders_see(of)}"
    return None


def _shown(request: HttpRequest, of: Kind, case: Case, since: int) -> dict[str, Any]:
    of_kind: Any = admin.site.get_model_admin(of.records_model)
    record = of_kind.get_queryset(request).select_related("account").filter(pk=case.record).first()
    if record is None:
        raise Http404
    today = days.today()
    said = json.loads(record.body)
    steps = parts.steps_of(of, case, record)
    place = where(
        getattr(record, "place_address", "") or getattr(record, "place", ""),
        getattr(record, "latitude", None),
        getattr(record, "longitude", None),
    )
    before, after = beside(case)
    return {
        "title": of_kind.in_one_line(record) or TITLES[of.name],
        "part": TITLES[of.name],
        "kind": of,
        "case": case,
        "record": record,
        "due": due_of(case, today),
        "state_tone": STATE_TONES.get(State(case.state), "wait"),
        "product": parts.product_of(record, today),
        "verdict": parts.verdict_of(said),
        "photos": parts.photos_of(record),
        "facts": parts.facts_of(request, of_kind, record),
        "of_product": parts.earlier_of_product(record),
        "of_place": parts.earlier_of_place(record),
        "place": place,
        "map": draw(place.communes, f"Sơ đồ các xã: {place.words}") if place else "",
        "steps": steps,
        "unseen": [step for step in steps if step.counts][:since],
        "raw": parts.raw(record) if "body" in of_kind.get_fields(request, record) else "",
        "before": _address(before),
        "after": _address(after),
        "how_seen": how_senders_see(of),
        "is_seen": of.name == "report" or record.account_id is not None,
        "own_page": reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk]),
        "states": State,
    }


def _address(case: Case | None) -> str:
    return reverse("office-case", args=[case.kind, case.record]) if case else ""


def _version(request: HttpRequest) -> int:
    """The version that the page showed; -1, which no case has, where it does not say."""
    said = whole_number(request.POST.get("version", ""))
    return -1 if said is None else said

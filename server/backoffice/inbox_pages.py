"""The inbox: what waits for the office, a part for each kind of record, and what is done to several at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from backoffice.case_forms import AnswerForm, AssignForm, seen_in
from backoffice.permissions import needs
from backoffice.texts import whole_number
from backoffice.words import moment
from records.events import State
from records.kinds import Kind
from register import days
from register.models import Picture, Product
from reviewing import acting
from reviewing.deadlines import Due, due_in_words
from reviewing.following import kinds_of_inbox
from reviewing.models import Case
from reviewing.waiting import WANTED, Waiting, open_cases, waiting, wanted_cases

PER_PAGE = 50
MOST_PAGES = 200
"""Pages that can be turned to; filters and the search lead to the others."""
TITLES = {
    "report": "Người dân báo",
    "inspection": "Phiếu trong đợt",
    "round": "Đợt kiểm tra",
    "note": "Phiếu lẻ",
    "audit": "Kiểm kệ",
}
WHO = {"": "Tất cả", "mine": "Của tôi", "nobody": "Chưa ai nhận"}
STATES = {
    WANTED: "Cần trả lời",
    "": "Chưa xong",
    State.RECEIVED: "Mới nhận",
    State.REVIEWING: "Đang xem xét",
    State.MORE_WANTED: "Cần bổ sung",
    "answered": "Người gửi đã trả lời",
    "done": "Đã xong",
}
STATE_TONES = {State.REVIEWING: "here", State.MORE_WANTED: "unk", State.DECIDED: "fine"}
ACTS = {
    "take": "Nhận việc",
    "assign": "Giao cho…",
    State.REVIEWING: "Đang xem xét",
    State.MORE_WANTED: "Hỏi thêm…",
    State.DECIDED: "Kết luận…",
    State.CLOSED: "Đóng…",
}
"""What can be done to several cases at once."""


@dataclass(frozen=True)
class Row:
    """A case in the list, with what is shown of its record."""

    case: Case
    address: str
    words: str
    more: str
    sender: str
    picture: str
    due: Due
    state_tone: str


@needs("records.add_event")
def inbox(request: HttpRequest, kind: str = "") -> HttpResponse:
    """The cases of a kind, those whose day comes first first."""
    if not kind:
        return redirect(_work_of(_first_with_work(request)))
    of = kind_of(kind)
    asked = {name: request.GET.get(name, "") for name in ("who", "state", "q")}
    cases = _filtered(request, of, asked)
    page = _page(request)
    found = list(cases.select_related("assignee")[(page - 1) * PER_PAGE : page * PER_PAGE + 1])
    context = {
        **admin.site.each_context(request),
        "title": "Hộp việc",
        "parts": _parts(request, of),
        "kind": of,
        "asked": asked,
        "who": _choices(request, "who", WHO),
        "states": _choices(request, "state", STATES),
        "rows": rows_of(request, of, found[:PER_PAGE]),
        "acts": ACTS,
        "before": _address(request, page=str(page - 1)) if page > 1 else "",
        "after": _address(request, page=str(page + 1)) if len(found) > PER_PAGE and page < MOST_PAGES else "",
        "is_last_page": len(found) > PER_PAGE and page == MOST_PAGES,
    }
    return render(request, "backoffice/inbox.html", context)


@needs("records.add_event")
def act(request: HttpRequest, kind: str) -> HttpResponse:
    """Tell what would be done to the chosen cases, and do it once that was confirmed: to all or to none."""
    of, do = kind_of(kind), request.POST.get("do", "")
    if request.method != "POST" or do not in ACTS:
        raise Http404
    seen = seen_in(request.POST)
    if not seen:
        messages.error(request, "Chưa chọn phiếu nào. Hãy đánh dấu những phiếu cần xử lý rồi chọn việc.")
        return redirect(_work_of(kind))
    chosen = Case.objects.filter(kind=kind, record__in=seen).select_related("assignee").order_by("due_on", "id")
    if len(seen) > PER_PAGE or chosen.count() != len(seen):
        raise Http404
    confirmed = "confirmed" in request.POST
    answer = AnswerForm(request.POST if confirmed and do in State.values else None, initial={"state": do})
    assigned = AssignForm(request.POST if confirmed and do == "assign" else None)
    changed: list[Case] = []
    if confirmed:
        try:
            if done := _do(request, of, do, seen, answer, assigned):
                messages.success(request, done)
                return redirect(_work_of(kind))
        except acting.ChangedSince as since:
            changed = since.cases
    cases = list(chosen.all())
    without_account = of.records.filter(pk__in=seen, account=None).count() if do in State.values else 0
    context = {
        **admin.site.each_context(request),
        "title": f"{ACTS[do].rstrip('…')}: {len(cases)} phiếu",
        "kind": of,
        "do": do,
        "will": _will(do, len(cases), without_account, of),
        "rows": rows_of(request, of, cases),
        "changed": {case.record for case in changed},
        "answer": answer if do in State.values else None,
        "assigned": assigned if do == "assign" else None,
    }
    return render(request, "backoffice/inbox_act.html", context, status=409 if changed else 200)


def _do(
    request: HttpRequest, of: Kind, do: str, seen: acting.Seen, answer: AnswerForm, assigned: AssignForm
) -> str | None:
    """Do it, and say what was done; None where a form does not fit. Raises ChangedSince."""
    user: Any = request.user
    if do == "take":
        return f"Bạn đã nhận {acting.assign(of, seen, user, user)} phiếu."
    if do == "assign":
        if not assigned.is_valid():
            return None
        to = assigned.cleaned_data["to"]
        count = acting.assign(of, seen, to, user)
        return f"Đã giao {count} phiếu cho {to.name}." if to else f"Đã trả lại {count} phiếu, ai cũng nhận được."
    if not answer.is_valid():
        return None
    count = acting.answer(of, seen, do, answer.cleaned_data["text"], answer.numbered(), user)
    return f"Đã ghi “{State(do).label}” cho {count} phiếu. {how_senders_see(of)}"


def how_senders_see(kind: Kind) -> str:
    """Where the sender of such a record finds what was said."""
    if kind.name == "report":
        return "Người báo thấy ở địa chỉ riêng mà họ giữ."
    return "Máy của người gửi nhận được ở lần đồng bộ tới."


def _will(do: str, count: int, without_account: int, kind: Kind) -> list[str]:
    """What will be done, before it is."""
    if do == "take":
        return [f"{count} phiếu sẽ là việc của bạn. Người gửi không được báo."]
    if do == "assign":
        return [f"{count} phiếu sẽ được giao cho người bạn chọn. Người gửi không được báo."]
    told = [f"{count} phiếu sẽ được ghi “{State(do).label}” với cùng một lời nhắn. {how_senders_see(kind)}"]
    if do in {State.DECIDED, State.CLOSED}:
        told.append("Những phiếu này sẽ rời khỏi danh sách chưa xong.")
    if without_account and kind.name != "report":
        told.append(f"{without_account} phiếu được gửi không có tài khoản: người gửi sẽ không thấy.")
    return [*told, "Điều đã ghi không sửa hay xóa được."]


def rows_of(request: HttpRequest, kind: Kind, cases: Iterable[Case]) -> list[Row]:
    """Cases with what is shown of their records, found by the same few queries however many there are."""
    cases = list(cases)
    of_kind: Any = admin.site.get_model_admin(kind.records_model)
    found = of_kind.get_queryset(request).filter(pk__in=[case.record for case in cases]).select_related("account")
    records = {record.pk: record for record in found}
    gtins = {getattr(record, "gtin", "") for record in records.values()} - {""}
    names = dict(Product.objects.filter(gtin__in=gtins).values_list("gtin", "name"))
    pictures: dict[str, str] = {}
    for gtin, sha256 in Picture.objects.filter(product__gtin__in=gtins).values_list("product__gtin", "sha256"):
        pictures.setdefault(gtin, sha256)
    today = days.today()
    return [
        Row(
            case=case,
            address=reverse("office-case", args=[kind.name, case.record]),
            words=of_kind.in_one_line(record) or "Không có lời",
            more=" · ".join(filter(None, _more(record, names))),
            sender=record.account.name if record.account else "Không có tài khoản",
            picture=pictures.get(getattr(record, "gtin", ""), ""),
            due=due_of(case, today),
            state_tone=STATE_TONES.get(State(case.state), "wait"),
        )
        for case in cases
        if (record := records.get(case.record)) is not None
    ]


def _more(record: Any, names: dict[str, str]) -> Iterable[str]:
    """The record's product, where its line does not say it, and its place."""
    if not getattr(record, "product_name", ""):
        yield names.get(getattr(record, "gtin", ""), "")
    yield getattr(record, "place_name", "") or getattr(record, "place", "")


def due_of(case: Case, today: Any) -> Due:
    """The day of an open case in words; of one that is done, since when it is."""
    if not case.is_open:
        return Due(f"Xong {moment(case.state_since)[:10]}", due_in_words(case.due_on, today, asked=True).tone.CALM)
    if case.is_answered:
        return due_in_words(case.due_on, today, asked=False)
    return due_in_words(case.due_on, today, asked=case.state == State.MORE_WANTED)


def kind_of(name: str) -> Kind:
    """The kind of a part of the inbox. Raises Http404."""
    found = next((kind for kind in kinds_of_inbox() if kind.name == name), None)
    if found is None:
        raise Http404
    return found


def _filtered(request: HttpRequest, kind: Kind, asked: dict[str, str]) -> QuerySet[Case]:
    user: Any = request.user
    if asked["state"] == "done":
        cases = Case.objects.filter(kind=kind.name, is_open=False).order_by("-state_since", "-id")
    else:
        cases = open_cases(kind.name)
    if asked["state"] == WANTED:
        cases = wanted_cases(kind.name)
    elif asked["state"] == "answered":
        cases = cases.filter(is_answered=True)
    elif asked["state"] in State.values:
        cases = cases.filter(state=asked["state"])
    if asked["who"]:
        cases = cases.filter(assignee=user if asked["who"] == "mine" else None)
    if asked["q"].strip():
        of_kind: Any = admin.site.get_model_admin(kind.records_model)
        records = of_kind.get_search_results(request, kind.office_records.order_by(), asked["q"])[0]
        cases = cases.filter(Q(record__in=records.values("pk")))
    return cases


def _first_with_work(request: HttpRequest) -> str:
    user: Any = request.user
    kinds = [kind.name for kind in kinds_of_inbox()]
    return next((name for name in kinds if waiting(name, user, days.today()).count), kinds[0])


def _work_of(kind: str) -> str:
    """The address of what waits for an answer: as many as its part tells."""
    return f"{reverse('office-inbox', args=[kind])}?state={WANTED}"


def _parts(request: HttpRequest, chosen: Kind) -> list[tuple[str, str, Waiting, bool]]:
    user: Any = request.user
    today = days.today()
    return [
        (
            TITLES[kind.name],
            _work_of(kind.name),
            waiting(kind.name, user, today),
            kind.name == chosen.name,
        )
        for kind in kinds_of_inbox()
    ]


def _choices(request: HttpRequest, name: str, words: dict[Any, str]) -> list[tuple[str, str, bool]]:
    chosen = request.GET.get(name, "")
    return [
        (label, _address(request, **{name: str(value), "page": ""}), value == chosen) for value, label in words.items()
    ]


def _address(request: HttpRequest, **changed: str) -> str:
    query = request.GET.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _page(request: HttpRequest) -> int:
    return min(max(whole_number(request.GET.get("page", "")) or 1, 1), MOST_PAGES)

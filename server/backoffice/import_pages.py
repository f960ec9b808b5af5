"""The pages on which a list becomes part of the register: file, columns, preview, publishing, and taking it back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin, messages
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from backoffice.file_pages import hand_over
from backoffice.import_rows import NOT_PUBLISHED, OUTCOMES, TITLES, cell_of, shown
from backoffice.permissions import needs
from backoffice.texts import whole_number
from imports import answering, preview, running, scanning
from imports.giving_back import NOT_TAKEN, write_rows_with_reasons
from imports.models import ImportRow, ImportRun, RunState
from imports.sheets import MOST_BYTES
from imports.stored import problem_from_json
from imports.values import Field, Problem, Question
from imports.words import OPTIONS, told
from logbook.models import Group as LogGroup
from logbook.writing import write
from office_files.kinds import FileKind, NotMade, Tell
from records.storage import PhotosUnavailable
from register.folding import normal
from register.models import Group

_ROWS = 50
_NEEDED = "register.change_product"
_NOT_SCANNED = "Máy chủ chưa kiểm tra được tệp có mã độc không. Hãy thử lại sau ít phút, hoặc báo cho quản trị viên."


@needs(_NEEDED)
def imports(request: HttpRequest) -> HttpResponse:
    """All imports, the newest first, and the form for the next file."""
    if request.method == "POST":
        return _upload(request)
    page = Paginator(ImportRun.objects.select_related("by", "published_by"), 30).get_page(request.GET.get("p"))
    return _page(request, "list", "Nhập danh sách", page=page)


def _upload(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None or not file.size:
        messages.error(request, "Chưa có tệp nào. Hãy chọn một tệp XLSX, ODS hoặc CSV.")
        return redirect("imports")
    if file.size > MOST_BYTES:
        messages.error(request, f"Tệp lớn quá {MOST_BYTES // 1_000_000} MB. Hãy chia danh sách thành nhiều tệp.")
        return redirect("imports")
    data = file.read()
    try:
        harmful = scanning.found_in(data)
    except scanning.CannotScan:
        messages.error(request, f"{_NOT_SCANNED} Tệp chưa được nhận.")
        return redirect("imports")
    run = ImportRun(
        name=normal(file.name or "")[-200:], sha256=hashlib.sha256(data).hexdigest(), size=len(data),
        by_id=request.user.pk, state=RunState.CANCELLED,
    )  # fmt: skip
    try:
        default_storage.save(run.path, ContentFile(data))
    except PhotosUnavailable:
        messages.error(request, "Máy chủ chưa giữ được tệp. Hãy thử lại sau.")
        return redirect("imports")
    # Shown beside the button that publishes, and changed on the page of columns.
    run.answers = {"issuer": "UBND tỉnh Quảng Ninh"}
    if harmful:
        run.state = RunState.INFECTED
        run.told = (
            f"Trình quét của máy chủ thấy mã độc trong tệp ({harmful}). Tệp không được đọc, không tải về được và "
            "bị xóa khi hết thời hạn lưu. Sổ đăng ký không đổi. Hãy quét máy đã gửi tệp. Nếu tin là nhầm, hãy báo "
            "cho quản trị viên."
        )
        run.save()
        write(LogGroup.IMPORT, "Có mã độc trong tệp", run, about=run.name, why=harmful)
        return redirect("import-run", run.pk)
    before = ImportRun.objects.filter(sha256=run.sha256, state=RunState.PUBLISHED).first()
    run.save()
    if before:
        messages.warning(
            request, f"Tệp này đã được nhập lúc {before.published_at:%d/%m/%Y}. Dòng không đổi sẽ là Như cũ."
        )
    running.begin_reading(run)
    return redirect("import-run", run.pk)


@needs(_NEEDED)
@require_safe
def import_run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One import as it stands: at work, waiting for columns, or its rows."""
    run = _run(run_id)
    if run.at_work or run.state in {RunState.CANCELLED, RunState.FAILED, RunState.INFECTED}:
        return _page(request, "working", run.name, run=run)
    if run.state == RunState.ASKING:
        return redirect("import-columns", run.pk)
    outcome = request.GET.get("o", "")
    rows = run.rows.all()
    if outcome == "kept":
        rows = rows.filter(kept=True)
    elif outcome:
        rows = rows.filter(outcome=outcome)
    page = Paginator(rows, _ROWS).get_page(request.GET.get("p"))
    chips = [
        (value, title, icon, run.counts.get(value, 0) if value else _total(run)) for value, title, icon in OUTCOMES
    ]
    return _page(
        request, "run", run.name, run=run, page=page, rows=[shown(row) for row in page], outcome=outcome, chips=chips,
        questions=[_question(run, one) for one in run.questions if one["key"] not in run.answers],
        problems=_problems(run),
        kinds=[(kind[5:], n, _kind(kind[5:])) for kind, n in run.counts.items() if kind.startswith("kind:")],
        fillable=[(name.value, TITLES[name]) for name in (Field.GROUP, Field.DECISION_NUMBER, Field.DECISION_DATE,
                  Field.VALID_TO)], groups=Group.choices, waiting=run.count("asked", "refused"),
    )  # fmt: skip


def _kind(kind: str) -> str:
    return "tách sản phẩm" if kind == "split" else TITLES[Field(kind)].lower()


def _total(run: ImportRun) -> int:
    return sum(n for name, n in run.counts.items() if ":" not in name)


def _problems(run: ImportRun) -> list[tuple[str, str]]:
    """How the file was read: each with the title of the field it is about."""
    said = [problem_from_json(one) for one in run.problems]
    return [(TITLES[one.field] if one.field else "", told(one)) for one in said]


def _question(run: ImportRun, stored: dict[str, Any]) -> dict[str, Any]:
    question = Question(
        stored["key"], stored["code"], Field(stored["field"]), stored["column"], tuple(stored["options"]),
        tuple(stored["examples"]),
    )  # fmt: skip
    words = run.header.get("words", [])
    column = words[question.column] if question.column is not None and question.column < len(words) else ""
    named = [(one, OPTIONS.get(one) or _column_name(words, one)) for one in question.options]
    return {"key": question.key, "title": TITLES[question.field], "column": column, "options": named,
            "text": told(question), "examples": question.examples}  # fmt: skip


def _column_name(words: list[str], option: str) -> str:
    return (
        f"Cột {words[int(option)]}"
        if option.isdecimal() and int(option) < len(words) and words[int(option)]
        else option
    )


@needs(_NEEDED)
def import_columns(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Which sheet, which row is the header, and which column holds what."""
    run = _run(run_id)
    if request.method == "POST" and not _may_change(request, run):
        return redirect("import-run", run.pk)
    if request.method == "POST":
        if "sheet" in request.POST:
            number = whole_number(request.POST["sheet"]) or 0
            answering.choose_sheet(run, min(number, len(run.sheets) - 1))
        else:
            _take_columns(request, run)
        running.begin_reading(run)
        return redirect("import-run", run.pk)
    sheet = preview.sheet_of(run)
    row = run.header.get("row", 0)
    words = run.header.get("words", [])
    below = [one for one in sheet.rows if one.number > row][:3] if sheet else []
    width = max([len(words), *(len(one.cells) for one in below)], default=0)
    by_column = {at: name for name, at in run.mapping.items() if name != "by"}
    columns = [
        (at, words[at] if at < len(words) else "", [one.cell(at).text for one in below], by_column.get(at, ""))
        for at in range(width)
    ]
    return _page(
        request, "columns", run.name, run=run, columns=columns, sheets=list(enumerate(run.sheets)), row=row,
        fields=[(name.value, title) for name, title in TITLES.items()],
        unpublished=", ".join(TITLES[name].lower() for name in NOT_PUBLISHED),
        questions=[_question(run, one) for one in run.questions if one["key"].startswith("column:")],
        problems=_problems(run),
    )  # fmt: skip


def _take_columns(request: HttpRequest, run: ImportRun) -> None:
    columns: dict[str, int] = {}
    for name, said in request.POST.items():
        value = str(said)
        column = whole_number(name.removeprefix("column-"))
        if name.startswith("column-") and column is not None and value in set(Field):
            if value in columns:
                messages.warning(request, f"{TITLES[Field(value)]} được chọn ở hai cột. Cột đứng trước được dùng.")
            columns.setdefault(value, column)
    row = whole_number(request.POST.get("row", "")) or 0
    answering.answer(run, {"issuer": " ".join(request.POST.get("issuer", "").split())[:200]})
    answering.choose_columns(run, row, columns, request.user.pk)


@needs(_NEEDED)
@require_POST
def import_answer(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Take an answer, accept all proposals of a kind, or fill a field; then judge anew."""
    run = _run(run_id)
    back = _back_to(request, run)
    if not _may_change(request, run):
        return back
    if kind := request.POST.get("all"):
        messages.info(request, f"Đã nhận {answering.accept_all(run, kind)} đề nghị.")
    elif name := request.POST.get("fill"):
        text = request.POST.get(f"text-{name}", "").strip()
        if name in set(Field) and text:
            messages.info(request, f"Đã điền vào {answering.fill(run, name, text)} dòng.")
    else:
        key, _, value = request.POST.get("answer", "").partition("|")
        if not key or not value:
            return back
        answering.answer(run, {key: value})
    running.begin_reading(run)
    return back


@needs(_NEEDED)
def import_row(request: HttpRequest, run_id: UUID, row_id: int) -> HttpResponse:
    """Correct the cells of one row."""
    run = _run(run_id)
    # Another person's correction makes a new row of the same number.
    row = run.rows.filter(pk=row_id).first() or get_object_or_404(ImportRow, run=run, **_named(request))
    names = [name for name in TITLES if name.value in run.mapping or name.value in row.read["values"]
             or name in {Field.GTIN, Field.STARS, Field.GROUP, Field.DECISION_NUMBER, Field.DECISION_DATE,
                         Field.VALID_TO}]  # fmt: skip
    if request.method == "POST":
        if _may_change(request, run):
            typed = {name.value: request.POST.get(f"cell-{name.value}", "") for name in names}
            before = {name: request.POST.get(f"was-{name}", "") for name in typed}
            changed = {name: text for name, text in typed.items() if text != before[name]}
            stored = {name: row.read["values"].get(name, {}).get("text", "") for name in changed}
            both = [name for name in changed if stored[name] not in {before[name], changed[name]}]
            if both:
                for name in both:
                    text = f"Trong lúc bạn sửa, người khác đã đổi “{TITLES[Field(name)]}” thành “{stored[name]}”. "
                    messages.warning(request, text + f"Điều bạn nhập, “{changed[name]}”, chưa được lưu.")
                return redirect("import-row", run.pk, row.pk)
            answers = {f"cell:{row.label}:{name}": text for name, text in changed.items()}
            if (leave := "yes" if request.POST.get("leave") else "no") != request.POST.get("was-leave", "no"):
                answers[f"leave:{row.label}"] = leave
            answering.answer(run, answers)
            running.begin_reading(run)
        return _back_to(request, run)
    said = {field: text for _, field, text in row.reasons if field}
    cells = [
        (
            name.value,
            cell_of(row.read, name),
            row.read["values"].get(name.value, {}).get("text", ""),
            said.get(name, ""),
        )
        for name in names
    ]
    return _page(
        request, "row", f"Dòng {row.label}", run=run, row=row, shown=shown(row), cells=cells, groups=Group.choices,
        left=run.answers.get(f"leave:{row.label}") == "yes", query=request.GET.get("query", ""),
    )  # fmt: skip


@needs(_NEEDED)
@require_POST
def import_do(request: HttpRequest, run_id: UUID, what: str) -> HttpResponse:
    """Publish, cancel, read again or take back."""
    run = _run(run_id)
    begun = True
    if what == "publish":
        if request.POST.get("judged") != run.judged:
            messages.warning(request, "Bản xem trước vừa đổi. Chưa nhập gì, hãy xem lại rồi nhập.")
        else:
            begun = running.begin_publishing(run, request.user)
    elif what == "cancel":
        running.cancel(run)
    elif what == "read":
        begun = running.begin_reading(run)
    elif what == "undo":
        begun = running.begin_undoing(run, request.user)
    if not begun:
        messages.warning(request, "Lần nhập này vừa có người làm việc khác. Hãy xem tình trạng bên dưới.")
    return redirect("import-run", run.pk)


@needs(_NEEDED)
@require_safe
def import_state(request: HttpRequest, run_id: UUID) -> HttpResponse:  # noqa: ARG001 - a view
    """How far the work is, for the page that waits."""
    run = _run(run_id)
    queued = f"{run.is_queued:d}{run.waits_long:d}"  # the page is drawn anew where it changes
    return JsonResponse({"working": run.at_work, "queued": queued, "done": run.done, "total": run.total})


@needs(_NEEDED)
@require_safe
def import_rest(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The rows that were not taken, with reasons, as a spreadsheet."""
    run = _run(run_id)
    name = f"can-sua-{run.at:%Y-%m-%d}.xlsx"
    return hand_over(request, REST, f"Dòng cần sửa của {run.name}", name, {"run": str(run.pk)}, run.count(*NOT_TAKEN))


def _make_rest(asked: Mapping[str, Any], _: User, tell: Tell, into: IO[bytes]) -> None:
    run = ImportRun.objects.filter(pk=asked["run"]).first()
    if run is None:
        raise NotMade("Lần nhập này không còn.")
    write_rows_with_reasons(run, into, tell)


REST = FileKind("import_rest", _NEEDED, "dòng", 1000, _make_rest)


@needs(_NEEDED)
@require_safe
def import_file(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The file as it was handed in, unless it is harmful by what the scanner knows today."""
    run = _run(run_id)
    try:
        if run.state == RunState.INFECTED:
            return redirect("import-run", run.pk)
        with default_storage.open(run.path) as file:
            data = file.read()
        if harmful := scanning.found_in(data):
            messages.error(request, f"Trình quét của máy chủ thấy mã độc trong tệp ({harmful}) nên không tải về được.")
            return redirect("import-run", run.pk)
    except scanning.CannotScan:
        messages.error(request, _NOT_SCANNED)
        return redirect("import-run", run.pk)
    except FileNotFoundError:
        messages.warning(request, told(Problem("file_gone")))
        return redirect("import-run", run.pk)
    name = content_disposition_header(as_attachment=True, filename=run.name) or "attachment"
    headers = {"Content-Disposition": name}
    return HttpResponse(data, content_type="application/octet-stream", headers=headers)


def _run(run_id: UUID) -> ImportRun:
    run = get_object_or_404(ImportRun.objects.select_related("by", "published_by", "undone_by"), pk=run_id)
    running.settle(run)
    return run


def _back_to(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Back to the rows that the person was looking at."""
    shown_before = QueryDict(request.POST.get("query", ""))
    kept = {name: shown_before[name] for name in ("o", "p") if name in shown_before}
    return redirect(f"{reverse('import-run', args=[run.pk])}?{urlencode(kept)}")


def _named(request: HttpRequest) -> dict[str, int]:
    """The number and the part of the row that the form was shown for; -1, which no row has, where it does not say."""
    number, _, part = request.POST.get("row", "").partition(".")
    found, of_split = whole_number(number), whole_number(part or "0")
    return {"number": -1 if found is None else found, "part": of_split or 0}


def _may_change(request: HttpRequest, run: ImportRun) -> bool:
    if run.state in {RunState.PREVIEW, RunState.ASKING}:
        return True
    messages.warning(request, "Lần nhập này không sửa được lúc này.")
    return False


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    whole = {**admin.site.each_context(request), "title": title, **context}
    return render(request, f"backoffice/imports/{template}.html", whole)


urlpatterns = [
    path("", imports, name="imports"),
    path("<uuid:run_id>/", import_run, name="import-run"),
    path("<uuid:run_id>/columns/", import_columns, name="import-columns"),
    path("<uuid:run_id>/answer/", import_answer, name="import-answer"),
    path("<uuid:run_id>/rows/<int:row_id>/", import_row, name="import-row"),
    path("<uuid:run_id>/do/<str:what>/", import_do, name="import-do"),
    path("<uuid:run_id>/state/", import_state, name="import-state"),
    path("<uuid:run_id>/rest.xlsx", import_rest, name="import-rest"),
    path("<uuid:run_id>/file/", import_file, name="import-file"),
]

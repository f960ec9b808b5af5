"""Rows are judged against the register, published all or none, and taken back where nobody has changed them since."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from accounts.models import Role, User
from imports import preview, publishing, running, undoing
from imports.models import ImportRow, ImportRun, RunState
from imports.rows import ReadRow, RowKind
from imports.values import Field, Outcome, Problem, Value
from linking.models import ProductLink
from register import sample
from register.clock import RegisterClock
from register.gtin import check_digit
from register.models import Certificate, PackCode, Producer, Product, ProductChange

pytestmark = pytest.mark.django_db

PLAIN: dict[Field, Any] = {
    Field.NAME: "Miến dong mới",
    Field.PRODUCER: "HTX Chưa Từng Có",
    Field.PLACE: "Thôn 1, xã Bình Liêu",
    Field.STARS: 4,
    Field.DECISION_NUMBER: "77/QĐ-UBND",
    Field.VALID_FROM: "2026-01-05",
    Field.VALID_TO: "2029-01-04",
    Field.GROUP: "thuc_pham",
}


def gtin(number: int) -> str:
    digits = f"0952{number:09d}"
    return digits + check_digit(digits)


def row(number: int, *problems: Problem, **said: Any) -> ReadRow:
    """A row; a value may be a whole `Value`, and None leaves a field out."""
    wanted = PLAIN | {Field(name): value for name, value in said.items()}
    values = {
        name: value if isinstance(value, Value) else Value(str(value), Outcome.TAKEN, value)
        for name, value in wanted.items()
        if value is not None
    }
    cells = tuple(value.text for value in values.values())
    return ReadRow(number, RowKind.PRODUCT, cells, values=values, problems=problems)


@pytest.fixture
def registrar(register: sample.SampleRegister, settings: Any) -> User:
    settings.IMPORTS_INLINE = True
    return User.objects.create_user("nhaplieu", password="mat-khau-dai-01", name="Người nhập", role=Role.REGISTRAR)


def run_of(registrar: User, *rows: ReadRow, **answers: str) -> ImportRun:
    run = ImportRun.objects.create(
        name="ds.xlsx", sha256="0" * 64, size=1, by=registrar, answers={"issuer": "UBND tỉnh", **answers}
    )
    judged_again(run, *rows)
    return run


def judged_again(run: ImportRun, *rows: ReadRow, **answers: str) -> None:
    run.answers |= answers
    run.state = RunState.PREVIEW
    preview.judge(run, rows, lambda done: None)
    run.save()


def outcomes(run: ImportRun) -> list[str]:
    return list(run.rows.values_list("outcome", flat=True))


def told(run: ImportRun, number: int) -> str:
    one = run.rows.get(number=number)
    return " ".join([*(text for _, _, text in one.reasons), *(ask["text"] for ask in one.asks)])


def as_held(number: int, product: Product, **said: Any) -> ReadRow:
    """A row that says what the register says."""
    paper = product.certificates.first()
    assert paper is not None
    held = {
        "name": product.name.upper(), "producer": product.producer.name, "place": None, "gtin": product.gtin,
        "group": product.group, "stars": paper.stars, "decision_number": paper.number,
        "valid_from": paper.valid_from.isoformat(), "valid_to": paper.valid_to.isoformat(),
    }  # fmt: skip
    return row(number, **(held | said))


def test_each_row_gets_its_outcome_and_what_it_would_change(registrar: User) -> None:
    same, changed, renewed = Product.objects.order_by("pk")[:3]
    run = run_of(
        registrar,
        row(7, gtin=gtin(901)),
        as_held(8, same),
        as_held(9, changed, stars=3 if changed.certificates.all()[0].stars > 3 else 4, valid_to="2031-12-31"),
        as_held(10, renewed, decision_number="1/QĐ", valid_from="2026-02-01", valid_to="2029-01-31"),
        row(11, name="Khác", decision_number="2/QĐ"),
        row(12, gtin=gtin(902), group=None, decision_number="3/QĐ"),
        row(13, gtin=Value("9.52E+12", Outcome.REFUSED)),
        ReadRow(14, RowKind.SUBTOTAL, ("Tổng: 8",)),
    )
    assert outcomes(run) == ["new", "same", "changed", "changed", "refused", "refused", "refused", "left_out"]
    assert [change[0].split(": ")[-1] for change in run.rows.get(number=9).changes] == ["hạng sao", "hết hạn"]
    assert run.rows.get(number=10).changes[0][0] == "Giấy chứng nhận"
    assert "mã vạch" in told(run, 11)
    assert "nhóm" in told(run, 12)


def test_a_day_that_is_asked_about_is_offered_as_people_write_it(registrar: User) -> None:
    day = Value("24 hoặc 26/12/2019", Outcome.ASKED, None, ("2019-12-24", "2019-12-26"))
    run = run_of(registrar, row(5, decision_date=day), row(6, valid_to=day), row(7, valid_from=day))
    asked = [ask["options"] for one in run.rows.all() for ask in one.asks if ask["key"].startswith("cell:")]
    assert asked == [[["2019-12-24", "24/12/2019"], ["2019-12-26", "26/12/2019"]]] * 3


def test_what_names_two_things_is_asked_and_never_guessed(registrar: User) -> None:
    held = Product.objects.order_by("pk")[0]
    alike = f"HTX {held.producer.name.removeprefix('HTX ')}x"
    rows = (
        row(5, gtin=gtin(901), producer=alike, decision_number="5/QĐ"),
        as_held(6, held, gtin=gtin(902), decision_number="6/QĐ"),
        row(7, gtin=held.gtin, decision_number="7/QĐ", producer=held.producer.name),
        row(8, gtin=gtin(903), valid_to=None, decision_number="8/QĐ"),
        row(9, gtin=gtin(904), name="Một", decision_number="9/QĐ"),
        row(10, gtin=gtin(904), name="Hai", decision_number="10/QĐ"),
    )
    run = run_of(registrar, *rows)
    assert outcomes(run) == ["asked", "asked", "asked", "asked", "refused", "refused"]
    assert "gần giống" in told(run, 5)
    assert "khác mã vạch" in told(run, 6)
    assert held.name in told(run, 7)
    key = run.rows.get(number=5).asks[0]["key"]
    judged_again(run, *rows, **{key: "new", "product:6": str(held.pk), "name:7": "yes"})
    assert outcomes(run)[:3] == ["new", "changed", "changed"]
    assert run.rows.get(number=6).product == held.pk
    assert run.rows.get(number=8).asks[0]["options"] == [["04/01/2029", "Lấy 04/01/2029"]]


def test_publishing_writes_records_history_and_changes_and_undo_takes_them_back(registrar: User) -> None:
    changed, renewed, later = Product.objects.order_by("pk")[:3]
    before = {model: set(model.objects.values_list("pk", flat=True)) for model in (Producer, Product, Certificate)}
    stood = {one.pk: (one.name, one.producer_id, one.place) for one in Product.objects.all()}
    clock = RegisterClock.objects.get(name="register").value
    run = run_of(
        registrar,
        row(7, gtin=gtin(901), ocop_code="22-1-2-2026"),
        row(8, gtin=gtin(902), name="Miến dong khác"),
        as_held(9, changed, place="Thôn Khác, xã Mới"),
        as_held(10, renewed, decision_number="1/QĐ", valid_from="2026-02-01", valid_to="2029-01-31"),
        as_held(11, later, place="Thôn Ba, xã Ba"),
    )
    assert running.begin_publishing(run, registrar)
    run.refresh_from_db()
    assert run.state == RunState.PUBLISHED, run.told
    new = Product.objects.get(gtin=gtin(901))
    maker = new.producer
    assert (maker.name, maker.products.count(), new.search[:13]) == ("HTX Chưa Từng Có", 2, "mien dong moi")
    assert new.certificates.get().number == f"77/QĐ-UBND · {gtin(901)[1:]}"
    assert new.packcodes.get().value == "22-1-2-2026"
    assert new.history.get().history_user == registrar
    assert [one.history_type for one in Product(pk=changed.pk).history.all()] == ["~", "+"]
    told_anew = set(ProductChange.objects.filter(cursor__gt=clock).values_list("gtin", flat=True))
    assert told_anew == {gtin(901), gtin(902), changed.gtin, renewed.gtin, later.gtin}
    touched = Product.objects.get(pk=later.pk)
    touched.name = "Đổi sau khi nhập"
    touched.save()
    assert running.begin_undoing(run, registrar)
    run.refresh_from_db()
    assert (run.state, "4 dòng" in run.told, "1 dòng đã có người sửa" in run.told) == (RunState.UNDONE, True, True)
    assert list(run.rows.filter(kept=True).values_list("number", flat=True)) == [11]
    assert before == {model: set(model.objects.values_list("pk", flat=True)) for model in before}
    assert not PackCode.objects.filter(value="22-1-2-2026").exists()
    now = {one.pk: (one.name, one.producer_id, one.place) for one in Product.objects.all()}
    assert {pk for pk in now if now[pk] != stood[pk]} == {later.pk}
    assert ProductChange.objects.get(gtin=gtin(901)).deleted


def test_a_product_that_was_given_a_link_since_stays_and_the_others_are_taken_back(registrar: User) -> None:
    run = run_of(registrar, row(7, gtin=gtin(901)), row(8, gtin=gtin(902), name="Miến dong khác"))
    assert running.begin_publishing(run, registrar)
    linked = Product.objects.get(gtin=gtin(901))
    ProductLink.objects.create(product=linked, kind="traceability", href="https://vi-du.vn/mien", title="Nguồn gốc")
    assert running.begin_undoing(run, registrar)
    run.refresh_from_db()
    assert (run.state, run.told[:19]) == (RunState.UNDONE, "Đã hoàn tác 1 dòng."), run.told
    assert list(run.rows.filter(kept=True).values_list("number", flat=True)) == [7]
    assert list(Product.objects.filter(gtin__in=[gtin(901), gtin(902)])) == [linked]
    connection.check_constraints()


def test_a_change_made_since_the_preview_is_shown_before_anything_is_written(registrar: User) -> None:
    held, other = Product.objects.order_by("pk")[:2]
    run = run_of(registrar, row(7, gtin=gtin(901)), as_held(8, held, place="Thôn Khác"))
    held.place = "Nơi người khác vừa ghi"
    held.save()
    running.begin_publishing(run, registrar)
    run.refresh_from_db()
    assert (run.state, "1 dòng có kết quả khác" in run.told) == (RunState.PREVIEW, True)
    assert run.rows.get(number=8).changes == [["Nơi sản xuất", "Nơi người khác vừa ghi", "Thôn Khác"]]
    assert not Product.objects.filter(gtin=gtin(901)).exists()
    other.place = "Chỗ không dính dáng"
    other.save()
    running.begin_publishing(run, registrar)
    assert set(Product.objects.filter(gtin=gtin(901)).values_list("name", flat=True)) == {"Miến dong mới"}
    assert Product.objects.get(pk=other.pk).place == "Chỗ không dính dáng"


def test_what_was_judged_again_but_not_to_the_end_is_still_unseen(
    registrar: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Product.objects.order_by("pk")[0]
    run = run_of(registrar, as_held(7, held, place="Thôn Khác"), *(row(n, gtin=gtin(n)) for n in range(901, 906)))
    held.place = "Nơi người khác vừa ghi"
    held.save()
    judge, looks = running.preview.judging.judge, iter(range(100))

    def stopped(*given: Any) -> Any:
        if next(looks) == 4:
            raise running.Cancelled
        return judge(*given)

    monkeypatch.setattr(running.preview, "_PART", 1)
    monkeypatch.setattr(running.preview.judging, "judge", stopped)
    for told in ("Đã dừng", "1 dòng có kết quả khác"):
        running.begin_publishing(run, registrar)
        run.refresh_from_db()
        assert (run.state, told in run.told) == (RunState.PREVIEW, True), run.told
    assert not Product.objects.filter(gtin=gtin(901)).exists()


@pytest.mark.parametrize("begin", [running.begin_publishing, running.begin_undoing])
def test_a_process_that_slept_while_others_did_its_work_writes_nothing(
    registrar: User, monkeypatch: pytest.MonkeyPatch, begin: Any
) -> None:
    run = run_of(registrar, row(7, gtin=gtin(901)))
    if begin == running.begin_undoing:
        running.begin_publishing(run, registrar)
    is_there = Product.objects.filter(gtin=gtin(901)).exists
    before, lock = is_there(), publishing.lock_clock

    def sleep() -> None:
        ImportRun.objects.filter(pk=run.pk).update(state=RunState.PREVIEW, worker="")
        lock()

    for room in (publishing, undoing):
        monkeypatch.setattr(room, "lock_clock", sleep)
    begin(run, registrar)
    run.refresh_from_db()
    assert is_there() == before


def test_whoever_changes_the_register_while_all_is_worked_out_is_waited_for(
    registrar: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(registrar, row(7, gtin=gtin(901)))
    tell = running.publishing.keep_taken
    late = Producer(name="HTX Đến Muộn", address="xã X")

    def meanwhile(rows: list[ImportRow], step: Any) -> None:
        tell(rows, step)
        if late.pk is None:
            late.save()

    monkeypatch.setattr(running.publishing, "keep_taken", meanwhile)
    running.begin_publishing(run, registrar)
    run.refresh_from_db()
    assert run.state == RunState.PUBLISHED
    assert Producer.objects.get(pk=late.pk).name == "HTX Đến Muộn"
    assert Product.objects.get(gtin=gtin(901)).producer_id != late.pk


def test_work_whose_process_is_gone_is_told_as_stopped_and_may_be_begun_again(registrar: User) -> None:
    run = run_of(registrar, row(7, gtin=gtin(901)))
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.PUBLISHING, worker="elsewhere:1:abcd")
    run.refresh_from_db()
    running.settle(run)
    assert (run.state, "Chưa dòng nào" in run.told) == (RunState.PREVIEW, True)
    assert running.begin_publishing(run, registrar)
    assert Product.objects.filter(gtin=gtin(901)).count() == 1
    assert not running.begin_publishing(run, registrar)

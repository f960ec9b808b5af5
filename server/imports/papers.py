"""Judges what a row says of a certificate: the same, changed, or a new one, which is how a renewal comes."""

from __future__ import annotations

from datetime import date
from typing import Any

from imports.days import shown
from imports.judged import Ask, Judged
from imports.known import Known, KnownCertificate
from imports.models import row_label
from imports.rows import ReadRow
from imports.values import Field
from register.certificates import last_of_36_months, number_under, rules_on

LONGEST_NUMBER = 60


def judge_certificate(
    row: ReadRow, known: Known, product: int | None, gtin: str, judged: Judged, *, shared: bool, withdrawn: bool
) -> dict[str, Any] | None:
    """What to write of the row's certificate; None where it says nothing new.

    `shared` tells that other products bear the same decision. `withdrawn` that the row says it was withdrawn.
    """
    decision = _read(row, Field.DECISION_NUMBER)
    stars = row.values[Field.STARS].read if Field.STARS in row.values else None
    begins = _day(row, Field.VALID_FROM) or _day(row, Field.DECISION_DATE)
    ends = _day(row, Field.VALID_TO)
    mine = known.certificates.get(product, []) if product is not None else []
    if not decision:
        _without_number(mine, stars, begins, ends, judged, is_new=product is None)
        return None
    held = next((one for one in mine if _is_of(one.number, decision)), None)
    if held is not None:
        return _compared(row, held, stars, ends, judged)
    if not stars:
        judged.refuse("no_stars", "Chưa có hạng sao đã công nhận.", Field.STARS)
    if withdrawn:
        judged.refuse(
            "withdrawn_new",
            "Danh sách ghi giấy này đã thu hồi. Hãy thêm giấy ở trang sản phẩm rồi ghi thu hồi ở trang của giấy.",
            Field.NOTE,
        )
    if begins is None or len(begins) < 10:
        judged.refuse("no_first_day", "Chưa có đủ ngày bắt đầu hiệu lực (ngày/tháng/năm).", Field.VALID_FROM)
    elif ends is None:
        _propose_end(row, date.fromisoformat(begins), judged)
    elif len(ends) < 10:
        judged.refuse("no_last_day", "Chưa có đủ ngày hết hạn (ngày/tháng/năm).", Field.VALID_TO)
    elif ends < begins:
        judged.refuse("days_in_order", "Ngày hết hạn trước ngày bắt đầu hiệu lực.", Field.VALID_TO)
    number = number_under(decision, gtin, shared=shared)
    if len(number) > LONGEST_NUMBER:
        judged.refuse("long_number", f"Số quyết định dài quá {LONGEST_NUMBER} chữ.", Field.DECISION_NUMBER)
    if judged.stopped or begins is None or ends is None:
        return None
    judged.changes.append(("Giấy chứng nhận", "", f"{number} · {stars} sao · {shown(begins)} – {shown(ends)}"))
    rules = rules_on(date.fromisoformat(begins))
    return {
        "pk": None,
        "fields": {"number": number, "stars": stars, "decision": rules, "valid_from": begins, "valid_to": ends},
    }


def _compared(
    row: ReadRow, held: KnownCertificate, stars: Any, ends: str | None, judged: Judged
) -> dict[str, Any] | None:
    """Compare with the certificate of this number; a year alone says no more than the year."""
    changed: dict[str, Any] = {}
    title = f"Giấy {held.number}"
    if stars and stars != held.stars:
        changed["stars"] = stars
        judged.changes.append((f"{title}: hạng sao", str(held.stars), str(stars)))
    said = (("valid_from", _day(row, Field.VALID_FROM), held.valid_from, "từ ngày", Field.VALID_FROM),
            ("valid_to", ends, held.valid_to, "hết hạn", Field.VALID_TO))  # fmt: skip
    for name, day, stands, words, cell in said:
        if not day or stands.isoformat().startswith(day):
            continue
        if len(day) < 10:
            judged.refuse(
                "part_of_day", f"Ô ghi {shown(day)}, sổ ghi {shown(stands.isoformat())}. Hãy ghi đủ ngày.", cell
            )
            continue
        changed[name] = day
        judged.changes.append((f"{title}: {words}", shown(stands.isoformat()), shown(day)))
    first, last = (
        changed.get("valid_from", held.valid_from.isoformat()),
        changed.get("valid_to", held.valid_to.isoformat()),
    )
    if last < first:
        judged.refuse("days_in_order", "Ngày hết hạn trước ngày bắt đầu hiệu lực.", Field.VALID_TO)
    return {"pk": held.pk, "fields": changed} if changed else None


def _without_number(
    mine: list[KnownCertificate], stars: Any, begins: str | None, ends: str | None, judged: Judged,
    *, is_new: bool,
) -> None:  # fmt: skip
    """A row without a decision says something new only if no certificate that is held fits it."""
    if not stars and not begins and not ends and not is_new:
        return
    fits = any(
        (not stars or stars == one.stars)
        and (not begins or one.valid_from.isoformat().startswith(begins))
        and (not ends or one.valid_to.isoformat().startswith(ends))
        for one in mine
    )
    if not fits:
        judged.refuse("no_decision", "Chưa có số quyết định hoặc số giấy chứng nhận.", Field.DECISION_NUMBER)


def _propose_end(row: ReadRow, begins: date, judged: Judged) -> None:
    """A certificate is valid for 36 months (Decision 148/QĐ-TTg); the list does not say so, so a person does."""
    text = f"{last_of_36_months(begins):%d/%m/%Y}"
    judged.ask(
        Ask(
            f"cell:{row_label(row.number, row.part)}:valid_to",
            f"Không có ngày hết hạn. Theo 36 tháng là {text}.",
            ((text, f"Lấy {text}"),),
            kind="valid_to",
        )
    )


def _is_of(number: str, decision: str) -> bool:
    return number == decision or number.startswith(f"{decision} · ")


def _read(row: ReadRow, name: Field) -> str:
    value = row.values.get(name)
    return str(value.read) if value is not None and value.read is not None else ""


def _day(row: ReadRow, name: Field) -> str | None:
    return _read(row, name) or None

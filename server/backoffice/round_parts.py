"""Writes the parts of rounds and inspections as people read them: places, people, tables, signatures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from backoffice.record_pages import by_devices_clock
from checklists.document import Checklists
from rounds.round import content_hash
from rounds.words import Answered, AnsweredBy, PersonRole, PlaceKind

NOTHING = "-"
SIGNATURE_WIDTH, SIGNATURE_HEIGHT = 1000, 400
_CELL = "align-top border-t border-base-200 px-3 py-2 text-left dark:border-base-800"

Said = Mapping[str, Any]


def lines(texts: Iterable[Any]) -> SafeString | str:
    """Each text in a line of its own."""
    return format_html_join("", "<p>{}</p>", [(text,) for text in texts if text]) or NOTHING


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> SafeString | str:
    """A table; nothing where there are no rows."""
    body = format_html_join(
        "",
        "<tr>{}</tr>",
        [(format_html_join("", '<td class="{}">{}</td>', [(_CELL, c) for c in row]),) for row in rows],
    )
    if not body:
        return NOTHING
    head = format_html_join("", '<th class="font-semibold px-3 py-2 text-left">{}</th>', [(head,) for head in heads])
    return format_html('<table class="w-full"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>', head, body)


def at(text: str) -> str:
    """A moment of a record, by the device's clock."""
    return by_devices_clock(datetime.fromisoformat(text))


def day(text: str | None) -> str:
    """A day as dd/mm/yyyy."""
    return f"{date.fromisoformat(text):%d/%m/%Y}" if text else ""


def place(said: Said) -> SafeString | str:
    """A place: kind, name, address, position."""
    position = said["position"]
    where = f"{position['lat']:.5f}, {position['lon']:.5f}" if position else "không ghi vị trí"
    return lines([PlaceKind.label_of(said["kind"]), said["name"], said["address"], where])


def people(said: Iterable[Said]) -> SafeString | str:
    """Those who took part."""
    return lines(" · ".join(filter(None, (p["name"], PersonRole.label_of(p["role"]), p["title"]))) for p in said)


def inspected(said: Said | None) -> str:
    """Who was inspected."""
    if said is None:
        return NOTHING
    number = f"số đăng ký {said['registration']}" if said["registration"] else ""
    return " · ".join(filter(None, (said["name"], number, "có mặt" if said["present"] else "vắng mặt")))


def amount(said: Said | None) -> str:
    """A quantity, with its seal number where it has one."""
    if said is None:
        return NOTHING
    seal = said.get("seal_number")
    return f"{_number(said['amount'])} {said['unit']}" + (f" · niêm phong số {seal}" if seal else "")


def _number(value: float) -> str:
    """A number as it is written in Vietnam: 1.200,5. What is smaller than a millionth is left out."""
    whole, _, rest = f"{value:,.6f}".partition(".")
    rest = rest.rstrip("0")
    return whole.replace(",", ".") + (f",{rest}" if rest else "")


def compared(said: Said, write: Any = str) -> SafeString | str:
    """What the code says and what the label shows, and that they differ."""
    code, label = (write(said[name]) if said[name] else "" for name in ("code", "label"))
    if not (code or label):
        return NOTHING
    text = f"mã: {code or 'không ghi'} · nhãn: {label or 'không ghi'}"
    return format_html("{} <strong>khác nhau</strong>", text) if code and label and code != label else text


def signatures(body: Said, *, erased: bool) -> SafeString | str:
    """Each signature as it was drawn, and whether it is one of this very content."""
    content = content_hash(body)
    return format_html_join("", "{}", [(_signature(one, content, erased=erased),) for one in body["signatures"]]) or (
        "Đã xóa" if erased else NOTHING
    )


def _signature(said: Said, content: str, *, erased: bool) -> SafeString:
    who = " · ".join(filter(None, (PersonRole.label_of(said["role"]), said["name"], at(said["at"]))))
    if said["refused"]:
        return format_html("<p>{}: <strong>từ chối ký</strong>, lý do: {}</p>", who, said["refused"])
    if erased:
        fits = ""
    elif said["content"] == content:
        fits = "ký đúng nội dung này"
    else:
        fits = "KÝ MỘT NỘI DUNG KHÁC với nội dung đã nhận"
    drawn = format_html_join("", '<polyline points="{}"/>', [(_points(stroke),) for stroke in said["strokes"]])
    return format_html(
        '<p>{}{}</p><svg viewBox="0 0 {} {}" role="img" aria-label="Chữ ký: {}" fill="none" stroke="currentColor" '
        'stroke-width="6" stroke-linecap="round" stroke-linejoin="round" style="max-width: 20rem">{}</svg>',
        who, f" · {fits}" if fits else "", SIGNATURE_WIDTH, SIGNATURE_HEIGHT, who, drawn,
    )  # fmt: skip


def _points(stroke: Sequence[Sequence[int]]) -> str:
    """A stroke's points; a dot is a line to itself, which round ends make visible."""
    drawn = stroke if len(stroke) > 1 else [*stroke, *stroke]
    return " ".join(f"{x},{y}" for x, y in drawn)


def checklist(said: Said | None, version: Checklists | None) -> SafeString | str:
    """The answers in the words of the version that was used, with what each item is founded on."""
    if said is None:
        return NOTHING
    law = next((law.name for law in version.laws if law.id == said["law"]), said["law"]) if version else said["law"]
    items = {item.id: item for item in version.items} if version else {}
    rows = []
    for answer in said["answers"]:
        item = items.get(answer["item"])
        founded = [version.sources[one].name for one in item.citation] if version and item else []
        unsure = "chưa xác minh với văn bản luật, riêng mục này không đủ kết luận vi phạm"
        rows.append(
            (
                item.text if item else answer["item"],
                Answered.label_of(answer["answer"]),
                AnsweredBy.label_of(answer["by"]),
                answer["reason"],
                "; ".join([*founded, *([unsure] if item and item.certainty == "assumed" else [])]),
            )
        )
    head = f"{law} · nhóm {said['group']} · ngày {day(said['day'])} · bản {said['version'][:12]}"
    if version is None:
        head += " · máy chủ không có bản danh mục này"
    return format_html("<p>{}</p>{}", head, table(("Mục", "Trả lời", "Theo", "Lý do", "Căn cứ"), rows))

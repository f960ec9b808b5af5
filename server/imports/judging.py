"""Judges rows against the register: new, changed field by field, the same, asked, refused or left out.

A product is found by its GTIN, else by its OCOP code, else by name, producer and place. More than one candidate is a
question. Nothing of the register is changed here, and blank cells change nothing anywhere.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from imports.days import shown
from imports.judged import Ask, Judged, Reason
from imports.known import Known, KnownProduct, core_of, exactly
from imports.models import GOOD, RowOutcome, row_label
from imports.papers import judge_certificate
from imports.rows import ReadRow, RowKind
from imports.values import Field, Outcome
from imports.words import told
from register.folding import fold
from register.localities import COMMUNES, FORMER_UNITS
from register.models import Group

_DECIDES = (
    Field.NAME, Field.PRODUCER, Field.STARS, Field.DECISION_NUMBER, Field.DECISION_DATE, Field.VALID_FROM,
    Field.VALID_TO, Field.GTIN, Field.OCOP_CODE, Field.GROUP,
)  # fmt: skip
"""Cells without which a row is not published; a place that is only proposed is left as the list writes it."""
_DAYS = (Field.DECISION_DATE, Field.VALID_FROM, Field.VALID_TO)
WORDS: dict[Field, dict[str, str]] = {
    Field.COMMUNE: {unit.code: f"{unit.kind} {unit.name}" for unit in COMMUNES},
    Field.COMMUNE_CODE: {unit.code: f"{unit.kind} {unit.name}" for unit in COMMUNES},
    Field.DISTRICT: {unit.code: f"{unit.kind} {unit.name}" for unit in FORMER_UNITS},
    Field.GROUP: {str(value): str(label) for value, label in Group.choices},
    Field.STATE: {"withdrawn": "Đã thu hồi", "not_renewed": "Không đánh giá lại", "upgraded": "Được nâng hạng"},
}
"""How keys are shown."""
WITHDRAWN = "withdrawn"
"""What a row's state says of a certificate that was withdrawn."""
_LONGEST = 200
_LONGEST_PLACE = 300


@dataclass
class Course:
    """What the rows so far have said, so that two rows do not say two things of one product.

    `makers` are producers that the register does not have, by the key of their name.
    """

    known: Known
    answers: Mapping[str, str]
    names_of_gtin: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    decisions: Counter[str] = field(default_factory=Counter)
    makers: dict[str, dict[str, str]] = field(default_factory=dict)
    products: dict[str, tuple[str, set[str]]] = field(default_factory=dict)


def begin(rows: Iterable[ReadRow], known: Known, answers: Mapping[str, str]) -> Course:
    """Look through all rows once: which GTIN and which decision stand in several."""
    course = Course(known, answers)
    for row in rows:
        if row.kind is not RowKind.PRODUCT:
            continue
        if gtin := read(row, Field.GTIN):
            course.names_of_gtin[gtin].add(fold(read(row, Field.NAME)))
        course.decisions[read(row, Field.DECISION_NUMBER)] += 1
    return course


def judge(row: ReadRow, course: Course) -> Judged:
    """Judge one row; rows are judged in their order."""
    judged = Judged()
    key = row_label(row.number, row.part)
    if row.kind is not RowKind.PRODUCT or not row.values:
        return Judged(RowOutcome.LEFT_OUT, [Reason(one.code, told(one)) for one in row.problems])
    if course.answers.get(f"leave:{key}") == "yes":
        return Judged(RowOutcome.LEFT_OUT, [Reason("left", "Bạn đã bỏ qua dòng này.")])
    _say_what_waits(row, key, judged)
    if not read(row, Field.NAME) and Field.NAME not in row.waiting:
        judged.refuse("no_name", "Chưa có tên sản phẩm.", Field.NAME)
    producer = _producer(row, course, judged)
    product = _product(row, key, producer, course, judged)
    judged.product = product.pk if product else None
    if not judged.stopped:
        _plan(row, producer, product, course, judged)
    return judged


def read(row: ReadRow, name: Field) -> str:
    """What a field says, as a text; empty where it says nothing that is sure."""
    value = row.values.get(name)
    return str(value.read) if value is not None and value.read is not None else ""


def _say_what_waits(row: ReadRow, key: str, judged: Judged) -> None:
    problems = {problem.field: problem for problem in row.problems if problem.field}
    for name in row.waiting:
        value, problem = row.values[name], problems.get(name)
        ask = _ask_of_cell(row, key, name, told(problem) if problem else "", problem.code if problem else "")
        if name in _DECIDES and value.outcome is Outcome.REFUSED:
            judged.refuse("cell", ask.text, name)
            if ask.options:
                judged.asks.append(replace(ask, text="Có phải là:"))
        elif name in _DECIDES:
            judged.ask(ask)
        elif ask.options:
            judged.asks.append(ask)


def _ask_of_cell(row: ReadRow, key: str, name: Field, text: str, code: str) -> Ask:
    """The question that a waiting cell asks; `kind` only where the first option is what is proposed."""
    value = row.values[name]
    if code == "name_several":
        parts = ", ".join(value.proposed)
        split = (("yes", f"Tách thành {len(value.proposed)}: {parts}"), ("no", "Giữ là một sản phẩm"))
        return Ask(f"split:{row.number}", text, split, kind="split")
    options: tuple[tuple[str, str], ...] = tuple((one, in_words(name, one)) for one in value.proposed)
    if name is Field.STATE:
        options = (*options, ("valid", "Không phải, vẫn còn hiệu lực"))
    is_one = value.outcome is Outcome.PROPOSED and (len(options) == 1 or code == "producer_with_place")
    return Ask(f"cell:{key}:{name}", text, options, kind=name.value if is_one else "")


def in_words(name: Field, read: Any) -> str:
    """What was read, or may be meant, as people write it: days, and keys by their words."""
    text = str(read)
    if name in _DAYS:
        return shown(text)
    if name is Field.GTIN:
        return text.removeprefix("0")
    return WORDS.get(name, {}).get(text, text)


def maker_key(name: str) -> str:
    """How answers name a producer that is not in the register."""
    return hashlib.sha256(exactly(name).encode()).hexdigest()[:12]


def _producer(row: ReadRow, course: Course, judged: Judged) -> str:
    """The producer: its key in the register, `new:` and its key in the list, or empty where none is sure."""
    name = " ".join(read(row, Field.PRODUCER).split())
    if not name:
        if Field.PRODUCER not in row.waiting:
            judged.refuse("no_producer", "Chưa có tên chủ thể.", Field.PRODUCER)
        return ""
    if len(name) > _LONGEST:
        judged.refuse("long_producer", f"Tên chủ thể dài quá {_LONGEST} chữ.", Field.PRODUCER)
        return ""
    mine = maker_key(name)
    answer = course.answers.get(f"producer:{mine}", "")
    same = course.known.producers_named.get(exactly(name), [])
    candidates = [str(pk) for pk in same] or ([] if mine in course.makers else course.known.alike.near(name))
    if answer in candidates or (answer and answer in {str(pk) for pk in course.known.producers}):
        return answer
    if len(same) == 1 and not answer:
        return str(same[0])
    if candidates and answer != "new":
        options = [(one, _named(one, course)) for one in candidates]
        text = "Có nhiều chủ thể cùng tên này." if same else f"“{name}” gần giống tên đã có."
        judged.ask(Ask(f"producer:{mine}", text, (*options, ("new", "Khác, thêm mới"))))
        return ""
    if mine not in course.makers:
        phone = read(row, Field.PHONE)
        course.makers[mine] = {
            "name": name, "address": _place(row)[:_LONGEST_PLACE], "phone": phone if len(phone) <= 30 else "",
            "tax_code": read(row, Field.TAX_CODE)[:14],
        }  # fmt: skip
        course.known.alike.add(name, f"new:{mine}")
    return f"new:{mine}"


def _named(key: str, course: Course) -> str:
    if key.startswith("new:"):
        return f"Là {course.makers[key[4:]]['name']} (trong tệp)"
    producer = course.known.producers[int(key)]
    return f"Là {producer.name}" + (f", {producer.address}" if producer.address else "")


def _product(row: ReadRow, key: str, producer: str, course: Course, judged: Judged) -> KnownProduct | None:
    known, gtin, code = course.known, read(row, Field.GTIN), read(row, Field.OCOP_CODE)
    if gtin and len(course.names_of_gtin[gtin]) > 1:
        judged.refuse("shared_gtin", "Mã vạch này đứng ở nhiều sản phẩm khác tên trong tệp.", Field.GTIN)
        return None
    by_gtin = known.products.get(known.product_of_gtin.get(gtin, -1))
    by_code = known.products.get(known.product_of_code.get(code, -1)) if code else None
    if by_gtin and by_code and by_gtin.pk != by_code.pk:
        judged.refuse("two_products", f"Mã OCOP này là của {by_code.name} ({by_code.gtin}).", Field.OCOP_CODE)
        return None
    found = by_gtin or by_code
    if found is None and producer.isdecimal():
        found = _by_name(row, key, int(producer), gtin, course, judged)
    elif found is by_code and found is not None and gtin and gtin != found.gtin:
        judged.refuse("other_gtin", f"Mã OCOP này trong sổ có mã vạch {found.gtin}.", Field.GTIN)
    if found is not None and core_of(found.name) != core_of(read(row, Field.NAME)) and read(row, Field.NAME):
        _ask_of_name(row, key, found, course, judged)
    return found


def _by_name(row: ReadRow, key: str, producer: int, gtin: str, course: Course, judged: Judged) -> KnownProduct | None:
    """The product of this name from this producer. One with another GTIN is a question, and so are several."""
    known = course.known
    named = [known.products[pk] for pk in known.products_named.get((fold(read(row, Field.NAME)), producer), [])]
    if not named:
        return None
    commune = _unit(row, Field.COMMUNE, known.communes) or _unit(row, Field.COMMUNE_CODE, known.communes)
    here = [one for one in named if not commune or one.commune in {None, commune}]
    answer = course.answers.get(f"product:{key}", "")
    if answer == "new":
        return None
    if chosen := next((one for one in named if str(one.pk) == answer), None):
        return chosen
    if len(here) == 1 and not gtin:
        return here[0]
    options = [(str(one.pk), f"Là {one.name} ({one.gtin})") for one in named]
    text = "Cùng tên, cùng chủ thể, khác mã vạch." if gtin else "Sổ có sản phẩm cùng tên của chủ thể này."
    judged.ask(Ask(f"product:{key}", text, (*options, ("new", "Sản phẩm khác"))))
    return None


def _ask_of_name(row: ReadRow, key: str, found: KnownProduct, course: Course, judged: Judged) -> None:
    """A number that names a product of quite another name is more often a slip than a new name."""
    if course.answers.get(f"name:{key}") == "yes" or fold(found.name) in fold(read(row, Field.NAME)):
        return
    text = f"Trong sổ mã này là “{found.name}”."
    judged.ask(Ask(f"name:{key}", text, (("yes", "Đúng, đổi tên trong sổ"),)))


def _place(row: ReadRow) -> str:
    """The place in the list's own words: units are known by their keys, which nobody reads."""
    parts = [row.values[name].text for name in (Field.COMMUNE, Field.DISTRICT) if name in row.values]
    return " ".join((read(row, Field.PLACE) or ", ".join(part for part in parts if part.strip())).split())


def _unit(row: ReadRow, name: Field, named: dict[str, list[int]]) -> int | None:
    """The unit that a cell names by its code or by its name alone; none where two bear the name."""
    said = read(row, name)
    units = named.get(said) or named.get(fold(said)) or []
    return units[0] if said and len(units) == 1 else None


def _plan(row: ReadRow, producer: str, product: KnownProduct | None, course: Course, judged: Judged) -> None:
    gtin = product.gtin if product else read(row, Field.GTIN)
    if not gtin:
        judged.refuse("no_gtin", "Sổ chưa có sản phẩm này, và dòng chưa có mã vạch (GTIN).", Field.GTIN)
    elif product is None and not read(row, Field.GROUP):
        judged.refuse("no_group", "Chưa có nhóm sản phẩm.", Field.GROUP)
    state = row.values.get(Field.STATE)
    withdrawn = state is not None and (state.read == WITHDRAWN or (state.read is None and WITHDRAWN in state.proposed))
    decision = read(row, Field.DECISION_NUMBER)
    elsewhere = course.known.product_of_number.get(decision)
    shared = course.decisions[decision] > 1 or (elsewhere is not None and elsewhere != judged.product)
    paper = judge_certificate(
        row, course.known, judged.product, gtin, judged, shared=shared, withdrawn=withdrawn
    )  # fmt: skip
    paper_changes = len(judged.changes)
    fields = _fields(row, producer, product, course.known, judged)
    if judged.stopped:
        return
    code = read(row, Field.OCOP_CODE)
    code = code if code and code not in course.known.product_of_code else ""
    first, decisions = course.products.setdefault(gtin, (row_label(row.number, row.part), set()))
    is_second = bool(decisions)
    if decision in decisions:
        judged.refuse("twice", f"Dòng {first} đã nói về sản phẩm này.")
        return
    decisions.add(decision)
    if is_second:  # another certificate of the same product, and nothing else
        del judged.changes[paper_changes:]
        fields, code = {}, ""
    elif code:
        judged.changes.append(("Mã OCOP", "", code))
    if withdrawn:
        text = "Danh sách ghi đã thu hồi. Nhập danh sách không thu hồi giấy nào."
        judged.reasons.append(Reason(WITHDRAWN, text, Field.NOTE))
    if product is None and not is_second:
        judged.outcome = RowOutcome.NEW
    elif fields or paper or code:
        judged.outcome = RowOutcome.CHANGED
    if judged.outcome in GOOD:
        maker = course.makers[producer[4:]] if producer.startswith("new:") else None
        judged.plan = {
            "product": judged.product, "gtin": gtin, "maker": maker, "fields": fields, "paper": paper, "code": code,
        }  # fmt: skip


def _fields(row: ReadRow, producer: str, product: KnownProduct | None, known: Known, judged: Judged) -> dict[str, Any]:
    """What the row changes in its product, or all of a new one; as the database has the columns."""
    place = _place(row)
    name = " ".join(read(row, Field.NAME).split())
    if len(name) > _LONGEST:
        judged.refuse("long_name", f"Tên sản phẩm dài quá {_LONGEST} chữ.", Field.NAME)
    if len(place) > _LONGEST_PLACE:
        judged.refuse("long_place", f"Địa chỉ dài quá {_LONGEST_PLACE} chữ.", Field.PLACE)
    commune = _unit(row, Field.COMMUNE_CODE, known.communes) or _unit(row, Field.COMMUNE, known.communes)
    said: dict[str, Any] = {
        "name": name, "group": read(row, Field.GROUP), "producer": producer, "place": place, "commune": commune,
        "former_unit": _unit(row, Field.DISTRICT, known.former),
    }  # fmt: skip
    if product is None:
        return said
    changed: dict[str, Any] = {}
    groups = dict(Group.choices)
    if exactly(name) != exactly(product.name):
        changed["name"] = name
        judged.changes.append(("Tên sản phẩm", product.name, name))
    if said["group"] and said["group"] != product.group:
        changed["group"] = said["group"]
        judged.changes.append(("Nhóm", str(groups.get(product.group, "")), str(groups.get(said["group"], ""))))
    if producer != str(product.producer):
        changed["producer"] = producer
        new = read(row, Field.PRODUCER) if producer.startswith("new:") else known.producers[int(producer)].name
        judged.changes.append(("Chủ thể", known.producers[product.producer].name, new))
    if place and fold(place) not in fold(product.place):
        changed["place"] = place
        judged.changes.append(("Nơi sản xuất", product.place, place))
    for column, title in (("commune", "Xã, phường"), ("former_unit", "Đơn vị cũ")):
        stands = getattr(product, column)
        if said[column] and said[column] != stands:
            changed[column] = said[column]
            judged.changes.append((title, known.units.get(stands, ""), known.units[said[column]]))
    return changed

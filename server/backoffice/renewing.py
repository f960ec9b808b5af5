"""Holds a new certificate against the product's older ones: what it may not say, and what else to look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from backoffice.certificate_words import points_in_words
from imports.stars import stars_for
from register.certificates import last_of_36_months
from register.models import Certificate


@dataclass
class Held:
    """Why a new certificate is refused, by its field, and what else to look at."""

    refused: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def hold_against(new: Certificate, older: Iterable[Certificate]) -> Held:
    """Compare a certificate that is not stored yet with those that the product has."""
    held = Held()
    _look_at_itself(new, held)
    last = max(older, key=lambda one: (one.valid_to, one.pk), default=None)
    if last is None:
        held.notes.append("Giấy đầu tiên của sản phẩm này.")
        return held
    if new.valid_to <= last.valid_to:
        held.refused.append(
            ("valid_to", f"Giấy {last.number} có giá trị đến {_day(last.valid_to)}: giấy mới phải sau.")
        )
    if last.withdrawn_on is not None:
        held.notes.append(f"Giấy {last.number} bị thu hồi từ {_day(last.withdrawn_on)}. Cấp lại không hủy việc đó.")
    elif new.valid_from <= last.valid_to:
        span = f"{_day(new.valid_from)} đến {_day(last.valid_to)}"
        held.notes.append(f"Từ {span} có cả giấy {last.number} và giấy mới. Ứng dụng theo giấy mới.")
    elif new.valid_from > last.valid_to + timedelta(days=1):
        span = f"{_day(last.valid_to + timedelta(days=1))} đến {_day(new.valid_from - timedelta(days=1))}"
        held.notes.append(f"Từ {span} sản phẩm không có giấy.")
    if new.stars != last.stars:
        held.notes.append(f"Hạng sao đổi từ {last.stars} sang {new.stars}.")
    return held


def _look_at_itself(new: Certificate, held: Held) -> None:
    if new.valid_to < new.valid_from:
        held.refused.append(("valid_to", "Ngày cuối phải từ ngày bắt đầu có giá trị trở đi."))
    elif new.valid_to != last_of_36_months(new.valid_from):
        held.notes.append(f"Không phải 36 tháng: 36 tháng là đến hết {_day(last_of_36_months(new.valid_from))}.")
    if new.points is not None and (stars := stars_for(str(new.points))) != new.stars:
        meant = f"ứng với {stars} sao, không phải {new.stars} sao" if stars else "không đủ để xếp hạng OCOP"
        held.refused.append(("points", f"{points_in_words(new.points)} điểm {meant} (Quyết định 148/QĐ-TTg)."))


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"

"""Draws what was signed, out of the records in a file and not out of its pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import flet as ft
import flet.canvas as cv

from services.codes import on_the_pack
from services.papers.chains import LATE_DAYS
from services.papers.checking import CheckedFile
from services.papers.faults import NOT_IN_FILE, FaultCode
from services.papers.words import CORRECTED, FAULTS, FINDINGS, PLACES, ROLES, grouped
from services.register.certificates import VIETNAM
from services.rounds.inspection import Inspection
from services.rounds.round import Signature
from views.design import INK, Type
from views.parts.look import card, chip, fact, heading, text
from views.parts.texts import Texts
from views.parts.verdict_words import status_words

_WIDE, _HIGH = 150.0, 60.0
_INK = ft.Paint(color=INK, stroke_width=2, style=ft.PaintingStyle.STROKE, stroke_cap=ft.StrokeCap.ROUND)


def signed_record(texts: Texts, checked: CheckedFile) -> list[ft.Control]:
    """The round, its inspections and the signatures."""
    _, closed = texts.gettext, checked.round
    if closed is None:
        return []
    said = closed.said
    day = texts.day(said.opened_at.astimezone(VIETNAM).date())
    end = f" – {texts.time(said.closed_at)}" if said.closed_at else ""
    place = ", ".join(filter(None, [said.place.name, said.place.address]))
    rows = [
        fact(_(PLACES.get(said.place.kind, said.place.kind)), place),
        fact(_("Day"), f"{day}, {texts.time(said.opened_at)}{end}"),
        *([fact(_("Inspected"), said.inspected.name)] if said.inspected else []),
        *[fact(_(ROLES.get(person.role, person.role)), person.name) for person in said.people],
        *([fact(_("Case number"), said.case_number)] if said.case_number else []),
        *([fact(_("Remarks"), said.remarks)] if said.remarks else []),
        *_received(texts, checked, said.closed_at or said.opened_at),
        fact(_("Hash of this record"), grouped(closed.sha256)),
    ]
    missing = {fault.where for fault in checked.faults if fault.code in NOT_IN_FILE}
    inspections = [
        _inspection(texts, number, each, checked.later, missing=number in missing)
        for number, each in enumerate(checked.inspections, 1)
    ]
    signatures = [_signature(texts, signature) for signature in said.signatures]
    return [
        card(*rows),
        heading(_("Inspections")),
        *(inspections or [text(_("No product was inspected in this round."))]),
        *([heading(_("Signatures")), card(*signatures)] if signatures else []),
    ]


def _received(texts: Texts, checked: CheckedFile, said: datetime) -> list[ft.Control]:
    """When the register received the round, where a receipt in the file proves it; else nothing is known here."""
    _ = texts.gettext
    at = checked.received.get(checked.round.sha256) if checked.round else None
    if at is None:
        return []
    words = texts.moment(at)
    if (late := (at - said).days) > LATE_DAYS:
        told = _("{days} days after the day that the device's clock gave: why is not known here")
        words = ", ".join([words, told.format(days=texts.number(late))])
    return [fact(_("The register received it"), words)]


def _inspection(
    texts: Texts, number: int, each: Inspection | None, later: Mapping[str, str], *, missing: bool
) -> ft.Control:
    _ = texts.gettext
    if each is None:
        words = _("Not in this file") if missing else _(FAULTS[FaultCode.UNREAD_FORM])
        return card(text(" ".join([f"{number}.", words]), Type.SUB))
    found = each.found
    lines: list[ft.Control] = [
        text(
            " ".join([f"{number}.", found.product_name or on_the_pack(found.gtin or "") or _("Without a code")]),
            Type.SUB,
        ),
        *([text(on_the_pack(found.gtin), Type.SMALL)] if found.gtin else []),
    ]
    if found.verdict:
        words, tone, icon = status_words(found.verdict.status, found.verdict.reasons)
        lines.append(ft.Row([chip(_(words), icon, tone)], wrap=True))
    if found.findings:
        lines.append(text("; ".join(_(FINDINGS.get(finding, finding)) for finding in found.findings)))
    if found.quantity:
        lines.append(text(f"{found.quantity.to_json()['amount']} {found.quantity.unit}", Type.SMALL))
    if found.text:
        lines.append(text(found.text))
    if hash_ := later.get(each.sha256):
        lines.append(text(_(CORRECTED).format(hash=grouped(hash_[:16])), Type.SUB))
    return card(*lines)


def _signature(texts: Texts, signature: Signature) -> ft.Control:
    _ = texts.gettext
    who = f"{_(ROLES.get(signature.role, signature.role))}: {signature.name}, {texts.moment(signature.at)}"
    if signature.refused is not None:
        return ft.Column([text(who), text(": ".join([_("Not signed on the screen"), signature.refused]))], spacing=0)
    scale = _WIDE / 1000
    shapes: list[cv.Shape] = []
    for stroke in filter(None, signature.strokes):
        points = [(x * scale, y * scale) for x, y in stroke]
        line = [cv.Path.MoveTo(*points[0]), *[cv.Path.LineTo(x, y) for x, y in points]]
        shapes.append(cv.Path(line, _INK))
    canvas = cv.Canvas(shapes, width=_WIDE, height=_HIGH)
    return ft.Column(
        [text(who), ft.Semantics(label=who, image=True, exclude_semantics=True, content=canvas)], spacing=4
    )

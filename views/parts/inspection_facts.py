"""What an inspection says, in words."""

from __future__ import annotations

from services.rounds.inspection import Found
from views.parts.inspection_words import SALES, SEALS, amount_words, checklist_words, day_words, finding_words
from views.parts.texts import Texts


def inspection_facts(texts: Texts, found: Found) -> list[tuple[str, str]]:
    """What an inspection says, as labels and values; what was left open is left out."""
    _ = texts.gettext

    def both(code: str, label: str) -> str:
        if code and label:
            return _("{label} on the label, {code} in the code").format(label=label, code=code)
        if label:
            return _("{label} on the label").format(label=label)
        return _("{code} in the code").format(code=code) if code else ""

    days = [both(day_words(texts, pair.code), day_words(texts, pair.label)) for pair in (found.produced, found.expiry)]
    price = f"{texts.number(found.price)}\N{NO-BREAK SPACE}đ" if found.price is not None else ""
    listed = [
        (_("What was found"), ", ".join(finding_words(texts, finding) for finding in found.findings)),
        (_("The goods"), _(SALES[found.sale][0]) if found.sale in SALES else ""),
        (_("Quantity"), amount_words(texts, found.quantity) if found.quantity else ""),
        (_("In words"), found.text),
        (_("Checklist"), checklist_words(texts, found.checklist)),
        (_("Lot"), both(found.lot.code or "", found.lot.label or "")),
        (_("Produced"), days[0]),
        (_("Use by"), days[1]),
        (_("Seal"), _(SEALS[found.seal][0]) if found.seal in SEALS else ""),
        (_("Price"), price),
        (_("What the seller said"), found.seller_said),
        (_("Samples"), "\n".join(f"{amount_words(texts, each)} · {each.seal_number}" for each in found.samples)),
        (
            _("Goods held"),
            " · ".join(filter(None, [amount_words(texts, found.held), found.held.seal_number])) if found.held else "",
        ),
    ]
    return [(label, value) for label, value in listed if value]

"""What an inspection knows of its goods for the checklist: from codes, verdict and certificates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from services.checklists.knowledge import CertificateFact, Facts, Seen
from services.codes import ProductCode, parse
from services.decoding import Symbology
from services.register.certificates import ProductState, worth
from services.register.products import Product
from services.rounds.checks import is_day
from services.rounds.inspection import Compared, Found
from services.verification import ReasonCode, Status

_TRACE_CODES = frozenset(kind.value for kind in Symbology if kind.is_matrix)


def facts_of(found: Found, product: Product | None, day: date, label_stars: int | None = None) -> Facts:
    """Collect what is known on the day of the inspection.

    `product` is that of the register's copy; `label_stars` are those that the person has said the label shows.
    """
    reasons = found.verdict.reasons if found.verdict else ()
    codes_differ = found.verdict is not None and found.verdict.status == Status.CODE_MISMATCH
    if codes_differ:
        # Which product it is, and whose code the dates are from, is just what is not known.
        found = replace(found, lot=_label(found.lot), produced=_label(found.produced), expiry=_label(found.expiry))
    return Facts(
        day=day,
        lot=_seen(found.lot),
        produced=_days(found.produced),
        expiry=_days(found.expiry),
        net=_net(found),
        certificate=_certificate(product, day) if product and not codes_differ else None,
        label_stars=label_stars,
        too_many_stars=ReasonCode.LABEL_STARS_TOO_MANY in reasons,
        codes_differ=codes_differ,
        read_trace_code=any(code.symbology in _TRACE_CODES for code in found.codes),
        product_name=product.name if product else found.product_name,
        producer_name=product.producer.name if product else found.producer_name,
    )


def _label(compared: Compared) -> Compared:
    return Compared(None, compared.label)


def _seen(compared: Compared) -> Seen:
    return Seen(compared.code, compared.label)


def _days(compared: Compared) -> Seen:
    """Days alone: what is being typed may be none yet."""
    code, label = ((day if day and is_day(day) else None) for day in (compared.code, compared.label))
    return Seen(code, label)


def _net(found: Found) -> str | None:
    """The net content of the first code that carries one."""
    for code in found.codes:
        said = parse(code.text)
        if isinstance(said, ProductCode) and said.net_weight is not None:
            return f"{said.net_weight.normalize():f} kg"
        if isinstance(said, ProductCode) and said.net_volume is not None:
            return f"{said.net_volume.normalize():f} l"
    return None


def _certificate(product: Product, day: date) -> CertificateFact | None:
    """The certificate that decides on the day.

    None where there is none, or where it was withdrawn or has yet to begin: the 36 months say nothing then.
    """
    judged = worth(product.certificates, day)
    if judged.speaks is None or judged.state in (ProductState.WITHDRAWN, ProductState.NOT_CERTIFIED):
        return None
    in_force = bool(judged.in_force)
    # A label may show the stars of any certificate in force, as the verdict has it.
    speaks = max(judged.in_force, key=lambda one: (one.stars, one.valid_to), default=judged.speaks)
    return CertificateFact(speaks.number, speaks.stars, speaks.valid_to, in_force=in_force)

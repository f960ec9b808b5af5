"""Looks for the inspections that a round names, and counts what the code on its paper counts."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from records.kinds import Parts
from register.days import day_of
from rounds.models import Inspection, Round
from rounds.words import Finding


def parts_of(record: Round) -> Parts:
    """What is held of the inspections that this round names, of its sender's."""
    named = {UUID(each["id"]): each["sha256"] for each in json.loads(record.body)["inspections"]}
    of_sender = Inspection.objects.filter(account=record.account_id)
    here = dict(of_sender.filter(pk__in=named).values_list("pk", "sha256"))
    # The round names what stood when it was closed, so what replaces one of those came afterwards.
    corrected = of_sender.filter(supersedes__in=named).exclude(pk__in=named).values("supersedes").distinct().count()
    differing = sum(named[pk] != sha256 for pk, sha256 in here.items())
    whole = len(here) == len(named) and not differing
    return Parts(
        held=tuple(here),
        missing=len(named) - len(here),
        differing=differing,
        corrected=corrected,
        facts=_facts(record, of_sender.filter(pk__in=named)) if whole else None,
    )


def _facts(record: Round, inspections: Any) -> dict[str, Any] | None:
    """What PAPER (docs/api.md) says of a round; None where its day cannot be told, by a clock at the end of time."""
    try:
        day = day_of(record.closed_at)
    except OverflowError:
        return None
    products = findings = photos = 0
    for body in inspections.values_list("body", flat=True).iterator():
        said = json.loads(body)
        products += 1
        findings += sum(finding != Finding.MATCHES for finding in said["findings"])
        photos += len(said["photos"])
    return {"day": day, "products": products, "findings": findings, "photos": photos}

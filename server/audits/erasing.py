"""Erases the personal data of audits once it is not needed any more (docs/threat-model.md, "Audits").

A shop is often called after its owner. The record keeps its hash and its receipt; `erased_at` says why its body has
another hash now.
"""

from __future__ import annotations

import json
from datetime import timedelta

import rfc8785
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audits.audit import Audit as Form
from audits.kind import AUDIT
from audits.models import Audit
from records.events import State, with_state

AT_ONCE = 200
"""Audits of one turn; an hour later the next ones follow."""


def forget() -> int:
    """Erase what is in audits that were decided or closed by the office, or came very long ago. Returns how many."""
    now = timezone.now()
    done = Q(
        state__in=[State.DECIDED, State.CLOSED],
        state_since__lt=now - timedelta(days=settings.ROUND_NAMES_DAYS),
    )
    old = Q(received_at__lt=now - timedelta(days=settings.LONGEST_ROUND_NAMES_DAYS))
    found = list(with_state(AUDIT, Audit.objects.filter(erased_at=None)).filter(done | old)[:AT_ONCE])
    for one in found:
        erase(one)
    return len(found)


@transaction.atomic
def erase(one: Audit) -> None:
    """Erase one audit's shop, remarks and the names that the shop gives its shelves and goods."""
    body = json.loads(one.body)
    lines = [{**line, "shelf": "", "own_name": None} for line in body["lines"]]
    body |= {"shop": "", "remarks": "", "lines": lines}
    columns = AUDIT.columns(Form.model_validate(body))
    text = rfc8785.dumps(body).decode()
    AUDIT.records.filter(pk=one.pk).update(body=text, erased_at=timezone.now(), **columns)

"""Removes content from records once it may be kept no longer, or where a person asks for it (docs/privacy.md).

A record keeps its hash, its receipt and its place in its chain, which are those of what was sent; `erased_at` says why
its body has another hash now, and an `Erasure` what was removed, by whom and on which ground. The record moves to the
end of its account's list, so that the account's devices take over what is left of it.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any
from uuid import UUID

import rfc8785
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from records import copies
from records.kinds import Kind, all_kinds
from records.models import Erasure, Part, StoredRecord
from records.receiving import CLOCK
from register.clock import lock_clock
from register.days import rfc3339

What, Ground = Erasure.What, Erasure.Ground


def is_erased(kind: Kind, what: str) -> Exists:
    """Whether this was removed from a record, as a condition on records of the kind."""
    return Exists(Erasure.objects.filter(kind=kind.name, record=OuterRef("pk"), what=what))


@transaction.atomic
def erase(
    kind: Kind, record: StoredRecord, what: Collection[str], ground: str = Ground.TIME, by: User | None = None
) -> None:
    """Remove some of a record's content. What was removed before stays as it was told then.

    Photos are marked here; `delete_bytes` removes them from the store afterwards.
    """
    clock, now = lock_clock(CLOCK), timezone.now()
    body: dict[str, Any] = json.loads(kind.records.values_list("body", flat=True).get(pk=record.pk))
    for one in what:
        if one in kind.erasable:
            body |= kind.erasable[one](body)
        elif one == What.PHOTOS:
            kind.files.filter(record_id=record.pk, erased_at=None).update(erased_at=now)
            Part.objects.filter(kind=kind.name, record=record.pk).delete()
        else:
            continue
        told = {"ground": ground, "at": now, "by": by}
        Erasure.objects.get_or_create(kind=kind.name, record=record.pk, what=one, defaults=told)
    columns = kind.columns(kind.form_of(body).model_validate(body))
    text = rfc8785.dumps(body).decode()
    kind.records.filter(pk=record.pk).update(body=text, erased_at=now, cursor=clock.advance(), **columns)


def delete_bytes(most: int) -> int:
    """Remove the bytes of erased files from the store, of at most so many files. Returns of how many.

    The row forgets the name only once the bytes are gone, so a run that was killed is finished by the next.
    """
    done = 0
    for kind in all_kinds().values():
        for file in kind.files.exclude(erased_at=None).exclude(file="")[: most - done]:
            with transaction.atomic():
                # A record that comes with the same photo is told of before this, or finds its bytes gone
                # (files.store_again_if_gone).
                lock_clock(CLOCK)
                if not copies.is_needed(file.file):
                    copies.delete(file.file)
                kind.files.filter(pk=file.pk).update(file="")
            done += 1
    return done


def told(records: Collection[tuple[Kind, StoredRecord]]) -> dict[tuple[str, UUID], list[dict[str, str]]]:
    """ERASED of docs/api.md of those of the records that something was removed from, by kind and id."""
    erased = [record.pk for _, record in records if getattr(record, "erased_at", None)]
    found: dict[tuple[str, UUID], list[dict[str, str]]] = {}
    for one in Erasure.objects.filter(record__in=erased).order_by("at", "pk") if erased else ():
        said = {"what": one.what, "at": rfc3339(one.at), "ground": one.ground}
        found.setdefault((one.kind, one.record), []).append(said)
    return found


def erasures_of(kind: Kind, record: StoredRecord) -> list[Erasure]:
    """What was removed from a record, in the order of the time."""
    return list(Erasure.objects.filter(kind=kind.name, record=record.pk).select_related("by").order_by("at", "pk"))

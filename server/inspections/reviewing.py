"""Keeps the list of suspected serials: what the rules find in the sightings, and what the office decides.

A writer locks the notes' clock first and, where devices are told something new, the register's clock after it. Nobody
locks them the other way round, so there is no deadlock.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from inspections.grid import Cell, town_near
from inspections.models import Sighting, Suspicion
from inspections.suspicion import Finding, Rules, Seen, Witness, judge, may_be_told
from register.clock import lock_clock
from register.days import day_of
from register.models import Product, record_products

MOST_JUDGED = 60
"""The most sightings of one serial that are judged, the newest, so that nobody can make judging slow."""


def rules() -> Rules:
    """The rules with the figures that settings.COPY_RULES gives."""
    return Rules(**settings.COPY_RULES)


def review(gtin: str, serial: str) -> None:
    """Judge a serial again after its sightings have changed. The caller has locked the notes' clock."""
    suspicion = Suspicion.objects.filter(gtin=gtin, serial=serial).first()
    before = suspicion.document() if suspicion and suspicion.told else None
    dismissed = suspicion is not None and suspicion.decision == Suspicion.Decision.DISMISSED
    finding = judge(_seen(gtin, serial), rules(), suspicion.judged_through if suspicion and dismissed else -1)
    if finding is None:
        if suspicion is None or dismissed:
            return
        suspicion.delete()
    else:
        suspicion = suspicion or Suspicion(gtin=gtin, serial=serial)
        if dismissed:
            suspicion.decision, suspicion.decision_reason = Suspicion.Decision.RULES, ""
        _put(suspicion, finding)
    changed = _tell(gtin)
    after = Suspicion.objects.filter(gtin=gtin, serial=serial, told=True).first()
    if changed or before != (after.document() if after else None):
        _record(gtin)


@transaction.atomic
def decide(gtin: str, serial: str, decision: str, reason: str, judged_through: int) -> Suspicion | None:
    """Lock the notes' clock, and store the office's decision as `store_decision` does."""
    lock_clock("inspections")
    return store_decision(gtin, serial, decision, reason, judged_through)


def store_decision(gtin: str, serial: str, decision: str, reason: str, judged_through: int) -> Suspicion | None:
    """Store the office's decision on a suspicion, made on sightings up to `judged_through`.

    The caller has locked the notes' clock. None where corrections have removed the suspicion meanwhile.
    """
    suspicion = Suspicion.objects.filter(gtin=gtin, serial=serial).first()
    if suspicion is None:
        return None
    suspicion.decision, suspicion.decision_reason, suspicion.judged_through = decision, reason, judged_through
    suspicion.save()
    if _tell(gtin):
        _record(gtin)
    review(gtin, serial)  # judges what arrived while the office was deciding
    return Suspicion.objects.filter(gtin=gtin, serial=serial).first()


@transaction.atomic
def forget(before: datetime) -> tuple[int, int]:
    """Delete sightings from before a moment, and suspicions left without any. Returns how many of each."""
    lock_clock("inspections")
    old = Suspicion.objects.filter(seen_at__lt=before)
    gtins = set(old.values_list("gtin", flat=True))
    told = set(old.filter(told=True).values_list("gtin", flat=True))
    suspicions = old.delete()[1].get(Suspicion._meta.label, 0)
    Suspicion.history.filter(seen_at__lt=before).delete()
    sightings = Sighting.objects.filter(seen_at__lt=before).delete()[1].get(Sighting._meta.label, 0)
    changed = {gtin for gtin in sorted(gtins) if _tell(gtin)}
    record_products(Product.objects.filter(gtin__in=told | changed).values_list("gtin", flat=True))
    return sightings, suspicions


def last_sighting(gtin: str, serial: str) -> int:
    """The id of the last sighting of a serial; -1 where there is none."""
    last = Sighting.objects.filter(gtin=gtin, serial=serial).aggregate(last=Max("pk"))["last"]
    return -1 if last is None else int(last)


def _seen(gtin: str, serial: str) -> list[Seen]:
    """A serial's newest sightings, those of accounts read separately, so that a flood of others cannot hide them."""
    of_serial = Sighting.objects.filter(gtin=gtin, serial=serial).order_by("-seen_at", "-pk")
    accounts = of_serial.exclude(witness=Witness.CONSUMER)[:MOST_JUDGED]
    consumers = of_serial.filter(witness=Witness.CONSUMER)[:MOST_JUDGED]
    return [
        Seen(
            at=s.seen_at,
            cell=Cell(s.latitude, s.longitude) if s.latitude is not None and s.longitude is not None else None,
            witness=Witness(s.witness),
            sender=s.sender,
            sold=s.sold,
            time_is_sure=s.time_is_sure,
            id=s.pk,
        )
        for s in (*accounts, *consumers)
    ]


def _put(suspicion: Suspicion, finding: Finding) -> None:
    """Save what the rules found."""
    suspicion.reason = finding.reason
    suspicion.sold_on = day_of(finding.sale.at) if finding.sale else None
    suspicion.sightings = [
        {"day": day_of(seen.at).isoformat(), "place": town_near(seen.cell)} for seen in finding.sightings
    ]
    suspicion.seen_at = finding.sightings[0].at
    suspicion.accuses, suspicion.by_accounts = finding.accuses, finding.by_accounts
    suspicion.save()


def _tell(gtin: str) -> bool:
    """Decide again which of a product's suspicions devices are told of. Returns whether that has changed."""
    suspicions = list(Suspicion.objects.filter(gtin=gtin).order_by("serial"))
    # Serials that the office has confirmed are copies; they say nothing about the numbering.
    suspected = sum(s.by_accounts and s.decision != Suspicion.Decision.CONFIRMED for s in suspicions)
    figures = rules()
    allowed = suspected > 0 and may_be_told(suspected, _serials(gtin, suspected * (figures.sound_serials + 1)), figures)
    changed = False
    for suspicion in suspicions:
        by_rules = suspicion.decision == Suspicion.Decision.RULES and suspicion.accuses and allowed
        told = by_rules or suspicion.decision == Suspicion.Decision.CONFIRMED
        if told != suspicion.told:
            suspicion.told, changed = told, True
            suspicion.save()
    return changed


def _serials(gtin: str, most: int) -> int:
    """How many serials of a product were seen by accounts, counted up to `most`."""
    seen = Sighting.objects.filter(gtin=gtin).exclude(witness=Witness.CONSUMER).order_by()
    return seen.values("serial").distinct()[:most].count()


def _record(gtin: str) -> None:
    """Mark the product as changed; a deleted one has its tombstone already."""
    record_products(Product.objects.filter(gtin=gtin).values_list("gtin", flat=True))

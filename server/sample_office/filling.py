"""Fills the sample office day by day, each day whole or not at all, so that one that broke off is taken up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from issuing.models import IssuerKey
from records.receiving import CLOCK
from register import days
from register.clock import lock_clock
from register.days import VIETNAM, day_of
from register.description import Register
from register.models import Picture, Product
from sample_office import importing, moving_clock
from sample_office.emptying import empty
from sample_office.models import SampleOffice
from sample_office.people import EVERYBODY, STAFF
from sample_office.planning import plan
from sample_office.steps import Step, Ware
from sample_office.weeks import DAYS
from sample_office.writing import NameInUse, carry_out, drawn, open_accounts, was_here

State = SampleOffice.State
_GTINS = "0952"


class NoSampleRegister(Exception):
    """The register holds no sample data, and a sample office would mix with real work."""


class _Overtaken(Exception):
    """Another process has written this part, or has emptied the sample."""


def fill(*, again: bool = True) -> Iterator[SampleOffice]:
    """Write what is missing of the eight weeks before today; gives how far it is after each part.

    What was begun on an earlier day is finished for that day. Without `again` a sample that was emptied stays empty.
    Raises NoSampleRegister and NameInUse.
    """
    if not Register.objects.filter(sample=True).exists():
        raise NoSampleRegister
    office = SampleOffice.now()
    if office and (office.state == State.FULL or (office.state == State.EMPTIED and not again)):
        return
    if office is None or office.state == State.EMPTIED:
        office = SampleOffice.begin(days.today(), DAYS + 2)
    steps = plan(_wares(), office.day)
    by_day = {day: list(found) for day, found in groupby(steps, key=lambda step: day_of(step.at))}
    now = timezone.now()
    try:
        for part in range(office.done, office.parts):
            if part == 0:
                _begin(office)
            elif part <= DAYS:
                _day(office, part, by_day.get(office.day - timedelta(days=DAYS + 1 - part), []))
            else:
                _end(office, now)
            office.refresh_from_db()
            yield office
    except NameInUse:
        SampleOffice.objects.filter(pk=office.pk, done=0).update(state=State.EMPTIED)
        raise
    except _Overtaken:
        office.refresh_from_db()
        if office.state == State.EMPTIED:
            empty()  # what was written beside the days' transactions


def _begin(office: SampleOffice) -> None:
    """The accounts, and a key of the register that could sign the receipts of those weeks."""
    begins = datetime.combine(office.day - timedelta(days=DAYS + 3), time(8), VIETNAM)
    with moving_clock.at(begins), transaction.atomic():
        lock_clock()
        first = IssuerKey.objects.order_by("valid_from", "pk").first()
        if first is not None and first.valid_from > begins:
            first.valid_from = begins
            first.save()
        _done(office, 0)
        open_accounts()


def _day(office: SampleOffice, part: int, steps: list[Step]) -> None:
    photos = drawn(steps)
    if DAYS + 1 - part == importing.DAYS_AGO:
        with moving_clock.at(datetime.combine(office.day - timedelta(days=importing.DAYS_AGO), time(10), VIETNAM)):
            importing.import_list(office.day)
    with transaction.atomic():
        lock_clock(CLOCK)
        for step in steps:
            with moving_clock.at(step.at):
                carry_out(step, photos)
        _done(office, part)


@transaction.atomic
def _end(office: SampleOffice, now: datetime) -> None:
    """When each device was here last, and the office's people."""
    User.objects.filter(username__in=[person.username for person in STAFF]).update(last_login=now - timedelta(hours=19))
    for number, person in enumerate(EVERYBODY):
        if person.silent_days is not None:
            was_here(person, now - timedelta(days=person.silent_days, minutes=7 * number))
    _done(office, office.parts - 1)


def _done(office: SampleOffice, part: int) -> None:
    """Note that a part is written, in its transaction. Raises _Overtaken, so that nothing of the part is kept."""
    state = State.FULL if part == office.parts - 1 else State.FILLING
    waiting = SampleOffice.objects.filter(pk=office.pk, day=office.day, done=part, state=State.FILLING)
    if not waiting.update(done=part + 1, state=state):
        raise _Overtaken


def _wares() -> list[Ware]:
    """The products of the sample register, by their GTINs."""
    products = Product.objects.filter(gtin__startswith=_GTINS).select_related("producer")
    pictures: dict[int, dict[str, str]] = {}
    for pk, shows, text in Picture.objects.exclude(drawn_from="").values_list("product", "shows", "drawn_from"):
        pictures.setdefault(pk, {})[shows] = text
    found = []
    for product in products.prefetch_related("certificates").order_by("gtin"):
        drawn_from = pictures.get(product.pk, {})
        newest = sorted(product.certificates.all(), key=lambda one: one.valid_from, reverse=True)
        certificates = tuple((one.valid_from, one.valid_to, one.withdrawn_on) for one in newest)
        found.append(
            Ware(
                product.gtin, product.name, product.producer.name, newest[0].stars if newest else 0, certificates,
                drawn_from.get("pack"), drawn_from.get("label"),
            )
        )  # fmt: skip
    return found

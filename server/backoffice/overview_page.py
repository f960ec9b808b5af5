"""The first page of the back office: what waits for a person, and what is going on in the province.

Each part is shown to those who may see the records that it counts. All of it is counted when the page is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.models import User
from backoffice import overview_plots
from backoffice.file_pages import given, hand_over
from backoffice.permissions import needs
from backoffice.table_files import FORMATS, name_of, written
from backoffice.texts import whole_number
from guidance.communes import Communes
from office_files.kinds import FileKind, Tell
from overview import certificates, coverage, devices, verdicts
from overview.commune_grid import tiles
from overview.tables import Table
from overview.waiting import figures
from register import days
from register.models import Product

WEEKS = (4, 8, 13, 26)
"""How many weeks back the page can look; the second unless a person chooses."""
COUNTED, PRODUCTS, DEVICES = "overview.view_countedrecord", "register.view_product", "accounts.view_devicesession"
_SHOWN = 8
"""Rows of a long table that stand open; the others are in the fold."""


@dataclass(frozen=True)
class _Asked:
    """What was asked for: who asks, since when, and the communes of today."""

    weeks: int
    communes: Communes

    @property
    def since(self) -> str:
        """The first day of the time, as lists are filtered by it."""
        return verdicts.first_week(days.today(), self.weeks).isoformat()


def overview(request: HttpRequest) -> HttpResponse:
    """The page."""
    user, asked, now = request.user, _asked(request), timezone.now()
    assert isinstance(user, User)  # noqa: S101 - admin_view has seen to it
    registered = Product.objects.count()
    context = {
        **admin.site.each_context(request),
        "title": "Tổng quan",
        "now": now,
        "weeks": asked.weeks,
        "choices": WEEKS,
        "registered": registered > 0,
        "waiting": figures(user, days.today()),
    }
    if user.has_perm(COUNTED):
        context |= _counted(asked)
    if user.has_perm(PRODUCTS):
        due = certificates.counts(days.today())
        context |= {
            "certificates": certificates.table(due),
            "most_due": max(due.values()),
            "products": registered,
            "in_force": certificates.in_force(days.today()).count(),
        }
    if user.has_perm(DEVICES):
        found = devices.count(now)
        context |= {
            "devices": found,
            "missing": found.missing.total(),
            "device_table": devices.table(now, found, devices.SHOWN),
            "silent_days": devices.SILENT // timedelta(days=1),
        }
    return render(request, "backoffice/overview.html", context)


overview_page = admin.site.admin_view(overview)
overview_page.needs = ""  # type: ignore[attr-defined]  # a page for all who work here; each part names its own


def _counted(asked: _Asked) -> dict[str, object]:
    """What is told of records: by week, by commune, by group, by finding, and where rounds have been."""
    found = verdicts.count(days.today(), asked.weeks)
    by_week, by_commune, by_group, findings = verdicts.tables(found, asked.communes)
    names = asked.communes.names
    hot = {code: tally.found for code, tally in found.communes.items() if tally.found}
    rounds = coverage.table(found.since, asked.communes)
    addresses = {code: verdicts.address(asked.since, commune=code, finding="any") for code in hot}
    told = f"Số phiếu có phát hiện ở mỗi xã, phường, đặc khu trong {asked.weeks} tuần"
    return {
        "verdicts": found,
        "others_address": verdicts.address(asked.since, witness="others"),
        "week_plot": overview_plots.weeks(found),
        "week_table": by_week,
        "commune_table": by_commune,
        "group_table": by_group,
        "finding_table": findings,
        "most_found": max(found.findings.values(), default=0),
        "map": overview_plots.commune_map(tiles(names, hot, addresses), told),
        "elsewhere": hot.get("", 0) + sum(n for code, n in hot.items() if code and code not in names),
        "round_table": rounds,
        "round_rows": rounds.rows[:_SHOWN],
        "visited": coverage.visited(rounds),
        "communes": len(names),
    }


def _asked(request: HttpRequest) -> _Asked:
    chosen = whole_number(request.GET.get("weeks", ""))
    return _Asked(chosen if chosen in WEEKS else WEEKS[1], Communes.of_today())


def _of_records(number: int) -> Callable[[_Asked], Table]:
    """One of the tables of records."""
    return lambda asked: verdicts.tables(verdicts.count(days.today(), asked.weeks), asked.communes)[number]


def _of_devices(_: _Asked | None) -> Table:
    now = timezone.now()
    return devices.table(now, devices.count(now))


TABLES: dict[str, tuple[str, Callable[[_Asked], Table]]] = {
    "theo-tuan": (COUNTED, _of_records(0)),
    "theo-xa": (COUNTED, _of_records(1)),
    "theo-nhom": (COUNTED, _of_records(2)),
    "phat-hien": (COUNTED, _of_records(3)),
    "dot-kiem-tra": (
        COUNTED,
        lambda asked: coverage.table(verdicts.first_week(days.today(), asked.weeks), asked.communes),
    ),
    "giay-chung-nhan": (PRODUCTS, lambda _: certificates.table(certificates.counts(days.today()))),
    "may": (DEVICES, _of_devices),
}
"""The tables that can be kept as files, by name: what each needs, and how it is made."""


def _make_devices(asked: Mapping[str, Any], _: User, tell: Tell, into: IO[bytes]) -> None:
    tell(0)
    into.write(written(_of_devices(None), asked["format"]))


DEVICE_TABLE = FileKind("devices", DEVICES, "máy", 1000, _make_devices)


def _file_of(name: str) -> URLPattern:
    needed, made = TABLES[name]

    @needs(needed)
    def file(request: HttpRequest, extension: str) -> HttpResponse:
        if extension not in FORMATS:
            raise Http404
        if made is _of_devices:  # the one table that grows with the province
            count = devices.signed_in(timezone.now()).count()
            said = {"format": extension}
            return hand_over(request, DEVICE_TABLE, "Máy đồng bộ", name_of(name, extension), said, count)
        table = made(_asked(request))
        return given(name_of(table.name, extension), written(table, extension))

    return path(f"admin/tong-quan/{name}.<str:extension>", file, name=f"overview-{name}")


urlpatterns = [path("admin/", overview_page), *(_file_of(name) for name in TABLES)]

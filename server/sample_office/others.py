"""Makes up what comes beside the rounds: citizens' reports, single notes, packs seen twice, shops' audits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from register.days import rfc3339
from sample_office import texts
from sample_office.people import CLERK, HEAD, INSPECTORS, SHOPS, STAFF, SamplePerson, id_of
from sample_office.places import PLACES, SamplePlace
from sample_office.steps import Assigned, Judged, Sent, Told, Ware
from sample_office.weeks import DAYS, Weeks, code_said, moment


def report(weeks: Weeks, number: int, what: str, text: str, has_photo: bool) -> None:
    """A citizen's report, and what the office answers."""
    ago = DAYS - 2 - number * 4 if number < len(texts.REPORTS) - 3 else (7, 3, 1)[number - len(texts.REPORTS) + 3]
    at = moment(weeks.today - timedelta(days=ago), weeks.chance.randrange(9, 20), weeks.chance.randrange(60))
    name, place = f"report {number}", weeks.chance.choice(PLACES)
    ware = weeks.chance.choice(weeks.bad if what == "shows_stars" and weeks.bad else weeks.good)
    body: dict[str, Any] = {
        "round": None,
        "secret_hash": "",
        "what": [what],
        "text": text,
        "place": f"{place.name}, {place.address}",
        "gtin": ware.gtin if number != 6 else None,
        "scanned": [ware.gtin[1:]] if number != 6 else [],
        "contact": texts.CONTACTS[number % len(texts.CONTACTS)],
    }
    photos = weeks.photos(ware, of_label=False) if has_photo else ()
    weeks.time.steps.append(
        Sent(at, "report", name, None, id_of(f"citizen {number}"), at - timedelta(minutes=2), body, photos)
    )
    add, clerk = weeks.time.steps.append, STAFF[number % 2]
    took = weeks.working(at + timedelta(hours=18))
    if ago <= 1:
        return
    add(Told(took, "report", name, "reviewing", clerk, "Cảm ơn bạn đã báo. Chúng tôi đang kiểm tra."))
    add(Assigned(took + timedelta(minutes=2), "report", name, clerk, HEAD))
    if ago == 3:
        return
    if number % 4 == 2 or ago == 7:
        add(Told(weeks.working(took + timedelta(hours=6)), "report", name, "more_wanted", clerk, texts.REPORT_ASKED))
    if ago == 7:
        return
    done = weeks.working(took + timedelta(days=weeks.chance.choice((1, 2, 5))))
    state = "closed" if number % 3 else "decided"
    words = texts.REPORT_ANSWERS[number % len(texts.REPORT_ANSWERS)]
    add(Told(done, "report", name, state, clerk, words, f"{weeks.next()}/TB-MAU" if state == "decided" else ""))


def packs_seen_twice(weeks: Weeks) -> None:
    """Single notes of inspectors and shops; three packs bear a serial number that was seen far away as well."""
    for number, (ago, decision, reason) in enumerate(
        ((31, "confirmed", "Hai gói cùng số, nhãn in khác nhau."), (17, "dismissed", "Cơ sở in trùng số một lô."),
         (4, None, ""))
    ):  # fmt: skip
        ware, serial = weeks.good[7 * number % len(weeks.good)], f"QN{number + 1}K952{number:02d}"
        first = moment(weeks.today - timedelta(days=ago), 9, 10)
        for witness, place, at in (
            (INSPECTORS[0], PLACES[10], first), (INSPECTORS[1], PLACES[14], first + timedelta(minutes=35)),
        ):  # fmt: skip
            _note(weeks, f"note {number} {place.name}", witness, ware, place, at, "suspected_copy", serial)
        if decision:
            judged = weeks.working(first + timedelta(days=2))
            weeks.time.steps.append(Judged(judged, ware.gtin, serial, decision, reason))
    outcomes = ("matches", "matches", "expired", "matches", "mislabelled", "matches", "matches", "matches", "other")
    for number, outcome in enumerate(outcomes):
        at = moment(weeks.today - timedelta(days=2 + 6 * number), 15, weeks.chance.randrange(60))
        by = SHOPS[number % 2] if number % 3 else INSPECTORS[2]
        ware, place = weeks.chance.choice(weeks.good), weeks.chance.choice(PLACES)
        _note(weeks, f"note alone {number}", by, ware, place, at, outcome, None)


def _note(
    weeks: Weeks,
    name: str,
    by: SamplePerson,
    ware: Ware,
    place: SamplePlace,
    at: datetime,
    outcome: str,
    serial: str | None,
) -> None:
    """A single note."""
    text = texts.NOTES[outcome]
    link = f"https://id.ocop.example/01/{ware.gtin}" + (f"/21/{serial}" if serial else "")
    code = code_said(ware.gtin, "QR Code", link, serial=serial)
    body = {
        "code": code,
        "verdict": {"status": ware.status_on(at.date()), "reasons": [], "as_of": rfc3339(at - timedelta(hours=1))},
        "outcome": outcome,
        "text": text,
        "place": {"lat": place.lat, "lon": place.lon, "accuracy": 12.0},
    }
    photos = weeks.photos(ware, of_label=False) if outcome not in {"matches", "other"} else ()
    weeks.time.steps.append(Sent(at + timedelta(minutes=1), "note", name, by, by.device, at, body, photos))
    age = (weeks.today - at.date()).days
    if outcome not in {"matches", "suspected_copy"} and age > 7:
        done = weeks.working(at + timedelta(days=3))
        weeks.time.steps.append(Told(done, "note", name, "closed", CLERK, "Cảm ơn. Đã chuyển tổ kiểm tra của địa bàn."))


def audit(weeks: Weeks, number: int, shop: SamplePerson) -> None:
    """A shop's look at its shelves, sent for the office to see."""
    at = moment(weeks.today - timedelta(days=40 - 12 * number), 19, 20)
    lines = []
    for n in range(1, 7):
        ware = weeks.chance.choice(weeks.bad if n == 5 and weeks.bad else weeks.good)
        made = at - timedelta(minutes=20 - 2 * n)
        verdict = {"status": ware.status_on(at.date()), "reasons": [], "as_of": rfc3339(at - timedelta(hours=9))}
        lines.append({
            "n": n, "at": rfc3339(made), "last_at": rfc3339(made), "shelf": f"Kệ {1 + n // 4}",
            "text": ware.gtin[1:], "symbology": "EAN-13", "input": "scanner", "gtin": ware.gtin,
            "product": {"name": ware.name, "producer": ware.producer}, "own_name": None, "verdict": verdict,
            "quantity": weeks.chance.randrange(2, 20), "times": 1, "lot": None, "expiry": None, "expiry_by": None,
            "price": None, "stars_label": None, "shows_mark": None, "done": None,
        })  # fmt: skip
    body = {
        "round": None, "shop": shop.name, "opened_at": rfc3339(at - timedelta(minutes=25)),
        "closed_at": rfc3339(at), "pauses": [], "office": True, "remarks": "",
        "copy_as_of": rfc3339(at - timedelta(hours=9)), "lines": lines,
    }  # fmt: skip
    name = f"audit {number}"
    weeks.time.steps.append(Sent(at + timedelta(minutes=1), "audit", name, shop, shop.device, at, body))
    if number < 3:
        done = weeks.working(at + timedelta(days=2))
        weeks.time.steps.append(Told(done, "audit", name, "closed", CLERK, "Cảm ơn cửa hàng đã tự kiểm kệ."))

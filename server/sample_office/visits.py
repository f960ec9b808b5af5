"""Makes up rounds with their inspections, and what the office answers to those."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from register.days import VIETNAM, rfc3339
from register.sample import UNKNOWN_GTIN
from sample_office import texts
from sample_office.people import CLERK, HEAD, INSPECTORS, STAFF, SamplePerson, id_of
from sample_office.places import PLACES, SamplePlace
from sample_office.steps import Assigned, Remarked, Sent, Told
from sample_office.weeks import DAYS, Weeks, code_said, moment, place_said

_NEITHER = {"code": None, "label": None}


def visit(weeks: Weeks, day: date, ago: int) -> None:
    """An inspector's morning or afternoon at one place."""
    day = min(day, weeks.today - timedelta(days=1))
    name, place = f"round {ago}", weeks.chance.choice(PLACES)
    inspector = INSPECTORS[3] if ago > 11 and ago % 5 == 0 else weeks.chance.choice(INSPECTORS[:3])
    opened = moment(day, weeks.chance.choice((8, 9, 13, 14)), weeks.chance.randrange(50))
    count = weeks.chance.choice((2, 3, 3, 4, 5))
    closed = opened + timedelta(minutes=14 * count + 20)
    sent = closed + timedelta(minutes=weeks.chance.choice((2, 3, 40, 150)))
    names, held = [], False
    for number in range(count):
        made = opened + timedelta(minutes=9 + 14 * number)
        at = sent + timedelta(seconds=4 * number)
        names.append(f"{name} {number}")
        finding = _inspection(weeks, names[-1], name, inspector, place, made, at)
        held = held or finding in {"no_papers", "looks_copied"}
        _answer_inspection(weeks, names[-1], inspector, finding, at)
    inspected, registration = weeks.chance.choice(texts.INSPECTED)
    body = {
        "round": None,
        "place": place_said(place),
        "inspected": {"name": inspected, "registration": registration, "present": True},
        "people": [
            {"name": inspector.name, "role": "inspector", "title": "Kiểm soát viên"},
            {"name": inspected, "role": "seller", "title": ""},
        ],
        "case_number": f"QLTT-MAU/{DAYS - ago + 1:03d}" if held else None,
        "opened_at": rfc3339(opened),
        "closed_at": rfc3339(closed),
        "pauses": [],
        "remarks": weeks.chance.choice(texts.REMARKS),
        "looked_at": [],
    }
    at = sent + timedelta(seconds=4 * count)
    refused = "Chờ chủ sạp về mới ký" if weeks.chance.random() < 0.15 else None
    signers = (("inspector", inspector.name, None), ("seller", inspected, refused))
    weeks.time.steps.append(
        Sent(at, "round", name, inspector, inspector.device, closed, body, named=tuple(names), signers=signers)
    )
    if ago > 5:
        done = weeks.working(at + timedelta(days=weeks.chance.choice((1, 2, 4))))
        weeks.time.steps.append(Told(done, "round", name, "closed", HEAD, texts.ROUND_DONE))
    elif ago > 3:
        weeks.time.steps.append(Assigned(weeks.working(at + timedelta(hours=5)), "round", name, CLERK, HEAD))


def _inspection(
    weeks: Weeks, name: str, in_round: str, inspector: SamplePerson, place: SamplePlace, made: datetime, at: datetime
) -> str:
    """One product in a round; returns what was found."""
    draw = weeks.chance.random()
    ware = weeks.chance.choice(weeks.bad if draw > 0.8 and weeks.bad else weeks.good)
    unknown = draw < 0.06
    status = "not_registered" if unknown else ware.status_on(made.date())
    finding = "matches"
    if unknown:
        finding = weeks.chance.choice(("no_papers", "looks_copied"))
    elif status in {"certificate_expired", "withdrawn"}:
        finding = "certificate_ended"
    elif weeks.chance.random() < 0.22:
        finding = weeks.chance.choice(("past_date", "label_differs", "stars_differ", "past_date"))
    if finding == "stars_differ":
        status = "star_mismatch"
    gtin = UNKNOWN_GTIN if unknown else ware.gtin
    ends = (made + timedelta(days=-20 if finding == "past_date" else 240)).date().isoformat()
    lot = f"L{made:%y%m}{weeks.chance.randrange(10, 99)}"
    photos = weeks.photos(ware, of_label=finding != "matches") if not unknown and weeks.shot(finding) else ()
    body = {
        "round": id_of(in_round),
        "place": place_said(place),
        "gtin": gtin,
        "product": None if unknown else {"name": ware.name, "producer": ware.producer},
        "codes": [code_said(gtin, "EAN-13", gtin[1:], lot=None)],
        "verdict": {"status": status, "reasons": [], "as_of": rfc3339(made - timedelta(hours=2))},
        "copy_as_of": rfc3339(made - timedelta(hours=2)),
        "quantity": {"amount": weeks.chance.choice((6, 10, 12, 24, 40)), "unit": "gói"},
        "price": weeks.chance.choice((45_000, 85_000, 120_000, 185_000, 250_000)),
        "lot": {"code": None, "label": lot},
        "produced": _NEITHER,
        "expiry": {"code": None, "label": ends},
        "seal": "broken" if finding == "looks_copied" else "intact",
        "sale": "on_sale" if finding in {"matches", "label_differs"} else "held_back",
        "seller_said": texts.SELLER_SAID.get(finding, ""),
        "findings": [finding],
        "samples": [{"amount": 1, "unit": "gói", "seal_number": f"NP-{weeks.next():03d}"}]
        if finding == "looks_copied"
        else [],
        "held": None,
        "checklist": None,
        "text": texts.FOUND.get(finding, ""),
    }
    weeks.time.steps.append(Sent(at, "inspection", name, inspector, inspector.device, made, body, photos))
    return finding


def _answer_inspection(weeks: Weeks, name: str, inspector: SamplePerson, finding: str, at: datetime) -> None:
    """What the office does where something was found: older cases are done, of the latest some are under way."""
    if finding == "matches":
        return
    age = (weeks.today - at.astimezone(VIETNAM).date()).days
    add, clerk = weeks.time.steps.append, weeks.chance.choice(STAFF)
    took = weeks.working(at + timedelta(hours=weeks.chance.choice((3, 20, 26))))
    if age <= 1 or (age <= 3 and weeks.chance.random() < 0.4):
        return
    add(Assigned(took, "inspection", name, clerk, HEAD))
    add(Told(took + timedelta(minutes=8), "inspection", name, "reviewing", clerk, weeks.chance.choice(texts.REVIEWING)))
    if weeks.chance.random() < 0.4:
        add(Remarked(took + timedelta(minutes=30), "inspection", name, clerk, weeks.chance.choice(texts.INSIDE)))
    if age <= 4:
        return
    asks = weeks.chance.random() < 0.3
    number = weeks.chance.randrange(len(texts.ASKED))
    if asks:
        asked = weeks.working(took + timedelta(hours=4))
        add(Told(asked, "inspection", name, "more_wanted", clerk, texts.ASKED[number]))
        if age <= 6 and weeks.chance.random() < 0.5:
            return
        answered = weeks.working(asked + timedelta(hours=weeks.chance.choice((2, 22))))
        body = {"round": None, "text": texts.ANSWERED[number]}
        add(
            Sent(answered, "answer", f"answer {name}", inspector, inspector.device, answered, body,
                 answers=("inspection", name))
        )  # fmt: skip
        if age <= 9:
            return
        took = answered
    done = weeks.working(took + timedelta(days=1, hours=weeks.chance.choice((0, 2, 30))))
    text = texts.DECIDED[finding]
    add(Told(done, "inspection", name, "decided", clerk, text, f"{weeks.next()}/TB-MAU"))

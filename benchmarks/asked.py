"""What is asked of the server at a million inspections: the calls of devices, the public pages, the office's pages.

Each is a name and a function of Django's test client, in which an administrator has signed in. For benchmarks/plans.py.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import rfc8785

from benchmarks import office_lists, server_load
from benchmarks.notes_sent import API

Asked = tuple[str, Callable[[Any], Any]]


def everything() -> Iterator[Asked]:
    """All that is asked."""
    yield from calls()
    yield from public()
    yield from office()


def calls() -> Iterator[Asked]:
    """What devices and other systems ask."""
    from django.apps import apps
    from django.http import HttpResponse

    marks, clocks = import_module("register.cursors"), apps.get_model("register.RegisterClock").objects
    value = {clock.name: clock.value for clock in clocks.all()}
    newest = marks.cursor_text("register", value["register"])
    inspector = apps.get_model("accounts.User").objects.filter(role="inspector").order_by("pk")[17]
    tokens = import_module("accounts.sessions").sign_in(inspector, uuid.UUID(int=1 << 127))
    signed_in = {"Authorization": f"Bearer {tokens.access}"}
    last = marks.cursor_text("inspections", value["inspections"])
    last_event = apps.get_model("records.Event").objects.filter(account=inspector).order_by("-cursor")[50].cursor
    since = marks.cursor_text("inspections", last_event)
    gtin = _product().gtin
    yield "poll: nothing new", lambda client: client.get(f"{API}/changes?cursor={newest}")
    yield "poll: a page of 500", lambda client: client.get(f"{API}/changes")
    yield "snapshot again", lambda client: client.get(f"{API}/snapshot", headers={"Accept-Encoding": "gzip"})
    yield "a product asked for", lambda client: client.get(f"{API}/products/{gtin}")
    yield "office's answers: nothing new", _asks(f"{API}/records?only=events&since={last}", signed_in)
    yield "office's answers: the last 50", _asks(f"{API}/records?only=events&since={since}", signed_in)
    yield "an account's records: the first 100", _asks(f"{API}/records", signed_in)
    yield "an account's notes: the first 100", _asks(f"{API}/inspections", signed_in)
    yield "guidance of a round", _asks(f"{API}/guidance", signed_in)
    yield "PUT of a note", lambda client: _put_note(client, None, {})
    yield "PUT of an account's note", lambda client: _put_note(client, inspector.username, signed_in)
    events = import_module("epcis.reading")
    yield "EPCIS: a page of 100", lambda _: HttpResponse(len(events.page(0, 100).events))
    lengths = import_module("reviewing.waiting").lengths
    yield "metrics: what waits", lambda _: HttpResponse(lengths())


def public() -> Iterator[Asked]:
    """What anybody asks: pages, and the search."""
    from django.apps import apps

    product = _product()
    yield "a product's page", lambda client: client.get(f"/p/{product.gtin}")
    yield "a producer's page", lambda client: client.get(f"/producer/{product.producer_id}")
    yield "the resolver", lambda client: client.get(f"/01/{product.gtin}")
    record, sha256 = apps.get_model("rounds.Round").objects.order_by("pk").values_list("pk", "sha256")[777]
    yield "what is held of a record", lambda client: client.get(f"{API}/proofs/{record}?hash={sha256}")
    commune = apps.get_model("register.Locality").objects.filter(level="commune").order_by("code")[7].code
    of = {
        "the first": {},
        "a word": {"q": product.name.split()[0]},
        "nothing found": {"q": "khongcogi"},
        "a place": {"place": commune},
        "withdrawn": {"state": "withdrawn"},
        "five stars": {"stars": "5"},
        "a word, a place, in force": {"q": "ca", "place": commune, "state": "in_force"},
    }
    for name, query in of.items():
        yield f"search: {name}", lambda client, query=query: client.get(f"{API}/products", query)  # type: ignore[misc]


def office() -> Iterator[Asked]:
    """The office's pages: those of `office_lists`, and what else lists or counts."""
    from django.apps import apps
    from django.urls import reverse

    for name, model, asked in office_lists.pages():
        address = model if model.startswith("/") else reverse(f"admin:{model}_changelist")
        yield name, _page(address, {key: "150" if value == "deep" else value for key, value in asked.items()})
    for of in import_module("backoffice.overview_page").TABLES:
        yield f"first page: {of}.xlsx", _page(f"/admin/tong-quan/{of}.xlsx")
    counted = {"witness": "inspector", "records": "1", "since": "2026-10-05"}
    counted_list = reverse("admin:overview_countedrecord_changelist")
    commune = apps.get_model("overview.CountedRecord").objects.exclude(commune="").order_by("pk")[7].commune
    for name, more in {
        "all": {},
        "a commune's findings": {"commune": commune, "finding": "any"},
        "a finding": {"finding": "no_papers"},
        "a finding that nobody had": {"finding": "no_label"},
        "a group's tone": {"group": "thuc_pham", "tone": "stop"},
        "shops and citizens": {"witness": "others"},
        "rounds of a commune": {"kind": "round", "commune": commune, "records": ""},
        "a week": {"week": "2026-10-05"},
    }.items():
        yield f"counted records: {name}", _page(counted_list, {key: v for key, v in (counted | more).items() if v})
    products = reverse("admin:register_product_changelist")
    for due in ("90", "ended", "withdrawn", "never_seen", "in_force", "none"):
        yield f"products: due {due}", _page(products, {"due": due})
    for seen in ("never", "once"):
        yield f"products: seen {seen}", _page(products, {"seen": seen})
    product = _product()
    yield "products: history of one", _page(reverse("admin:register_product_history", args=[product.pk]))
    yield "certificate: its page", _page(reverse("office-certificate", args=[product.certificates.first().pk]))
    yield from _log()
    for name, query in {
        "the list": {}, "silent": {"which": "silent"}, "waiting": {"which": "waiting"}, "ended": {"which": "ended"},
        "an account": {"q": "nguoi00017"}, "an id": {"q": "0000000a"}, "page 100": {"p": "100"},
    }.items():  # fmt: skip
        yield f"devices: {name}", _page("/admin/devices/", query)
    yield "people: the list", _page("/admin/people/")
    account = apps.get_model("accounts.User").objects.get(username="nguoi00017").pk
    yield "people: one", _page(f"/admin/people/{account}/")
    for kind in ("note", "round"):
        yield f"inbox: of {kind}s", _page(f"/admin/inbox/{kind}/", {"state": "wanted"})
        yield f"inbox: of {kind}s, done", _page(f"/admin/inbox/{kind}/", {"state": "done"})
    for state in ("more_wanted", "closed", "decided", "reviewing", "answered", "received"):
        yield f"rounds: state {state}", _page(reverse("admin:rounds_round_changelist"), {"state": state})
        yield f"inspections: state {state}", _page(reverse("admin:rounds_inspection_changelist"), {"state": state})
    for finding in ("label_differs", "none"):
        yield (
            f"inspections: finding {finding}",
            _page(reverse("admin:rounds_inspection_changelist"), {"finding": finding}),
        )
    for status in ("other", "none"):
        yield f"inspections: verdict {status}", _page(reverse("admin:rounds_inspection_changelist"), {"status": status})
    yield "inspections: a month", _page(reverse("admin:rounds_inspection_changelist"), {"month": "2026-06"})
    yield "personal data: what is due", _page("/admin/privacy/")
    yield "search over everything", _page("/admin/search/", {"s": "mat ong"})


def _log() -> Iterator[Asked]:
    from django.apps import apps

    person = apps.get_model("accounts.User").objects.get(username="nguoi00017").pk
    entries = apps.get_model("logbook.Entry").objects.order_by("pk")
    middle = entries.filter(pk__gt=entries.last().pk // 2).first().pk
    for name, query in {
        "newest": {}, "an old page": {"before": middle}, "a person": {"by": person}, "a group": {"group": "sign_in"},
        "a group without entries": {"group": "privacy"}, "a record": {"record": "register.product:777"},
        "a day": {"first": "01/07/2026", "last": "01/07/2026"}, "a word in all": {"q": "sản"},
        "a rare word": {"q": "17771"}, "no such word": {"q": "khongcogi"}, "nobody's": {"by": "0"},
        "a person and a group": {"by": person, "group": "case"},
    }.items():  # fmt: skip
        yield f"log: {name}", _page("/admin/log/", query)
    yield "log: file of 10,000", _page("/admin/log/file.csv")


def _page(address: str, query: dict[str, Any] | None = None) -> Callable[[Any], Any]:
    return lambda client: client.get(address, query or {})


def _asks(address: str, headers: dict[str, str]) -> Callable[[Any], Any]:
    return lambda client: client.get(address, headers=headers)


def _product() -> Any:
    from django.apps import apps

    return apps.get_model("register.Product").objects.order_by("gtin")[7]


def _put_note(client: Any, account: str | None, headers: dict[str, str]) -> Any:
    identity, device = str(uuid.uuid4()), str(uuid.UUID(int=1 << 127))
    said: Any = {**server_load.note(), "id": identity, "device": device, "account": account, "photos": []}
    body = rfc8785.dumps(said)
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    address = f"{API}/inspections/{identity}"
    return client.put(address, body, "application/json", headers={"Content-Digest": digest, **headers})

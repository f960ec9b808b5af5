"""Who may do what: each call of the API and each page of the back office, for each role, on own and others' records."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone
from permissions import REDIRECTS_BEFORE, address_of, cell, compare, routes, shown, undrawn
from registry_notes import Sender, error_of, photo_of, picture, sha256

from accounts import invitations, service_keys
from accounts.models import DeviceKey, DeviceSession, Role, ServiceKey, User
from accounts.service_keys import Scope
from checklists.management.commands.checklists import SAMPLE
from checklists.models import Checklist, Draft
from inspections.models import Photo, Suspicion
from office_files.models import FileState, OfficeFile
from privacy.models import PersonRequest
from records import events
from records.kinds import kind_named
from records.models import Break
from register.models import Certificate, Producer, Product
from register.sample import SampleRegister
from reports.kind import REPORT
from reports.models import Report

pytestmark = pytest.mark.django_db

ROLES = ("consumer", "shop", "inspector", "registrar", "administrator")
ALL = ("consumer", "shop", "inspector", "reviewer", "registrar", "administrator")
"""A reviewer joins where each role is asked: making one takes a while."""
PASSWORD = "mat-khau-dai-01"


@dataclass
class Scene:
    """Each role with a sender, a browser and a note of its own; and a note of an account and one of a consumer."""

    senders: dict[str, Sender]
    browsers: dict[str, Client]
    own: dict[str, dict[str, Any]]
    others: dict[str, Any]
    consumers: dict[str, Any]

    def photo_file(self) -> str:
        return reverse(
            "admin:inspections_photo_file", args=[Photo.objects.get(record_id=self.others["id"]).pk, "large"]
        )


@pytest.fixture
def scene(register: SampleRegister) -> Scene:
    senders, browsers = {"consumer": Sender(Client())}, {"consumer": Client()}
    for role in [*ROLES[1:], "other"]:
        browsers[role], senders[role] = account_of(role)
    own = {role: sent(senders[role], photos=[photo_of(picture())]) for role in [*ROLES, "other"]}
    others = own.pop("other")
    assert senders["other"].put_photo(others["id"], picture()).status_code == 201
    consumers = sent(Sender(Client()), photos=[photo_of(picture())])
    return Scene(senders, browsers, own, others, consumers)


def account_of(name: str) -> tuple[Client, Sender]:
    """A new account with a browser that is signed in, and a device that is."""
    user = User.objects.create_user(name, password=PASSWORD, name=name, role="inspector" if name == "other" else name)
    browser, sender = Client(), Sender(Client(), account=name)
    browser.force_login(user, settings.AUTHENTICATION_BACKENDS[1])
    credentials = {"username": name, "password": PASSWORD, "device": sender.device}
    sender.tokens = sender.post("/api/v1/auth/sign-in", credentials).json()
    return browser, sender


def with_reviewer(scene: Scene) -> Scene:
    """The scene with a reviewer in it."""
    scene.browsers["reviewer"], scene.senders["reviewer"] = account_of("reviewer")
    scene.own["reviewer"] = sent(scene.senders["reviewer"], photos=[photo_of(picture())])
    return scene


def sent(sender: Sender, **changed: Any) -> dict[str, Any]:
    document = sender.note(**changed)
    answer = sender.put_note(document)
    assert answer.status_code == 201, answer.content
    return document


# The API. What is done, and the status for consumer, shop, inspector, registrar, administrator; to the API a reviewer
# and a registrar are the same.
Call = Callable[[Scene, Sender, str], Any]
CALLS: dict[str, tuple[Call, tuple[int, ...]]] = {
    "read the changes": (lambda s, sender, role: sender.get("/api/v1/changes"), (200,) * 5),
    "read the snapshot": (lambda s, sender, role: sender.get("/api/v1/snapshot"), (200,) * 5),
    "read what the API is": (lambda s, sender, role: sender.get("/api/v1/openapi.json"), (200,) * 5),
    "read a page about the API": (lambda s, sender, role: sender.get("/api/v1/docs"), (200,) * 5),
    "ask a register without a key which it is": (
        lambda s, sender, role: sender.get(f"/api/v1/identity?challenge={'a' * 22}"),
        (404,) * 5,
    ),
    "search products": (lambda s, sender, role: sender.get("/api/v1/products?q=tra"), (200,) * 5),
    "read a product": (lambda s, sender, role: sender.get(f"/api/v1/products/{gtin(s)}"), (200,) * 5),
    "ask a register without a key for a statement": (
        lambda s, sender, role: sender.get(f"/api/v1/products/{gtin(s)}/statement"),
        (404,) * 5,
    ),
    "see a picture that there is not": (
        lambda s, sender, role: sender.get(f"/api/v1/pictures/{'a' * 64}/160"),
        (404,) * 5,
    ),
    "read the checklists": (lambda s, sender, role: sender.get(f"/api/v1/checklists/{checklist(s)}"), (200,) * 5),
    "ask what became of a report without its secret": (
        lambda s, sender, role: sender.get(f"/api/v1/reports/{report(s)}"),
        (404,) * 5,
    ),
    "sign in": (
        lambda s, sender, role: sender.post(
            "/api/v1/auth/sign-in", {"username": role, "password": PASSWORD, "device": sender.device}
        ),
        (401, 200, 200, 200, 200),
    ),
    "look at an invitation": (
        lambda s, sender, role: sender.post("/api/v1/invitations/look", {"token": invitation(s)}),
        (200,) * 5,
    ),
    "redeem an invitation": (
        lambda s, sender, role: sender.post(
            "/api/v1/invitations/redeem",
            {"token": invitation(s), "password": f"mat-khau-khac-{role}", "device": sender.device},
        ),
        (200,) * 5,
    ),
    "refresh": (
        lambda s, sender, role: sender.post("/api/v1/auth/refresh", {"refresh": sender.tokens.get("refresh", "")}),
        (401, 200, 200, 200, 200),
    ),
    "sign out": (
        lambda s, sender, role: sender.post("/api/v1/auth/sign-out", {"refresh": sender.tokens.get("refresh", "")}),
        (204,) * 5,
    ),
    "certify a key": (
        lambda s, sender, role: sender.client.post(
            "/api/v1/auth/key",
            {"key": f"{role:A<42.42}A", "device": sender.device},
            content_type="application/json",
            headers=sender.headers(),
        ),
        (401, 200, 200, 200, 200),
    ),
    "see where one is signed in": (
        lambda s, sender, role: sender.get("/api/v1/auth/sessions"),
        (401, 200, 200, 200, 200),
    ),
    "end own sessions on other devices": (
        lambda s, sender, role: sender.client.post(
            "/api/v1/auth/sessions/end",
            {"password": PASSWORD, "device": None},
            content_type="application/json",
            headers=sender.headers(),
        ),
        (401, 200, 200, 200, 200),
    ),
    "ask what is held of a record": (
        lambda s, sender, role: sender.get(f"/api/v1/proofs/{s.others['id']}?hash={'a' * 64}"),
        (200,) * 5,
    ),
    "list own notes": (lambda s, sender, role: sender.get("/api/v1/inspections"), (401, 200, 200, 200, 200)),
    "list own records": (lambda s, sender, role: sender.get("/api/v1/records"), (401, 200, 200, 200, 200)),
    "send a record": (
        lambda s, sender, role: sender.put_record("note", sender.record("note")),
        (201,) * 5,
    ),
    "send a record that is not taken from nobody": (
        lambda s, sender, role: sender.put_record("made_up", sender.record("made_up")),
        (403, 201, 201, 201, 201),
    ),
    "send a record in another's name": (
        lambda s, sender, role: sender.put_record("note", sender.record("note", account="other")),
        (403,) * 5,
    ),
    "send the file of an own record": (
        lambda s, sender, role: sender.put_file("note", s.own[role]["id"], sha256(picture()), picture()),
        (201,) * 5,
    ),
    "send a part of another's file": (
        lambda s, sender, role: sender.put_file(
            "note", s.others["id"], sha256(picture()), picture()[:9], 0, **{"X-Device": s.others["device"]}
        ),
        (403,) * 5,
    ),
    "ask how much of an own file is there": (
        lambda s, sender, role: sender.head_file("note", s.own[role]["id"], sha256(picture())),
        (200,) * 5,
    ),
    "ask how much of another's file is there": (
        lambda s, sender, role: sender.head_file("note", s.others["id"], sha256(picture())),
        (403,) * 5,
    ),
    "send an inspection": (
        lambda s, sender, role: sender.put_record("inspection", sender.record("inspection")),
        (403, 201, 201, 201, 201),
    ),
    "see what a round is planned by": (
        lambda s, sender, role: sender.get("/api/v1/guidance"),
        (401, 403, 200, 200, 200),
    ),
    "read inspections as events, without a key": (
        lambda s, sender, role: sender.get("/api/v1/epcis/events"),
        (401,) * 5,
    ),
    "send a report": (lambda s, sender, role: sender.put_record("report", sender.record("report")), (201,) * 5),
    "send a note": (lambda s, sender, role: sender.put_note(sender.note()), (201,) * 5),
    "send an own note again": (lambda s, sender, role: sender.put_note(s.own[role]), (200,) * 5),
    "send a note in another's name": (
        lambda s, sender, role: sender.put_note(sender.note(account="other")),
        (403,) * 5,
    ),
    "send another's note again": (lambda s, sender, role: sender.put_note(s.others), (403,) * 5),
    "take the id of another's note": (
        lambda s, sender, role: sender.put_note(sender.note(id=s.others["id"])),
        (409,) * 5,
    ),
    "send a note as a consumer": (
        lambda s, sender, role: sender.put_note(sender.note(account=None)),
        (201, 403, 403, 403, 403),
    ),
    "send the photo of an own note": (
        lambda s, sender, role: sender.put_photo(s.own[role]["id"], picture()),
        (201,) * 5,
    ),
    "send the photo of another's note": (
        lambda s, sender, role: sender.put_photo(s.others["id"], picture(), **{"X-Device": s.others["device"]}),
        (403,) * 5,
    ),
    "send the photo of another consumer's note": (
        lambda s, sender, role: sender.put_photo(s.consumers["id"], picture()),
        (403,) * 5,
    ),
    "correct an own note": (
        lambda s, sender, role: sender.put_note(sender.note(supersedes=s.own[role]["id"])),
        (201,) * 5,
    ),
    "correct another's note": (
        lambda s, sender, role: sender.put_note(sender.note(supersedes=s.others["id"])),
        (403,) * 5,
    ),
    "correct another consumer's note": (
        lambda s, sender, role: sender.put_note(sender.note(supersedes=s.consumers["id"])),
        (403,) * 5,
    ),
}


@contextmanager
def undone(scene: Scene) -> Iterator[None]:
    """Leave the scene as it was: making one takes ten times as long as a call."""
    cache.clear()
    cookies = {role: deepcopy(browser.cookies) for role, browser in scene.browsers.items()}
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        for role, browser in scene.browsers.items():
            browser.cookies = cookies[role]


def test_each_call(scene: Scene, subtests: pytest.Subtests) -> None:
    with_reviewer(scene)
    asked: dict[str, str] = {}
    rows = []
    for what, (call, expected) in CALLS.items():
        with subtests.test(what), undone(scene):
            answers = {role: call(scene, scene.senders[role], role) for role in ALL}
            seen = {role: answer.status_code for role, answer in answers.items()}
            assert seen == dict(zip(ALL, (*expected[:3], expected[3], *expected[3:]), strict=True))
            told = answers["administrator"]
            route = told.resolver_match.route
            asked[route] = what
            called = f"{told.request['REQUEST_METHOD']} {shown(route)}"
            rows.append((f"`{called}`", what, *(cell(answer) for answer in answers.values())))
    compare("The API", ("call", "what is done", "nobody", *ALL[1:]), sorted(rows))
    served = {route for route in routes() if route.startswith("api/v1/")} - {"api/v1/"}
    assert served - asked.keys() == set(), "name these calls in CALLS"


def test_a_cookie_of_the_office_opens_no_call(scene: Scene) -> None:
    browser = scene.browsers["administrator"]
    for path in ("records", "guidance", "inspections"):
        assert browser.get(f"/api/v1/{path}").status_code == 401


def test_each_account_lists_its_own_notes_alone(scene: Scene) -> None:
    for role in ROLES[1:]:
        records = scene.senders[role].get("/api/v1/records?limit=500").json()["records"]
        assert [entry["body"] for entry in records] == [scene.own[role]], role
        listed = scene.senders[role].get("/api/v1/inspections?limit=500").json()["inspections"]
        assert [entry["body"] for entry in listed] == [scene.own[role]], role


# The back office: the page, and the status for registrar and administrator. Everybody else is sent to sign in.
def page(name: str, *args: Callable[[Scene], Any]) -> Callable[[Scene], str]:
    return lambda scene: reverse(f"admin:{name}", args=[arg(scene) for arg in args])


def gtin(_scene: Scene) -> str:
    return Product.objects.earliest("pk").gtin


def service_key(_scene: Scene) -> int:
    administrator = User.objects.get(username="administrator")
    found = ServiceKey.objects.first() or service_keys.make("Cổng", list(Scope), 30, administrator)[0]
    return found.pk


def invitation(_scene: Scene) -> str:
    """The secret of a new invitation for a new account."""
    guest, _ = User.objects.get_or_create(username="guest", defaults={"name": "Khách", "role": Role.INSPECTOR})
    return invitations.invite(guest, User.objects.get(username="administrator"))[1]


def product(scene: Scene) -> int:
    return Product.objects.earliest("pk").pk


def producer(scene: Scene) -> int:
    return Producer.objects.earliest("pk").pk


def locality(scene: Scene) -> int:
    found = Product.objects.earliest("pk").commune
    assert found
    return found.pk


def inspection(scene: Scene) -> str:
    return str(scene.others["id"])


def event_form(scene: Scene) -> str:
    return f"{reverse('admin:inspections_inspection_event')}?note={inspection(scene)}"


def report(scene: Scene) -> str:
    """A report of somebody without an account, with a photo, answered once."""
    found = Report.objects.first()
    if found is None:
        gtin = Product.objects.earliest("pk").gtin
        document = scene.senders["consumer"].record("report", picture(), gtin=gtin)
        photo = (sha256(picture()), picture())
        assert scene.senders["consumer"].put_together("report", document, photo).status_code == 201
        found = Report.objects.get()
        events.write(REPORT, found, "reviewing", "Đang xem.", "", User.objects.get(username="registrar"))
    return str(found.pk)


def report_photo(scene: Scene) -> int:
    return Report.objects.get(pk=report(scene)).files.get().pk


def kept(kind: str) -> Callable[[Scene], str]:
    """A record of a kind that an inspector's account has sent, with a photo."""

    def found(scene: Scene) -> str:
        records = kind_named(kind).records
        if not records.exists():
            without = kind in ("round", "audit")
            document = scene.senders["inspector"].record(kind, *([] if without else [picture()]))
            photos = [] if without else [(sha256(picture()), picture())]
            assert scene.senders["inspector"].put_together(kind, document, *photos).status_code == 201
        return str(records.earliest("cursor").pk)

    return found


def photo_of_kept(kind: str) -> Callable[[Scene], int]:
    return lambda scene: kind_named(kind).files.get(record=kept(kind)(scene)).pk


def event_on_kept(kind: str) -> Callable[[Scene], str]:
    app = "audits" if kind == "audit" else "rounds"
    return lambda scene: f"{reverse(f'admin:{app}_{kind}_event')}?{kind}={kept(kind)(scene)}"


def checklist(scene: Scene) -> str:
    call_command("checklists", "sample")  # nothing is done where there is one
    return Checklist.objects.get().pk


def paper(form: str, *, withdrawn: bool = False) -> Callable[[Scene], str]:
    """A page of a certificate."""

    def address(scene: Scene) -> str:
        found = Certificate.objects.filter(withdrawn_on__isnull=not withdrawn).order_by("pk")[0]
        return reverse(f"office-{form}", args=[found.pk])

    return address


def draft(scene: Scene) -> str:
    content = SAMPLE.read_text(encoding="utf-8")
    return reverse("office-checklist-draft", args=[Draft.objects.get_or_create(name="Nháp", document=content)[0].pk])


def suspicion(scene: Scene) -> int:
    gtin = Product.objects.earliest("pk").gtin
    return Suspicion.objects.get_or_create(
        gtin=gtin,
        serial="A1",
        defaults={"sightings": [], "seen_at": timezone.now(), "accuses": True, "by_accounts": True},
    )[0].pk


def user(scene: Scene) -> int:
    return User.objects.get(username="other").pk


def session(scene: Scene) -> int:
    return DeviceSession.objects.get(user__username="other").pk


def device_key(scene: Scene) -> str:
    return DeviceKey.objects.get_or_create(
        kid="0" * 32,
        defaults={
            "user": User.objects.get(username="other"),
            "device": scene.senders["inspector"].device,
            "public_key": "A" * 43,
            "certified_at": timezone.now(),
        },
    )[0].kid


def broken_chain(scene: Scene) -> int:
    """A record whose predecessor is not here."""
    gaps = Break.objects.filter(what=Break.What.GAP)
    if not gaps.exists():
        sender = scene.senders["inspector"]
        assert sender.put_record("made_up", sender.record("made_up", prev="12" * 32)).status_code == 201
    return gaps.get().pk


def person_request(scene: Scene) -> str:
    said = {"what": "copy", "name": "Hoa", "reach": "0912345678", "received_on": "2026-11-27"}
    days = {"answer_by": "2026-12-01", "carry_out_by": "2026-12-12"}
    by = User.objects.get(username="administrator")
    return str(PersonRequest.objects.get_or_create(**said, defaults={**days, "written_by": by})[0].pk)


def edition(scene: Scene) -> int:
    changed = Product.objects.earliest("pk")
    changed.save()
    return changed.history.first().history_id


def made_file(scene: Scene) -> str:
    by = User.objects.get(username="administrator")
    said = {"by": by, "kind": "labels", "title": "Tờ nhãn của 40 sản phẩm", "name": "nhan-ocop.pdf", "total": 40}
    return str(OfficeFile.objects.get_or_create(**said, state=FileState.READY)[0].pk)


PAGES: dict[str, tuple[Callable[[Scene], str], int, int]] = {
    "index": (page("index"), 200, 200),
    "sample office": (lambda s: reverse("office-sample"), 403, 200),
    "search": (lambda s: reverse("admin:search") + "?s=a", 200, 200),
    "own password": (page("password_change"), 200, 200),
    "register": (page("app_list", lambda s: "register"), 200, 200),
    "products": (page("register_product_changelist"), 200, 200),
    "new product": (page("register_product_add"), 200, 200),
    "product": (page("register_product_change", product), 200, 200),
    "delete a product": (page("register_product_delete", product), 200, 200),
    "history of a product": (page("register_product_history", product), 200, 200),
    "edition of a product": (page("register_product_simple_history", product, edition), 200, 200),
    "export of products": (page("register_product_export"), 200, 200),
    "producers": (page("register_producer_changelist"), 200, 200),
    "new producer": (page("register_producer_add"), 200, 200),
    "producer": (page("register_producer_change", producer), 200, 200),
    "history of a producer": (page("register_producer_history", producer), 200, 200),
    "links of products": (page("linking_productlink_changelist"), 200, 200),
    "new link of a product": (page("linking_productlink_add"), 200, 200),
    "localities": (page("register_locality_changelist"), 200, 200),
    "locality": (page("register_locality_change", locality), 200, 200),
    "the register itself": (page("register_register_changelist"), 200, 200),
    "another register": (page("register_register_add"), 403, 403),
    "keys": (page("register_issuerkey_changelist"), 200, 200),
    "new key": (page("register_issuerkey_add"), 403, 403),
    "statements": (page("register_signedstatement_changelist"), 200, 200),
    "new statement": (page("register_signedstatement_add"), 403, 403),
    "producers to choose from": (
        lambda s: reverse("admin:autocomplete") + "?app_label=register&model_name=product&field_name=producer&term=a",
        200,
        200,
    ),
    "inspections' part": (page("app_list", lambda s: "inspections"), 200, 200),
    "notes": (page("inspections_inspection_changelist"), 200, 200),
    "note": (page("inspections_inspection_change", inspection), 200, 200),
    "history of a note": (page("inspections_inspection_history", inspection), 200, 200),
    "new note": (page("inspections_inspection_add"), 403, 403),
    "what is said of a note": (lambda s: event_form(s), 200, 200),
    "what is said of no note": (page("inspections_inspection_event"), 404, 404),
    "delete a note": (page("inspections_inspection_delete", inspection), 403, 403),
    "photo": (lambda s: s.photo_file(), 200, 200),
    "reports' part": (page("app_list", lambda s: "reports"), 200, 200),
    "reports": (page("reports_report_changelist"), 200, 200),
    "report": (page("reports_report_change", report), 200, 200),
    "history of a report": (page("reports_report_history", report), 200, 200),
    "new report": (page("reports_report_add"), 403, 403),
    "what is said of a report": (
        lambda s: f"{reverse('admin:reports_report_event')}?report={report(s)}",
        200,
        200,
    ),
    "delete a report": (page("reports_report_delete", report), 403, 403),
    "photo of a report": (page("reports_reportphoto_file", report_photo, lambda s: "small"), 200, 200),
    "rounds' part": (page("app_list", lambda s: "rounds"), 200, 200),
    "rounds": (page("rounds_round_changelist"), 200, 200),
    "new round": (page("rounds_round_add"), 403, 403),
    "round": (page("rounds_round_change", kept("round")), 200, 200),
    "history of a round": (page("rounds_round_history", kept("round")), 200, 200),
    "what is said of a round": (event_on_kept("round"), 200, 200),
    "what is said of no round": (page("rounds_round_event"), 404, 404),
    "delete a round": (page("rounds_round_delete", kept("round")), 403, 403),
    "audits' part": (page("app_list", lambda s: "audits"), 200, 200),
    "audits": (page("audits_audit_changelist"), 200, 200),
    "new audit": (page("audits_audit_add"), 403, 403),
    "audit": (page("audits_audit_change", kept("audit")), 200, 200),
    "history of an audit": (page("audits_audit_history", kept("audit")), 200, 200),
    "what is said of an audit": (event_on_kept("audit"), 200, 200),
    "what is said of no audit": (page("audits_audit_event"), 404, 404),
    "delete an audit": (page("audits_audit_delete", kept("audit")), 403, 403),
    "inspections": (page("rounds_inspection_changelist"), 200, 200),
    "new inspection": (page("rounds_inspection_add"), 403, 403),
    "inspection": (page("rounds_inspection_change", kept("inspection")), 200, 200),
    "history of an inspection": (page("rounds_inspection_history", kept("inspection")), 200, 200),
    "what is said of an inspection": (event_on_kept("inspection"), 200, 200),
    "what is said of no inspection": (page("rounds_inspection_event"), 404, 404),
    "delete an inspection": (page("rounds_inspection_delete", kept("inspection")), 403, 403),
    "photo of an inspection": (
        page("rounds_inspectionphoto_file", photo_of_kept("inspection"), lambda s: "large"),
        200,
        200,
    ),
    "answers' part": (page("app_list", lambda s: "answers"), 200, 200),
    "answers": (page("answers_answer_changelist"), 200, 200),
    "new answer": (page("answers_answer_add"), 403, 403),
    "answer": (page("answers_answer_change", kept("answer")), 200, 200),
    "history of an answer": (page("answers_answer_history", kept("answer")), 200, 200),
    "delete an answer": (page("answers_answer_delete", kept("answer")), 403, 403),
    "photo of an answer": (page("answers_answerphoto_file", photo_of_kept("answer"), lambda s: "small"), 200, 200),
    "checklists' part": (page("app_list", lambda s: "checklists"), 200, 200),
    "checklists": (page("checklists_checklist_changelist"), 200, 200),
    "new checklist": (page("checklists_checklist_add"), 200, 200),
    "checklist": (page("checklists_checklist_change", checklist), 200, 200),
    "history of a checklist": (page("checklists_checklist_history", checklist), 200, 200),
    "delete a checklist": (page("checklists_checklist_delete", checklist), 403, 403),
    "suspected copies": (page("inspections_suspicion_changelist"), 200, 200),
    "suspected copy": (page("inspections_suspicion_change", suspicion), 200, 200),
    "history of a suspected copy": (page("inspections_suspicion_history", suspicion), 200, 200),
    "new suspected copy": (page("inspections_suspicion_add"), 403, 403),
    "delete a suspected copy": (page("inspections_suspicion_delete", suspicion), 403, 403),
    "chains' part": (page("app_list", lambda s: "records"), 200, 200),
    "broken chains": (page("records_break_changelist"), 200, 200),
    "broken chain": (page("records_break_change", broken_chain), 200, 200),
    "history of a broken chain": (page("records_break_history", broken_chain), 200, 200),
    "new broken chain": (page("records_break_add"), 403, 403),
    "delete a broken chain": (page("records_break_delete", broken_chain), 403, 403),
    "what a figure counts": (page("overview_countedrecord_changelist"), 200, 200),
    "a new count": (page("overview_countedrecord_add"), 403, 403),
    "days for an answer": (page("reviewing_deadline_changelist"), 403, 200),
    "days of a kind": (page("reviewing_deadline_change", lambda s: "note"), 403, 200),
    "history of days": (page("reviewing_deadline_history", lambda s: "note"), 403, 200),
    "new days": (page("reviewing_deadline_add"), 403, 403),
    "delete days": (page("reviewing_deadline_delete", lambda s: "note"), 403, 403),
    "inbox": (lambda s: reverse("office-inbox", args=["note"]), 200, 200),
    "case": (lambda s: reverse("office-case", args=["note", inspection(s)]), 200, 200),
    "own files": (lambda s: reverse("office-files"), 200, 200),
    "a file of an administrator": (lambda s: reverse("office-file", args=[made_file(s)]), 404, 200),
    "log": (lambda s: reverse("office-log"), 403, 200),
    "log as a file": (lambda s: reverse("office-log-file", args=["csv"]), 403, 200),
    "personal data": (lambda s: reverse("office-privacy"), 403, 200),
    "new request of a person": (lambda s: reverse("office-person-request-new"), 403, 200),
    "request of a person": (lambda s: reverse("office-person-request", args=[person_request(s)]), 403, 200),
    "certificate": (paper("certificate"), 200, 200),
    "withdrawing a certificate": (paper("withdraw"), 200, 200),
    "taking a withdrawal back": (paper("take-back", withdrawn=True), 200, 200),
    "renewing a certificate": (paper("renew"), 200, 200),
    "renewing many": (lambda s: reverse("office-renew-many") + "?due=90", 200, 200),
    "code tester": (lambda s: reverse("office-code-tester") + "?text=9521234567899", 200, 200),
    "drafts of checklists": (lambda s: reverse("office-checklist-drafts"), 200, 200),
    "draft of a checklist": (draft, 200, 200),
    "daily mail": (lambda s: reverse("office-digest"), 200, 200),
    "accounts' part": (page("app_list", lambda s: "accounts"), 404, 200),
    "accounts": (page("accounts_user_changelist"), 403, 200),
    "new account": (page("accounts_user_add"), 403, 200),
    "account": (page("accounts_user_change", user), 403, 200),
    "password of an account": (page("auth_user_password_change", user), 403, 200),
    "history of an account": (page("accounts_user_history", user), 403, 200),
    "delete an account": (page("accounts_user_delete", user), 403, 403),
    "sessions": (page("accounts_devicesession_changelist"), 403, 200),
    "session": (page("accounts_devicesession_change", session), 403, 200),
    "new session": (page("accounts_devicesession_add"), 403, 403),
    "delete a session": (page("accounts_devicesession_delete", session), 403, 403),
    "keys of devices": (page("accounts_devicekey_changelist"), 403, 200),
    "key of a device": (page("accounts_devicekey_change", device_key), 403, 200),
    "history of a device's key": (page("accounts_devicekey_history", device_key), 403, 200),
    "new key of a device": (page("accounts_devicekey_add"), 403, 403),
    "delete the key of a device": (page("accounts_devicekey_delete", device_key), 403, 403),
    "people": (lambda s: reverse("office-people"), 403, 200),
    "invite": (lambda s: reverse("office-invite"), 403, 200),
    "person": (lambda s: reverse("office-person", args=[user(s)]), 403, 200),
    "devices": (lambda s: reverse("office-devices"), 403, 200),
    "revoke a device": (lambda s: reverse("office-device-revoke", args=[session(s)]), 403, 200),
    "lock-outs": (lambda s: reverse("office-lockouts"), 403, 200),
    "service keys": (lambda s: reverse("office-service-keys"), 403, 200),
    "new service key": (lambda s: reverse("office-service-key-new"), 403, 200),
    "revoke a service key": (lambda s: reverse("office-service-key-revoke", args=[service_key(s)]), 403, 200),
    "own first password": (lambda s: reverse("office-first-password"), 200, 200),
    "own second factor": (lambda s: reverse("office-second-factor"), 200, 200),
    "own sessions": (lambda s: reverse("office-own-sessions"), 200, 200),
    "groups": (lambda s: "/admin/auth/group/", 404, 404),
    "failed sign-ins": (lambda s: "/admin/axes/accessattempt/", 404, 404),
}


def test_every_page_is_for_those_it_is_for(scene: Scene) -> None:
    """On one scene, since looking at a page changes nothing that another shows.

    Pages are drawn for the registrar here, and for the administrator where their words are read (test_vietnamese.py).
    """
    with_reviewer(scene)
    # The token that an administrator's app holds, sent by a browser without a cookie.
    token = Client(headers=scene.senders["administrator"].headers())
    asking = {"nobody": scene.browsers["consumer"], "the app's token": token}
    asking |= {role: scene.browsers[role] for role in ALL[1:]}
    named = {address(scene): what for what, (address, _, _) in PAGES.items()}
    known = {resolve(where.partition("?")[0]).route for where in named}
    found = {
        address_of(route, name): route for route, name in routes().items() if _is_a_page(route) and route not in known
    }
    wanted = [*named, *found]
    answered = {"registrar": [asking["registrar"].get(where) for where in wanted]}
    with undrawn():
        answered |= {
            who: [browser.get(where) for where in wanted] for who, browser in asking.items() if who != "registrar"
        }
    rows: dict[str, list[tuple[str, ...]]] = {"The back office": [], "Pages for everybody": []}
    seen, expected = {}, {}
    for number, where in enumerate(wanted):
        answers = {who: answered[who][number] for who in asking}
        route = resolve(where.partition("?")[0]).route
        cells = tuple(cell(answer) for answer in answers.values())
        if where in found:
            assert route == found[where], f"{where} does not lead to {found[where]}: name it in PAGES"
        if (page := (f"`{shown(route)}`", *cells)) not in (part := rows[_part(route)]):
            part.append(page)
        if what := named.get(where):
            _, registrar, administrator = PAGES[what]
            asked = ("nobody", "the app's token", "shop", "inspector", "registrar", "administrator")
            seen[what] = tuple(answers[who].status_code for who in asked)
            expected[what] = (302, 302, 302, 302, registrar, administrator)
            assert cells[:4] == ("sign in",) * 4, what
    assert seen == expected
    for heading, part in rows.items():
        compare(heading, ("page", *asking), sorted(part))


def _part(route: str) -> str:
    return "The back office" if route.startswith("admin/") else "Pages for everybody"


def _is_a_page(route: str) -> bool:
    return not (route.startswith("api/") or REDIRECTS_BEFORE.fullmatch(route))


def test_every_list_of_the_back_office_is_in_the_table() -> None:
    lists = {
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") for model in admin.site._registry
    }
    assert lists == {
        PAGES[name][0](None)
        for name in (
            "products",
            "producers",
            "localities",
            "links of products",
            "the register itself",
            "keys",
            "statements",
            "notes",
            "audits",
            "reports",
            "rounds",
            "inspections",
            "answers",
            "checklists",
            "suspected copies",
            "accounts",
            "sessions",
            "keys of devices",
            "broken chains",
            "days for an answer",
            "what a figure counts",
        )
    }  # type: ignore[arg-type]


# What changes something: the form, and the statuses as above. 302 from the office itself means that it was done.
ACTIONS: dict[str, tuple[Callable[[Scene], str], dict[str, Any], int, int]] = {
    "change a note": (page("inspections_inspection_change", inspection), {"text": "khác"}, 403, 403),
    "delete a note": (page("inspections_inspection_delete", inspection), {"post": "yes"}, 403, 403),
    "say something of a note": (lambda s: event_form(s), {"state": "reviewing", "text": "Đang xem."}, 302, 302),
    "go from a note to what is said of it": (page("inspections_inspection_write_event", inspection), {}, 302, 302),
    "revoke the key of a device": (
        page("accounts_devicekey_change", device_key),
        {"revoked_reason": "Mất máy"},
        403,
        302,
    ),
    "change a report": (page("reports_report_change", report), {"text": "khác"}, 403, 403),
    "say something of a report": (
        lambda s: f"{reverse('admin:reports_report_event')}?report={report(s)}",
        {"state": "decided", "text": "Đã thu hồi."},
        302,
        302,
    ),
    "say nothing of a note": (lambda s: event_form(s), {"state": "fine"}, 200, 200),
    "choose notes to say something of": (
        page("inspections_inspection_changelist"),
        {"action": "write_events"},
        302,
        302,
    ),
    "delete a producer in use": (page("register_producer_delete", producer), {"post": "yes"}, 200, 200),
    "dismiss a suspected copy": (
        page("inspections_suspicion_change", suspicion),
        {"decision": "dismissed", "decision_reason": "Mẫu mua về", "shown_through": "0"},
        302,
        302,
    ),
    "delete an account": (page("accounts_user_delete", user), {"post": "yes"}, 403, 403),
    "change an account": (page("accounts_user_change", user), {"role": "administrator"}, 403, 200),
    "set a password": (
        page("auth_user_password_change", user),
        {"password1": "doi-mat-khau-02", "password2": "doi-mat-khau-02", "usable_password": "true"},
        403,
        302,
    ),
    "revoke a session": (page("accounts_devicesession_changelist"), {"action": "revoke"}, 403, 302),
    "delete sessions": (page("accounts_devicesession_changelist"), {"action": "delete_selected"}, 403, 302),
    # There is no such action: the list is shown again, and the note is still in it (below).
    "delete notes": (page("inspections_inspection_changelist"), {"action": "delete_selected"}, 302, 302),
    "invite nobody": (lambda s: reverse("office-invite"), {}, 403, 200),
    "close an account": (lambda s: reverse("office-person-act", args=[user(s), "close"]), {}, 403, 302),
    "renew a password": (lambda s: reverse("office-person-act", args=[user(s), "renew"]), {}, 403, 200),
    "unlock a name": (lambda s: reverse("office-lockouts"), {"name": "other"}, 403, 302),
    "revoke a device": (lambda s: reverse("office-device-revoke", args=[session(s)]), {"reason": "Mất"}, 403, 302),
    "make a service key of nothing": (lambda s: reverse("office-service-key-new"), {}, 403, 200),
    "revoke a service key": (
        lambda s: reverse("office-service-key-revoke", args=[service_key(s)]),
        {"reason": "Lộ"},
        403,
        302,
    ),
    "choose an own password": (lambda s: reverse("office-first-password"), {}, 200, 200),
    "export products": (
        page("register_product_export"),
        {"format": "0", "resource": "", "productsheet_gtin": "on"},
        200,
        200,
    ),
}


REVIEWERS = {"delete a producer in use": 403}
"""What a reviewer is answered to another way than a registrar, who keeps the register."""


def test_each_action(scene: Scene, subtests: pytest.Subtests) -> None:
    with_reviewer(scene)
    rows = []
    for what in ACTIONS:
        with subtests.test(what), undone(scene):
            rows.append((what, *_act(scene, what)))
    compare("What changes something", ("what is done", "nobody", *ALL[1:]), sorted(rows))


def _act(scene: Scene, what: str) -> list[str]:
    address, form, registrar, administrator = ACTIONS[what]
    where = address(scene)
    selected = {"revoke": session, "delete_selected": session if "session" in where else inspection}
    selected["write_events"] = inspection
    chosen = {"_selected_action": [selected[form["action"]](scene)]} if "action" in form else {}
    before = (DeviceSession.objects.count(), User.objects.count(), scene.others["text"])
    seen, cells = {}, []
    for role in ALL:
        answer = scene.browsers[role].post(where, {**form, **chosen})
        cells.append(cell(answer))
        assert (cells[-1] == "sign in") == (role in ALL[:3])
        seen[role] = answer.status_code
    reviewer = REVIEWERS.get(what, registrar)
    assert seen == dict(zip(ALL, (302, 302, 302, reviewer, registrar, administrator), strict=True))
    assert before == (DeviceSession.objects.count(), User.objects.count(), scene.senders["other"].note()["text"])
    listed = scene.browsers["administrator"].get(page("inspections_inspection_change", inspection)(scene))
    assert "Đúng nhãn, còn hạn." in listed.content.decode()
    return cells


def test_a_photo_has_no_address_of_its_own(scene: Scene) -> None:
    name = Photo.objects.get(record_id=scene.others["id"]).file
    assert name.endswith(f"{sha256(picture())}.jpg")
    for address in (
        f"/{name}",
        f"/media/{name}",
        f"/static/{name}",
        f"/static/../{name}",
        "/secret-key",
        "/admin/photos/1",
    ):
        for role in ROLES:
            assert scene.browsers[role].get(address).status_code in {404, 302}, (address, role)


def test_what_a_photo_holds_is_never_run(scene: Scene) -> None:
    answer = scene.browsers["registrar"].get(scene.photo_file())
    assert answer.content != picture(), "a copy, drawn anew"
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    assert "private" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("end", ["closed", "password", "role"])
def test_the_back_office_closes_at_once(scene: Scene, end: str) -> None:
    browser, someone = scene.browsers["administrator"], User.objects.get(username="administrator")
    assert browser.get("/admin/").status_code == 200
    if end == "closed":
        someone.is_active = False
    elif end == "password":
        someone.set_password("mat-khau-khac-02")
    else:
        someone.role = Role.SHOP
    someone.save()
    assert browser.get("/admin/").status_code == 302


def test_who_may_sign_in_to_the_back_office(scene: Scene) -> None:
    for role in ROLES[1:]:
        browser = Client()
        browser.post("/admin/login/", {"username": role, "password": PASSWORD, "next": "/admin/"})
        assert browser.get("/admin/").status_code == (200 if role in {"registrar", "administrator"} else 302), role


def test_signing_in_to_the_back_office_is_throttled_by_address(scene: Scene, settings: Any) -> None:
    settings.SIGN_IN_RATE = 0
    answer = Client().post("/admin/login/", {"username": "administrator", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


# Corrections


def test_a_correction_is_shown_both_ways(scene: Scene) -> None:
    office = scene.browsers["registrar"]
    original = scene.own["shop"]
    correction = sent(scene.senders["shop"], supersedes=original["id"])
    change = "admin:inspections_inspection_change"
    addresses = {name: reverse(change, args=[n["id"]]) for name, n in (("old", original), ("new", correction))}
    assert f'href="{addresses["new"]}"' in office.get(addresses["old"]).content.decode()
    assert f'href="{addresses["old"]}"' in office.get(addresses["new"]).content.decode()


def test_a_correction_may_come_first_and_counts_only_for_its_sender(scene: Scene) -> None:
    office, shop = scene.browsers["registrar"], scene.senders["shop"]
    change = "admin:inspections_inspection_change"
    for original_sender, belongs in (
        (shop, True),
        (scene.senders["inspector"], False),
        (scene.senders["consumer"], False),
    ):
        original = original_sender.note(id=str(uuid.uuid4()))
        correction = sent(shop, supersedes=original["id"])
        assert original_sender.put_note(original).status_code == 201
        assert shop.put_note(correction).status_code == 200  # as before, whoever sent the original
        addresses = [reverse(change, args=[note["id"]]) for note in (original, correction)]
        for looked_at, linked in (addresses, addresses[::-1]):
            assert (f'href="{linked}"' in office.get(looked_at).content.decode()) is belongs


def test_a_note_without_an_account_is_corrected_from_its_device(scene: Scene) -> None:
    consumer = scene.senders["consumer"]
    other = Sender(Client())
    assert consumer.put_note(consumer.note(supersedes=scene.own["consumer"]["id"])).status_code == 201
    refused = other.put_note(other.note(supersedes=scene.own["consumer"]["id"]))
    assert error_of(refused) == (403, "not_allowed")


def test_a_note_does_not_correct_itself(scene: Scene) -> None:
    consumer = scene.senders["consumer"]
    document = consumer.note()
    assert error_of(consumer.put_note({**document, "supersedes": document["id"]})) == (400, "bad_request")

"""The API under requests that schemathesis writes from the API's own document, as nobody, in each role and with a key.

Whatever is asked, the answer is one that the document describes: its status, code, headers, media type and body. None
is 5xx, and what does not fit the document is refused. `OCOP_API_EXAMPLES` and `OCOP_API_SEED` make the run longer, and
another one (CONTRIBUTING.md, "Try the API at random").
"""

from __future__ import annotations

import json
import os
from collections import Counter
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest
import rfc8785
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase
from registry_notes import SECRET, Sender, content_digest, picture, report, sha256
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as conformance

from accounts import service_keys, sessions
from accounts.models import Role, User
from checklists.adding import add
from checklists.management.commands.checklists import SAMPLE
from issuing import keys
from register import days
from register.models import Picture, Product
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db

MOST = int(os.environ.get("OCOP_API_EXAMPLES", "6"))
SEED = int(os.environ.get("OCOP_API_SEED", "1"))
DESCRIBED = [
    not_a_server_error,
    conformance.status_code_conformance,
    conformance.content_type_conformance,
    conformance.response_headers_conformance,
    conformance.response_schema_conformance,
]
REFUSED = [*DESCRIBED, conformance.negative_data_rejection]
REFUSALS = [400, 401, 403, 404, 409, 410, 413, 415, 429]
# They have nothing that could be asked wrongly, but headers of HTTP itself.
NOTHING_TO_BREAK = {"GET /api/v1/snapshot", "GET /api/v1/guidance", "GET /api/v1/auth/sessions"}
PASSWORD = "mat-khau-dai-01"
RATES = ("ANONYMOUS_NOTES_RATE", "ANONYMOUS_PHOTOS_RATE", "REPORT_TRIES_RATE", "SIGN_IN_RATE", "READING_RATE")
PUBLIC: list[dict[str, list[str]]] = [{}, {"report_secret": []}]
"""Ways to ask that have nothing to do with accounts and keys: such calls are tried as nobody alone."""


@dataclass(frozen=True)
class Drawn:
    """A request that schemathesis has drawn for an operation."""

    mode: GenerationMode
    case: Any
    is_real: bool
    """Whether it is to name what exists, where it fits the document."""
    is_for_nobody: bool
    """Whether accounts and keys play no part in the call."""


@pytest.mark.parametrize("who", ["nobody", *Role.values, "service key"])
def test_whatever_is_asked_the_answer_is_as_described(
    who: str, register: SampleRegister, settings: Any, tmp_path: Any
) -> None:
    for rate in RATES:
        setattr(settings, rate, 10**6)
    settings.ISSUER_KEYS, settings.DATA_DIR = tmp_path / "issuer-keys", tmp_path
    world = World(who, register)
    answered: Counter[str] = Counter()
    for request in drawn():
        if who == "nobody" or not request.is_for_nobody:
            answered[asked(request, world)] += 1
    # Something was let in, and something was not: else nothing but refusals would be tried.
    assert answered["2xx"] > 10
    assert answered["4xx"] > 10


class Application:
    """The server as an application of WSGI, whose answers are read and closed as a web server does.

    The database's connection is left open meanwhile, as by Django's own client: the test's transaction lives in it.
    """

    def __init__(self) -> None:
        self._server = get_wsgi_application()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        try:
            answer = self._server(environ, start_response)
            try:
                return [b"".join(answer)]
            finally:
                answer.close()
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)


@cache
def drawn() -> list[Drawn]:
    """What everybody asks, of every operation: drawing takes longer than asking."""
    document, ways = without_security(Client().get("/api/v1/openapi.json").json())
    schema = schemathesis.openapi.from_dict(document)
    schema.app = Application()
    schema.config.checks.negative_data_rejection.expected_statuses = [str(status) for status in REFUSALS]
    requests: list[Drawn] = []
    for operation in (found.ok() for found in schema.get_all_operations()):
        is_for_nobody = all(way in PUBLIC for way in ways[operation.label])
        modes = [GenerationMode.POSITIVE]
        if operation.label not in NOTHING_TO_BREAK:
            modes.append(GenerationMode.NEGATIVE)
        for mode in modes:
            requests += [Drawn(mode, *one, is_for_nobody) for one in cases(operation, mode)]
    return requests


def without_security(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[dict[str, list[str]]]]]:
    """The document without who may ask, which test_roles.py tries out, and that by each call."""
    ways = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            ways[f"{method.upper()} {path}"] = operation.pop("security")
    return document, ways


class World:
    """What there is to ask for: who asks, and what exists, so that not every request names what there is not."""

    def __init__(self, who: str, register: SampleRegister) -> None:
        keys.rotate()
        version = add(SAMPLE.read_bytes(), days.today())
        self.account = None if who in {"nobody", "service key"} else who
        self.sender = Sender(Client(), account=self.account)
        self.headers = {"Accept-Encoding": "identity"}
        self.body: dict[str, Any] = {}
        if self.account:
            user = User.objects.create_user(who, password=PASSWORD, name=who, role=who)
            tokens = sessions.sign_in(user, self.sender.device, sessions.Told())
            self.sender.tokens = {"access": tokens.access}
            self.headers["Authorization"] = f"Bearer {tokens.access}"
            self.body = {"username": who, "password": PASSWORD, "refresh": tokens.refresh}
        elif who == "service key":
            secret = service_keys.make(who, list(service_keys.Scope), 1, None, 10**6)[1]
            self.headers["Authorization"] = f"Bearer {secret}"
        file = picture()
        note = self.sender.note(photos=[{"sha256": sha256(file), "size": len(file), "type": "image/jpeg"}])
        assert self.sender.put_note(note).status_code == 201
        told = report(account=self.account, device=self.sender.device)
        assert self.sender.put_record("report", told).status_code == 201
        self.file, self.note, self.report = file, note["id"], told["id"]
        self.paths = {
            "gtin": Product.objects.order_by("gtin")[0].gtin,
            "kind": "note",
            "width": "160",
            "id": self.note,
            "sha256": sha256(file),
        }
        self.special = {
            "/api/v1/pictures/{sha256}/{width}": {"sha256": Picture.objects.order_by("pk")[0].sha256},
            "/api/v1/checklists/{sha256}": {"sha256": version.pk},
            "/api/v1/reports/{id}": {"id": self.report},
        }


def cases(operation: Any, mode: GenerationMode) -> list[tuple[Any, bool]]:
    """Requests of one operation, and whether each is to name what exists."""
    found: list[tuple[Any, bool]] = []

    @hypothesis.seed(SEED)
    @hypothesis.settings(
        max_examples=MOST,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(mode), real=st.booleans())
    def keep(case: Any, *, real: bool) -> None:
        found.append((case, real))

    keep()
    return found


def asked(request: Drawn, world: World) -> str:
    """Ask what was drawn, and give the kind of the answer's status, as in "2xx"."""
    case = request.case
    drawn_parts = case.path_parameters, case.headers, case.body
    case.path_parameters, case.headers = copy(case.path_parameters), copy(case.headers)
    try:
        if request.mode is GenerationMode.POSITIVE:
            made_real(case, world, real=request.is_real)
        response = case.call(headers=world.headers)
        case.validate_response(response, checks=REFUSED if request.mode is GenerationMode.NEGATIVE else DESCRIBED)
    finally:
        case.path_parameters, case.headers, case.body = drawn_parts
    return f"{response.status_code // 100}xx"


def made_real(case: Any, world: World, *, real: bool) -> None:
    """Let a request that fits the document get farther: to what exists, and past the digest of a record."""
    path = case.operation.path
    if real:
        known = {**world.paths, **world.special.get(path, {})}
        case.path_parameters = {name: known.get(name, value) for name, value in (case.path_parameters or {}).items()}
        if path == "/api/v1/reports/{id}":
            case.headers["Report-Secret"] = SECRET
    if not isinstance(case.body, dict):
        if real and path.endswith("{sha256}") and case.method == "PUT":
            case.body = world.file
        return
    body = dict(case.body)
    if path.startswith("/api/v1/auth/"):
        case.body = {**body, **{name: value for name, value in world.body.items() if real and name in body}}
    elif case.method == "PUT" and case.media_type == "application/json":
        body["account"] = world.account
        case.body = body
        case.path_parameters["id"] = body["id"]
        if "kind" in case.path_parameters:
            case.path_parameters["kind"] = body.get("kind", "note")
        case.headers["Content-Digest"] = content_digest(canonical_bytes(body))


@schemathesis.serializer("application/json")
def canonical(context: Any, value: Any) -> bytes:
    """Bodies in the canonical form that records are sent in, where that can say them."""
    return value if isinstance(value, bytes) else canonical_bytes(value)


def canonical_bytes(value: Any) -> bytes:
    try:
        return rfc8785.dumps(value)
    except (ValueError, TypeError, RecursionError):
        return json.dumps(value, default=str).encode()

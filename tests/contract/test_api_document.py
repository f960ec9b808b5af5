"""docs/api.md is what the running server does: calls, parameters, statuses, error codes, and the shapes of bodies."""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests
import rfc8785
from PIL import Image

from tests.contract.notation import Example, OneOf, Record, Several, Shape, Word, alternatives, example, misfits, parse
from tests.support.registry_server import RegistryServer

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(GET|HEAD|PUT|POST) (\S+?)(?:\?(\S+))?` \| [^|]+ \| ([\d, ]+) \|", re.MULTILINE)
# Block, the section and the words that it follows in the document, and what the server's OpenAPI document calls it.
BLOCKS = {
    "changes": ("The register", "`GET /changes?cursor=&limit=`", "Changes"),
    "snapshot": ("The register", "`GET /snapshot`", "Snapshot"),
    "identity": ("The register", "`GET /identity?challenge=<nonce>`", "IdentityOut"),
    "REGISTER": ("The register", "\nREGISTER:", "RegisterOut"),
    "PRODUCT": ("The register", "\nPRODUCT:", "ProductOut"),
    "PLACE": ("The register", "\nPLACE:", "PlaceOut"),
    "COPY": ("The register", "\nCOPY, a serial number", "CopyOut"),
    "one product": ("The register", "`GET /products/{gtin}` (14 digits)", "OneProduct"),
    "STANDING": ("The register", "\nSTANDING, what", "StandingOut"),
    "found products": ("The register", "`GET /products?q=&place=&stars=&state=&after=&limit=` (", "FoundProducts"),
    "FOUND": ("The register", "\nFOUND:", "FoundProduct"),
    "statement": ("The register", "`GET /products/{gtin}/statement` answers", "StatementOut"),
    "CHECKLIST": ("The register", " CHECKLIST:", "Checklists"),
    "guidance": ("Records", "`GET /guidance` is for", "Guidance"),
    "session": ("Accounts", "`POST /auth/sign-in`", "SessionOut"),
    "own sessions": ("Accounts", "\n`GET /auth/sessions` answers", "OwnSessions"),
    "ended sessions": ("Accounts", "\n`POST /auth/sessions/end`", "EndedSessions"),
    "invitation": ("Accounts", "`POST /invitations/look`", "InvitationOut"),
    "certificate of a key": ("Accounts", "`POST /auth/key`", "CertificateOfKey"),
    "RECORD": ("Records", "What people record is a RECORD", "Record"),
    "RECEIPT": ("Records", "\nRECEIPT:", "RecordReceipt"),
    "file receipt": ("Records", "`PUT /records/{kind}/{id}/files/{sha256}`:", "FileReceipt"),
    "records": ("Records", "`GET /records?since=&limit=` (", "SentRecords"),
    "ERASED": ("Records", "ERASED says so:", "ErasedPart"),
    "proof": ("Records", "`GET /proofs/{id}?hash=<64 hex>`", "ProofOut"),
    "EVENT": ("Records", "\nEVENT,", "EventOut"),
    "REPORT": ("Reports", "\nREPORT is a RECORD", "Report"),
    "report": ("Reports", "`GET /reports/{id}` with the header", "ReportState"),
    "INSPECTION": ("Rounds", "\nINSPECTION is a RECORD", "Inspection"),
    "SITE": ("Rounds", "\nSITE:", "Place"),
    "ROUND": ("Rounds", "\nROUND is a RECORD", "Round"),
    "AUDIT": ("Audits", "AUDIT is a RECORD", "Audit"),
    "ANSWER": ("Answers", "ANSWER is a RECORD", "Answer"),
    "NOTE": ("Inspections", " NOTE:", "Note"),
    "RECEIPT of a note": ("Inspections", "\nRECEIPT:", "Receipt"),
    "photo receipt": ("Inspections", "`PUT /inspections/{id}/photos/{sha256}`:", "PhotoReceipt"),
    "inspections": ("Inspections", "`GET /inspections?since=&limit=` (", "SentInspections"),
}


@cache
def block(name: str) -> Shape:
    """The indented block that follows the words by which it is found in its section."""
    heading, words, _ = BLOCKS[name]
    (section,) = re.findall(rf"^## {heading}\n.*?(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert section.count(words) == 1, words
    found = re.search(r"\n\n((?: {4}.*\n)+)", section[section.index(words) :])
    assert found
    return parse(found[1])


NAMES = {name: block(name) for name in BLOCKS if name.isupper()}
ERROR = parse('{"error": "...", "detail": "..."}')


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with RegistryServer(tmp_path_factory.mktemp("registry")) as running:
        yield f"{running.url}/api/v1"


@pytest.fixture(scope="module")
def openapi(server: str) -> dict[str, Any]:
    return requests.get(f"{server}/openapi.json", timeout=20).json()  # type: ignore[no-any-return]


def documented_codes() -> set[str]:
    listed = DOCUMENT[DOCUMENT.index("Codes: ") : DOCUMENT.index("## The register")]
    return set(re.findall(r"`([a-z_]+)`", listed))


# Calls


def test_the_table_names_every_call_its_parameters_and_its_answers(openapi: dict[str, Any]) -> None:
    documented = {
        (method, path): (re.findall(r"(\w+)=", query), statuses.split(", "))
        for method, path, query, statuses in ROW.findall(DOCUMENT)
    }
    served = {
        (method.upper(), path): (
            [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"],
            sorted(status for status in operation["responses"] if status < "500"),  # any call may answer those
        )
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
    }
    assert documented == served


def test_no_call_is_left_out_of_the_openapi_document(openapi: dict[str, Any], tmp_path: Path) -> None:
    code = (
        "import django, json; django.setup(); from api.api import api\n"
        "print(json.dumps([str(url.pattern) for url in api.urls[0]]))"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "OCOP_SERVER_DATA": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "server", env=env, check=True, capture_output=True, text=True
    )
    addresses = {"/api/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", pattern) for pattern in json.loads(run.stdout)}
    about_itself = {"/api/v1/", "/api/v1/openapi.json", "/api/v1/docs"}
    assert addresses == {*openapi["paths"], *about_itself}


def test_limits_and_headers_are_those_of_the_openapi_document(openapi: dict[str, Any]) -> None:
    for path, operations in openapi["paths"].items():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                name, schema = parameter["name"], parameter["schema"]
                if parameter["in"] == "header":
                    assert f"`{name}: " in DOCUMENT
                if name == "limit":
                    words = f"`limit` 1 to {schema['maximum']}, {schema['default']} unless given"
                    heading = DOCUMENT.index(f"`GET {path.removeprefix('/api/v1')}?", DOCUMENT.index("## The register"))
                    assert words in DOCUMENT[heading : heading + 200]
                    assert schema["minimum"] == 1


# Errors


def test_the_codes_are_those_that_the_server_declares(openapi: dict[str, Any]) -> None:
    assert set(openapi["components"]["schemas"]["Error"]["properties"]["error"]["enum"]) == documented_codes()


def test_the_codes_are_those_that_the_server_uses() -> None:
    """Every text in the code that gives errors, but for the list that declares them."""
    used: set[str] = set()
    for file in [*(ROOT / "server" / "api").glob("*.py"), ROOT / "server" / "serving" / "server.py"]:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        declared = {id(part) for node in ast.walk(tree) if _declares(node) for part in ast.walk(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in declared:
                used.add(node.value)
    assert documented_codes() <= used


def _declares(node: ast.AST) -> bool:
    """Whether code only lists codes: `Code = ...`, `REFUSALS`, `answers(...)`, and a `tuple[Code, ...]` for that."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "answers"
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0]) == "Code"
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.target) == "REFUSALS" or ast.unparse(node.annotation) == "tuple[Code, ...]"
    return False


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/changes?limit=0", 400, "bad_request"),
        ("GET", "/changes?cursor=x", 410, "cursor_too_old"),
        ("GET", "/inspections", 401, "not_signed_in"),
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/products/09529999999993", 404, "not_registered"),
        ("GET", "/products/09529999999993/statement", 404, "not_found"),
        ("GET", "/products/9529999999993", 400, "bad_request"),
        ("GET", "/products/09529999999990", 400, "bad_request"),
        ("POST", "/auth/refresh", 400, "bad_request"),
        ("GET", "/auth/sessions", 401, "not_signed_in"),
        ("POST", "/auth/sessions/end", 401, "not_signed_in"),
        ("POST", "/invitations/look", 400, "bad_request"),
        ("POST", "/invitations/redeem", 400, "bad_request"),
        ("PUT", f"/inspections/{uuid.UUID(int=1)}", 400, "bad_digest"),
        ("PUT", f"/inspections/{uuid.UUID(int=1)}/photos/{'0' * 64}", 404, "not_found"),
        ("GET", "/records", 401, "not_signed_in"),
        ("GET", "/guidance", 401, "not_signed_in"),
        ("GET", "/epcis/events", 401, "not_signed_in"),
        ("GET", f"/checklists/{'0' * 64}", 404, "not_found"),
        ("GET", "/checklists/0", 400, "bad_request"),
        ("PUT", f"/records/note/{uuid.UUID(int=1)}", 400, "bad_digest"),
        ("PUT", f"/records/nothing/{uuid.UUID(int=1)}", 404, "not_found"),
        ("PUT", f"/records/note/{uuid.UUID(int=1)}/files/{'0' * 64}", 404, "not_found"),
        ("PUT", f"/records/nothing/{uuid.UUID(int=1)}/files/{'0' * 64}", 404, "not_found"),
    ],
)
def test_an_error_is_what_the_document_says(server: str, method: str, path: str, status: int, code: str) -> None:
    answer = requests.request(method, server + path, timeout=20)
    assert misfits(ERROR, answer.json(), {}) == []
    assert (answer.status_code, answer.json()["error"]) == (status, code)


# Shapes


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_is_the_schema_of_the_openapi_document(name: str, openapi: dict[str, Any]) -> None:
    schemas = openapi["components"]["schemas"]
    assert differences(block(name), schemas[BLOCKS[name][2]], schemas) == []


def differences(shape: Shape, schema: dict[str, Any], schemas: dict[str, Any], at: str = "") -> list[str]:
    """Where a block and a JSON Schema disagree: fields, null, enumerations, kinds of value."""
    shapes = alternatives(shape, NAMES)
    options = [_resolved(option, schemas) for option in _options(_resolved(schema, schemas))]
    if (Word("null") in shapes) != any(option.get("type") == "null" for option in options):
        return [f"{at}: may it be null?"]
    shapes = tuple(s for s in shapes if s != Word("null"))
    options = [option for option in options if option.get("type") != "null"]
    if not shapes:
        return [f"{at}: always null?"] if options else []
    enumeration = [value for option in options for value in option.get("enum", [])]
    texts = [s.value for s in shapes if isinstance(s, Example) and isinstance(s.value, str)]
    if enumeration:
        return [] if sorted(enumeration) == sorted(map(str, texts)) else [f"{at}: {texts} or {enumeration}?"]
    if len(texts) > 1 and Word("...") not in shapes:
        return [f"{at}: the server takes more than {texts}"]
    if isinstance(shapes[0], Several):
        members, items = shapes[0].members, _options(_resolved(options[0]["items"], schemas))
        pairs = zip(members, items, strict=True) if len(items) > 1 else [(OneOf(members), options[0]["items"])]
        return [d for member, option in pairs for d in differences(member, option, schemas, f"{at}[]")]
    if len(shapes) > 1 and all(isinstance(shape, Record) for shape in shapes):
        pairs = list(zip(shapes, options, strict=True))
        return [d for record, option in pairs for d in differences(record, option, schemas, at)]
    if isinstance(shapes[0], Record) and "additionalProperties" in options[0] and "properties" not in options[0]:
        value = options[0]["additionalProperties"]  # the names are examples
        return [d for n, field in shapes[0].fields.items() for d in differences(field, value, schemas, f"{at}.{n}")]
    if isinstance(shapes[0], Record):
        fields, properties = shapes[0].fields, options[0]["properties"]
        if fields.keys() != properties.keys() or fields.keys() != set(options[0]["required"]):
            return [f"{at}: {sorted(fields)} or {sorted(properties)}, {sorted(options[0]['required'])}?"]
        return [d for n, field in fields.items() for d in differences(field, properties[n], schemas, f"{at}.{n}")]
    kinds = {option.get("type") or type(option.get("const")).__name__ for option in options}
    return [] if kinds <= _kinds(shapes[0]) else [f"{at}: {shapes[0]} or {kinds}?"]


def _options(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return schema.get("anyOf") or schema.get("oneOf") or [schema]


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _kinds(shape: Shape) -> set[str]:
    if isinstance(shape, Example):
        return {"string"} if isinstance(shape.value, str) else {"integer", "number"}
    return {"boolean"} if shape in (Word("true"), Word("false")) else {"string"}


def test_the_register_is_answered_as_documented(server: str) -> None:
    changes = requests.get(f"{server}/changes", params={"limit": 1000}, timeout=20).json()
    assert misfits(block("changes"), changes, NAMES) == []
    snapshot = requests.get(f"{server}/snapshot", timeout=20).json()
    assert misfits(block("snapshot"), snapshot, NAMES) == []
    assert len(snapshot["products"]) == len(changes["changes"]) > 0
    assert snapshot["register"] == changes["register"]


def test_one_product_and_its_statement_are_answered_as_documented(server: str) -> None:
    products = requests.get(f"{server}/snapshot", timeout=20).json()["products"]
    answers = [requests.get(f"{server}/products/{p['gtin']}", timeout=20) for p in products[:5]]
    for answer, product in zip(answers, products, strict=False):
        assert misfits(block("one product"), answer.json(), NAMES) == []
        assert answer.json()["product"] == product
    signed = [requests.get(f"{server}/products/{p['gtin']}/statement", timeout=20) for p in products[:20]]
    assert {answer.status_code for answer in signed} == {200, 404}
    for answer in signed:
        assert misfits(block("statement") if answer.ok else ERROR, answer.json(), NAMES) == []


def test_the_checklists_are_answered_as_documented(server: str) -> None:
    register = requests.get(f"{server}/snapshot", timeout=20).json()["register"]
    for version in register["checklists"]:
        answer = requests.get(f"{server}/checklists/{version['sha256']}", timeout=20)
        assert hashlib.sha256(answer.content).hexdigest() == version["sha256"]
        document = answer.json()
        document["sources"] = {"ND37-42.1": next(iter(document["sources"].values()))}  # its names are examples
        found = misfits(block("CHECKLIST"), document, NAMES)
        assert [misfit for misfit in found if "is not documented" not in misfit] == [], "it may have further members"
    assert register["checklists"]


class Inspector:
    """An inspector of the sample register on a device of its own, who sends the document's own note."""

    def __init__(self, server: str) -> None:
        self.server, self.device = server, str(uuid.uuid4())
        who = {"username": "kiemtra01", "password": "mau-kiemtra-01", "device": self.device}
        self.session = requests.post(f"{server}/auth/sign-in", json=who, timeout=20).json()
        picture = io.BytesIO()
        Image.new("RGB", (8, 8), "green").save(picture, "JPEG")
        self.jpeg = picture.getvalue()
        self.photo = hashlib.sha256(self.jpeg).hexdigest()
        self.note = example(block("NOTE"), NAMES, uuid=str(uuid.uuid4()))
        self.note |= {"photos": [{"sha256": self.photo, "size": len(self.jpeg), "type": "image/jpeg"}]}
        self.note |= {"supersedes": None}

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> requests.Response:
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        signed = {"Authorization": f"Bearer {self.session['access']}", "Content-Digest": f"sha-256=:{digest}:"}
        return requests.request(method, self.server + path, data=body, headers={**signed, **headers}, timeout=20)


def test_what_a_round_is_planned_by_is_answered_as_documented(server: str) -> None:
    told = Inspector(server).send("GET", "/guidance")
    assert misfits(block("guidance"), told.json(), NAMES) == []
    assert told.json()["products"]


@pytest.mark.parametrize("kind", ["inspection", "round", "audit", "answer"])
def test_the_documents_own_record_is_taken_and_answered_as_documented(server: str, kind: str) -> None:
    sender = Inspector(server)
    file = {"sha256": sender.photo, "size": len(sender.jpeg), "type": "image/jpeg"}
    record = example(block(kind.upper()), NAMES, uuid=str(uuid.uuid4()))
    record |= {"supersedes": None, "files": [file], "text": "Có 12 hộp."}
    if kind == "round":
        del record["text"]
        record["looked_at"][0]["gtin"] = None
        record["signatures"][0] |= {"strokes": [[[12, 40], [1000, 400]]], "refused": None}
    if kind == "audit":
        del record["text"]
        record["files"] = []
    if kind == "inspection":
        record["checklist"]["answers"][0] |= {"item": "c1", "photo": sender.photo}
        record["checklist"] |= {"group": "thuc_pham", "law": "ND37/2026"}
        record["photos"] = [{"sha256": sender.photo, "shows": "label", "copy_of": None}]
    stored = sender.send("PUT", f"/records/{kind}/{record['id']}", rfc8785.dumps(record))
    assert stored.status_code == 201, stored.text
    assert misfits(block("RECEIPT"), stored.json(), NAMES) == []
    sent = sender.send("GET", "/records").json()
    assert misfits(block("records"), sent, NAMES) == []
    assert record in [row["body"] for row in sent["records"]]


def test_the_documents_own_note_is_taken_and_answered_as_documented(server: str) -> None:
    sender = Inspector(server)
    assert misfits(block("session"), sender.session, NAMES) == []
    assert misfits(block("own sessions"), sender.send("GET", "/auth/sessions").json(), NAMES) == []
    note = sender.note
    stored = sender.send("PUT", f"/inspections/{note['id']}", rfc8785.dumps(note))
    assert stored.status_code == 201, stored.text
    assert misfits(block("RECEIPT of a note"), stored.json(), NAMES) == []
    photo = sender.send("PUT", f"/inspections/{note['id']}/photos/{sender.photo}", sender.jpeg)
    assert photo.status_code == 201, photo.text
    assert misfits(block("photo receipt"), photo.json(), NAMES) == []
    sent = sender.send("GET", "/inspections").json()
    assert misfits(block("inspections"), sent, NAMES) == []
    assert note in [row["body"] for row in sent["inspections"]]


def test_a_record_and_its_file_in_parts_are_taken_and_answered_as_documented(server: str) -> None:
    sender = Inspector(server)
    note, length = sender.note, str(len(sender.jpeg))
    address, halves = f"/records/note/{note['id']}", (sender.jpeg[:100], sender.jpeg[100:])
    unknown = sender.send("PUT", address, rfc8785.dumps({**note, "schema": 99}))
    assert (unknown.status_code, unknown.json()["error"]) == (400, "unknown_schema")
    stored = sender.send("PUT", address, rfc8785.dumps(note))
    assert stored.status_code == 201, stored.text
    assert misfits(block("RECEIPT"), stored.json(), NAMES) == []
    file = f"{address}/files/{sender.photo}"
    part = sender.send("PUT", file, halves[0], **{"Upload-Offset": "0"})
    assert (part.status_code, part.json()["stored"]) == (200, False)
    assert misfits(block("file receipt"), part.json(), NAMES) == []
    wrong = sender.send("PUT", file, halves[0], **{"Upload-Offset": "0"})
    assert misfits(ERROR, wrong.json(), {}) == []
    assert (wrong.status_code, wrong.json()["error"], wrong.headers["Upload-Offset"]) == (409, "wrong_offset", "100")
    head = sender.send("HEAD", file)
    assert (head.status_code, head.content) == (200, b"")
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("100", length)
    whole = sender.send("PUT", file, halves[1], **{"Upload-Offset": "100"})
    assert (whole.status_code, whole.json()["stored"]) == (201, True)
    assert misfits(block("file receipt"), whole.json(), NAMES) == []
    sent = sender.send("GET", "/records").json()
    assert misfits(block("records"), sent, NAMES) == []
    (row,) = [row for row in sent["records"] if row["id"] == note["id"]]
    assert (row["kind"], row["body"], row["files"]) == ("note", note, [{"sha256": sender.photo, "stored": True}])

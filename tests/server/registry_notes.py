"""Making and sending notes and records of the made-up kind as the app does."""

from __future__ import annotations

import base64
import hashlib
import io
import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

import rfc8785
from django.test import Client
from PIL import Image
from urllib3 import encode_multipart_formdata

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

API = "/api/v1"
TODAY = date(2026, 11, 23)  # the sample register's day


def picture(colour: str = "red", kind: str = "JPEG") -> bytes:
    """A small real picture."""
    file = io.BytesIO()
    Image.new("RGB", (32, 24), colour).save(file, kind)
    return file.getvalue()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def content_digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def note(**changed: Any) -> dict[str, Any]:
    """A whole note, with some of its fields changed."""
    return {
        "schema": 1,
        "id": str(uuid.uuid4()),
        "device": "6f1d2c3b-0000-4000-8000-000000000001",
        "account": None,
        "created_at": "2026-11-23T08:00:00Z",
        "clock_offset": -3,
        "code": {
            "text": "https://id.ocop.example/01/09520000100016",
            "symbology": "QR Code",
            "gtin": "09520000100016",
            "lot": None,
            "serial": None,
            "expiry": None,
        },
        "verdict": {"status": "certified", "reasons": ["certificate_valid"], "as_of": "2026-11-23T07:00:00Z"},
        "outcome": "matches",
        "text": "Đúng nhãn, còn hạn.",
        "place": {"lat": 20.95, "lon": 107.08, "accuracy": 12.0},
        "photos": [],
        "supersedes": None,
        **changed,
    }


def made_up(**changed: Any) -> dict[str, Any]:
    """A whole record of the kind that tests alone have, with some of its fields changed."""
    return {
        "schema": 1,
        "kind": "made_up",
        "id": str(uuid.uuid4()),
        "device": "6f1d2c3b-0000-4000-8000-000000000001",
        "account": None,
        "created_at": "2026-11-23T08:00:00Z",
        "clock_offset": -3,
        "round": None,
        "supersedes": None,
        "prev": None,
        "files": [],
        "text": "Chỉ để thử.",
        **changed,
    }


SECRET = "00112233445566778899aabbccddeeff"


def report(**changed: Any) -> dict[str, Any]:
    """A whole report, with some of its fields changed."""
    return {
        "schema": 1,
        "kind": "report",
        "id": str(uuid.uuid4()),
        "device": "6f1d2c3b-0000-4000-8000-000000000001",
        "account": None,
        "created_at": "2026-11-23T08:00:00Z",
        "clock_offset": -3,
        "round": None,
        "supersedes": None,
        "prev": None,
        "files": [],
        "secret_hash": sha256(bytes.fromhex(SECRET)),
        "what": ["shows_stars", "looks_copied"],
        "text": "Gói này vẫn in sao.",
        "place": "Chợ Cửa Sông, phường Hồng Gai",
        "gtin": "09520000100016",
        "scanned": ["https://id.ocop.example/01/09520000100016"],
        "contact": "0900 000 000",
        **changed,
    }


PLACE = {
    "kind": "market",
    "name": "Chợ Hạ Long 1",
    "address": "Sạp 12, phường Hồng Gai",
    "position": {"lat": 20.95, "lon": 107.08, "accuracy": None},
}


def inspection(**changed: Any) -> dict[str, Any]:
    """A whole inspection, with some of its fields changed."""
    empty = {"code": None, "label": None}
    return {
        "schema": 1,
        "kind": "inspection",
        "id": str(uuid.uuid4()),
        "device": "6f1d2c3b-0000-4000-8000-000000000001",
        "account": "kiemtra01",
        "created_at": "2026-11-23T08:00:00Z",
        "clock_offset": -3,
        "round": str(uuid.uuid4()),
        "supersedes": None,
        "prev": None,
        "files": [],
        "place": PLACE,
        "gtin": "09520000100016",
        "product": {"name": "Trà hoa vàng", "producer": "HTX Ba Chẽ"},
        "codes": [],
        "verdict": {"status": "certified", "reasons": [], "as_of": "2026-11-23T07:00:00Z"},
        "copy_as_of": "2026-11-23T07:00:00Z",
        "quantity": {"amount": 2.5, "unit": "kg"},
        "price": 120000,
        "lot": {"code": "L1", "label": "L2"},
        "produced": empty,
        "expiry": {"code": "2027-01-31", "label": "2027-01-30"},
        "seal": "intact",
        "sale": "held_back",
        "seller_said": "Nhập từ đại lý.",
        "findings": ["stars_differ", "past_date"],
        "samples": [{"amount": 2, "unit": "hộp", "seal_number": "NP-7"}],
        "held": None,
        "checklist": None,
        "photos": [],
        "text": "Nhãn in 5 sao.",
        **changed,
    }


def round_(**changed: Any) -> dict[str, Any]:
    """A whole round, with some of its fields changed."""
    return {
        "schema": 1,
        "kind": "round",
        "id": str(uuid.uuid4()),
        "device": "6f1d2c3b-0000-4000-8000-000000000001",
        "account": "kiemtra01",
        "created_at": "2026-11-23T09:00:00Z",
        "clock_offset": -3,
        "round": None,
        "supersedes": None,
        "prev": None,
        "files": [],
        "place": PLACE,
        "inspected": {"name": "Nguyễn Thị Hoa", "registration": "22A8-001", "present": True},
        "people": [{"name": "Lê Văn Bình", "role": "inspector", "title": "Đội trưởng"}],
        "case_number": "12/KT-2026",
        "opened_at": "2026-11-23T07:30:00Z",
        "closed_at": "2026-11-23T09:00:00Z",
        "pauses": [{"from": "2026-11-23T08:10:00Z", "to": None}],
        "remarks": "Chủ sạp hợp tác.",
        "inspections": [],
        "looked_at": [
            {"gtin": None, "text": "8934563138165", "status": "not_registered", "at": "2026-11-23T08:00:00Z"}
        ],
        "signatures": [],
        **changed,
    }


def answer(**changed: Any) -> dict[str, Any]:
    """A whole answer, with some of its fields changed."""
    return {
        "schema": 1,
        "kind": "answer",
        "id": str(uuid.uuid4()),
        "device": "6f1d2c3b-0000-4000-8000-000000000001",
        "account": "kiemtra01",
        "created_at": "2026-11-23T08:00:00Z",
        "clock_offset": -3,
        "round": None,
        "supersedes": None,
        "prev": None,
        "files": [],
        "event": str(uuid.uuid4()),
        "to": {"kind": "note", "id": str(uuid.uuid4())},
        "text": "Có 12 hộp trên kệ.",
        **changed,
    }


def line(n: int = 1, **changed: Any) -> dict[str, Any]:
    """A whole line of an audit, with some of its fields changed."""
    return {
        "n": n,
        "at": "2026-11-23T07:30:00Z",
        "last_at": "2026-11-23T07:31:00Z",
        "shelf": "Kệ trà",
        "text": "https://id.ocop.example/01/09520000100016",
        "symbology": "QR Code",
        "input": "scanner",
        "gtin": "09520000100016",
        "product": {"name": "Trà hoa vàng", "producer": "HTX Ba Chẽ"},
        "own_name": "Trà vàng hộp nhỏ",
        "verdict": {"status": "certified", "reasons": [], "as_of": "2026-11-23T07:00:00Z"},
        "quantity": 12,
        "times": 3,
        "lot": f"L{n}",
        "expiry": "2027-01-31",
        "expiry_by": "code",
        "price": 120000,
        "stars_label": 4,
        "shows_mark": True,
        "done": None,
        **changed,
    }


def audit(**changed: Any) -> dict[str, Any]:
    """A whole audit, with some of its fields changed."""
    return {
        "schema": 1,
        "kind": "audit",
        "id": str(uuid.uuid4()),
        "device": "6f1d2c3b-0000-4000-8000-000000000001",
        "account": "cuahang01",
        "created_at": "2026-11-23T08:00:00Z",
        "clock_offset": -3,
        "round": None,
        "supersedes": None,
        "prev": None,
        "files": [],
        "shop": "Tạp hóa bà Hoa",
        "opened_at": "2026-11-23T07:30:00Z",
        "closed_at": "2026-11-23T08:00:00Z",
        "pauses": [{"from": "2026-11-23T07:40:00Z", "to": None}],
        "office": True,
        "remarks": "Đã xem hết kệ trà.",
        "copy_as_of": "2026-11-23T07:00:00Z",
        "lines": [line()],
        **changed,
    }


RECORDS = {
    "note": (note, "photos"),
    "report": (report, "files"),
    "inspection": (inspection, "files"),
    "round": (round_, "files"),
    "audit": (audit, "files"),
    "answer": (answer, "files"),
    "made_up": (made_up, "files"),
}
"""How a record of each kind is made, and what its files are called in it."""
TRIED = ("note", "report", "inspection", "made_up")
"""Kinds over which the tests of all kinds run; rounds and answers have nothing of their own in what these look at."""


def photo_of(content: bytes, kind: str = "image/jpeg") -> dict[str, Any]:
    """The line of a photo in a note."""
    return {"sha256": sha256(content), "size": len(content), "type": kind}


class Sender:
    """A device that sends, for an account or for nobody."""

    def __init__(self, client: Client, account: str | None = None) -> None:
        self.client = client
        self.account = account
        self.device = str(uuid.uuid4())
        self.tokens: dict[str, Any] = {}

    def record(self, kind: str, /, *files: bytes, **changed: Any) -> dict[str, Any]:
        """A record of this kind that names these JPEGs."""
        make, named = RECORDS[kind]
        own = {"account": self.account, "device": self.device, named: [photo_of(file) for file in files]}
        if kind == "inspection":
            own["photos"] = [{"sha256": sha256(file), "shows": "label", "copy_of": None} for file in set(files)]
        return make(**{**own, **changed})

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access']}"} if self.tokens else {}

    def note(self, **changed: Any) -> dict[str, Any]:
        return note(**{"account": self.account, "device": self.device, **changed})

    def get(self, path: str) -> Answer:
        return self.client.get(path, headers=self.headers())

    def post(self, path: str, document: Any) -> Answer:
        return self.client.post(path, document, content_type="application/json")

    def put_note(self, document: dict[str, Any], body: bytes | None = None, /, **headers: str) -> Answer:
        body = rfc8785.dumps(document) if body is None else body
        return self.client.put(
            f"{API}/inspections/{document['id']}",
            body,
            content_type="application/json",
            headers={"Content-Digest": content_digest(body), **self.headers(), **headers},
        )

    def put_photo(self, note_id: str, content: bytes, name: str | None = None, **headers: str) -> Answer:
        return self.client.put(
            f"{API}/inspections/{note_id}/photos/{name or sha256(content)}",
            content,
            content_type="image/jpeg",
            headers={"X-Device": self.device, **self.headers(), **headers},
        )

    def put_record(self, kind: str, document: dict[str, Any], body: bytes | None = None, /, **headers: str) -> Answer:
        body = rfc8785.dumps(document) if body is None else body
        return self.client.put(
            f"{API}/records/{kind}/{document['id']}",
            body,
            content_type=headers.pop("Content-Type", "application/json"),
            headers={"Content-Digest": content_digest(body), **self.headers(), **headers},
        )

    def put_together(self, kind: str, document: dict[str, Any], *parts: tuple[str, bytes], **headers: str) -> Answer:
        """A record with files that come along, each under a name."""
        body, content_type = encode_multipart_formdata(
            [("record", ("record.json", rfc8785.dumps(document), "application/json"))]
            + [(name, ("photo.jpg", content, "image/jpeg")) for name, content in parts]
        )
        return self.put_record(kind, document, body, **{"Content-Type": content_type, **headers})

    def file_address(self, kind: str, record_id: str, name: str) -> str:
        return f"{API}/records/{kind}/{record_id}/files/{name}"

    def put_file(
        self, kind: str, record_id: str, name: str, content: bytes, offset: int | None = None, **headers: str
    ) -> Answer:
        part = {} if offset is None else {"Upload-Offset": str(offset)}
        return self.client.put(
            self.file_address(kind, record_id, name),
            content,
            content_type="application/octet-stream",
            headers={"X-Device": self.device, **part, **self.headers(), **headers},
        )

    def head_file(self, kind: str, record_id: str, name: str, **headers: str) -> Answer:
        address = self.file_address(kind, record_id, name)
        return self.client.head(address, headers={"X-Device": self.device, **self.headers(), **headers})

    def held(self, kind: str, record_id: str, name: str, **headers: str) -> tuple[int, str, str]:
        """What HEAD says: the status, how many bytes are there, and of how many."""
        answer = self.head_file(kind, record_id, name, **headers)
        assert answer.content == b""
        return answer.status_code, answer.headers.get("Upload-Offset", ""), answer.headers.get("Upload-Length", "")


def error_of(answer: Any) -> tuple[int, str]:
    """Status and code of an error answer, whose body must be exactly the contract's."""
    body = answer.json()
    assert set(body) == {"error", "detail"}, body
    assert body["detail"].endswith(".")
    return answer.status_code, body["error"]

"""Closed rounds as a device leaves them, with keys and certificates that the tests make themselves."""

from __future__ import annotations

import hashlib
import io
import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image, ImageDraw

from services.notes.content import NotedVerdict, Position
from services.papers.making import Proof
from services.papers.trust import Trust, padless
from services.records.chain import record_message
from services.records.files import Photo, PhotoLost
from services.records.kind import INSPECTION, ROUND
from services.records.pauses import Pause
from services.records.record import seal
from services.register.statements import IssuerKey
from services.rounds.inspection import (
    Compared,
    FilledChecklist,
    Found,
    Inspection,
    ItemAnswer,
    Quantity,
    Sealed,
)
from services.rounds.place import Place
from services.rounds.round import (
    Inspected,
    LookedAt,
    OpenRound,
    Person,
    Round,
    Signature,
    content_hash,
)

AT = datetime(2026, 11, 28, 1, 20, tzinfo=UTC)
DEVICE = "6f0c1d1e-0000-4000-8000-00000000d001"
ACCOUNT = "6f0c1d1e-0000-4000-8000-00000000acc1"
SITE = "https://ocop.quangninh.example"


class Key:
    """A device's key, or a register's."""

    def __init__(self, seed: int) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.public = self.private.public_key().public_bytes_raw()
        self.kid = hashlib.sha256(self.public).hexdigest()[:32]

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


ISSUER = Key(1)
ISSUER_KEY = IssuerKey(
    "issuer-1", ISSUER.public, "Sở Nông nghiệp và Môi trường", AT - timedelta(days=300), None, None, None
)
TRUST = Trust((ISSUER_KEY,))


def certificate(key: Key, device: str = DEVICE, issuer: Key = ISSUER, **other: Any) -> str:
    """The certificate of a device's key."""
    return certificate_of(key.public, device, issuer, **other)


def certificate_of(public: bytes, device: str, issuer: Key = ISSUER, **other: Any) -> str:
    """The certificate of the key with this public half."""
    kid = hashlib.sha256(public).hexdigest()[:32]
    claims: dict[str, Any] = {"use": "device", "kid": kid, "key": padless(public), "device": device, "account": ACCOUNT}
    claims |= {"name": "Nguyễn Thu Hà", "iat": int((AT - timedelta(days=9)).timestamp())} | other
    parts = [{"alg": "EdDSA", "kid": "issuer-1"}, claims]
    signed = ".".join(padless(json.dumps(part, separators=(",", ":"), ensure_ascii=False).encode()) for part in parts)
    return f"{signed}.{padless(issuer.sign(signed.encode()))}"


@dataclass(frozen=True)
class ClosedRound:
    """A closed round with all that a device knows of it."""

    round: Round
    inspections: tuple[Inspection, ...]
    photos: dict[str, bytes]
    proof: Proof
    key: Key

    def print_copy(self, sha256: str) -> bytes:
        """A photo as it is printed. Raises PhotoLost."""
        try:
            return self.photos[sha256]
        except KeyError:
            raise PhotoLost(sha256, "photo_missing") from None


def photo(number: int, size: tuple[int, int] = (160, 120)) -> bytes:
    """A small picture of a pack."""
    draw = random.Random(number)
    picture = Image.new("RGB", size, tuple(draw.randrange(120, 255) for _ in range(3)))
    pen = ImageDraw.Draw(picture)
    wide, tall = size
    pen.rectangle((wide * 0.2, tall * 0.15, wide * 0.8, tall * 0.9), fill=tuple(draw.randrange(256) for _ in range(3)))
    pen.rectangle((wide * 0.3, tall * 0.3, wide * 0.7, tall * 0.6), fill="white")
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85)
    return target.getvalue()


def signed_by(key: Key, sha256: str) -> str:
    return f"{key.kid};{padless(key.sign(record_message(sha256)))}"


_STATUSES = ("withdrawn", "certified", "not_registered", "certificate_expires_soon", "star_mismatch")
_PRODUCTS = (
    ("Mực khô Vân Đồn xé tẩm", "HTX Thủy sản Vân Đồn"),
    ("Trà hoa vàng Đầm Hà nụ sấy", "Hộ kinh doanh Gia Quang"),
    ("Chả mực Cẩm Phả giã tay", "Công ty TNHH Chả mực Cẩm Phả"),
    ("Mật ong hoa rừng Ba Chẽ", "HTX Ong Ba Chẽ"),
    (
        "Bộ quà tặng đặc sản vùng biển Quảng Ninh gồm ruốc hàu, ruốc tôm, sá sùng khô rang muối và nước mắm cốt nhĩ",
        "Hợp tác xã Dịch vụ Nông nghiệp và Chế biến Thủy hải sản Thắng Lợi Quan Lạn huyện đảo Vân Đồn",
    ),
)
_FINDINGS = (
    ("certificate_ended", "label_differs"),
    ("matches",),
    ("no_papers",),
    ("past_date",),
    ("stars_differ", "other"),
)


def found(number: int, items: tuple[str, ...] = (), version: str = "0" * 64) -> Found:
    kind = number % 5
    name, producer = _PRODUCTS[kind]
    answers = tuple(
        ItemAnswer(
            item,
            "wrong" if at == 1 else "missing" if at == 4 else "not_checked" if at == 6 else "ok",
            "certificate" if at == 1 else "code" if at == 2 else "person",
            "Nhãn ghi 5 sao, giấy 4 sao" if at == 1 else "",
        )
        for at, item in enumerate(items)
    )
    return Found(
        gtin=f"{9520010800014 + number:014}",
        product_name=name,
        producer_name=producer,
        verdict=NotedVerdict(_STATUSES[kind], (), AT),
        copy_as_of=AT - timedelta(minutes=100),
        quantity=Quantity(12 + number, "gói") if kind != 2 else Quantity(1.5, "kg"),
        price=185_000 if kind != 3 else None,
        lot=Compared("L260914", "L260915" if kind == 0 else "L260914"),
        expiry=Compared("2027-09-14", "2027-09-14"),
        seal="intact" if kind else "broken",
        sale="on_sale" if kind else "held_back",
        seller_said="Nhập tháng 10 của đầu mối, chưa kịp kiểm tra." if kind == 0 else "",
        findings=_FINDINGS[kind],
        samples=(Sealed(0.5, "kg", "NP-01"),) if kind == 0 else (),
        held=Sealed(12, "gói", "NP-02") if kind == 0 else None,
        checklist=FilledChecklist(version, "tp", "ND37/2026", "2026-11-28", answers) if answers else None,
        text="Vẫn in 4 sao trên nhãn." if kind == 0 else "",
    )


def closed_round(
    products: int = 2,
    photos_each: int = 1,
    *,
    refused: bool = False,
    items: tuple[str, ...] = (),
    size: tuple[int, int] = (160, 120),
    key: Key | None = None,
    prev: str | None = None,
    looked: int = 3,
    version: str = "0" * 64,
    draw: Callable[[int, tuple[int, int]], bytes] = photo,
) -> ClosedRound:
    """Make a closed round with so many inspections, each signed and chained to the one before it.

    `items` are those of the checklist of this `version` that are answered; `draw` makes a photo by its number.
    """
    key = key or Key(7)
    round_id = str(uuid.UUID(int=0xD07 << 96, version=4))
    place = Place(
        "market", "Chợ Cửa Sông", "Dãy B, sạp 12, phường Hồng Gai, tỉnh Quảng Ninh", Position(20.9512, 107.0801, 12.0)
    )
    common = {"schema": 1, "device": DEVICE, "account": "ha.nguyen", "clock_offset": 0, "supersedes": None}
    photos: dict[str, bytes] = {}
    inspections: list[Inspection] = []
    signatures: dict[str, str] = {}
    for number in range(products):
        taken = [draw(number * 10 + n, size) for n in range(photos_each)]
        files = [Photo(hashlib.sha256(jpeg).hexdigest(), len(jpeg)) for jpeg in taken]
        photos |= {file.sha256: jpeg for file, jpeg in zip(files, taken, strict=True)}
        body = common | {
            "kind": "inspection",
            "id": str(uuid.UUID(int=(0xABC << 96) + number, version=4)),
            "created_at": (AT + timedelta(minutes=5 * number)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "round": round_id,
            "prev": prev,
            "files": [file.to_json() for file in files],
            "place": place.to_json(),
            "photos": [
                {"sha256": file.sha256, "shows": ("front", "label")[n % 2], "copy_of": None}
                for n, file in enumerate(files)
            ],
            **found(number, items, version).to_json(),
        }
        record = Inspection.of(seal(INSPECTION, body, ACCOUNT))
        prev = record.sha256
        signatures[record.sha256] = signed_by(key, record.sha256)
        inspections.append(record)
    said = OpenRound(
        round_id,
        AT,
        place,
        Inspected("Hộ kinh doanh Trần Văn Lộc", "22A8012345"),
        (
            Person("Nguyễn Thu Hà", "inspector", "Đội trưởng"),
            Person("Lê Quang Vinh", "inspector", "Kiểm soát viên"),
            Person("Phạm Thị Mai", "witness", "Ban quản lý chợ"),
        ),
        "QLTT-QN-2026/118",
        "Sạp hợp tác tốt.",
        (Pause(AT + timedelta(minutes=40), AT + timedelta(minutes=55)),),
        tuple(LookedAt(f"952{n}", None, "certified" if n else "not_registered", AT) for n in range(looked)),
        (),
        AT + timedelta(minutes=134),
    )
    body = said.to_json() | common | {"kind": "round", "round": None, "prev": prev, "files": []}
    body |= {"created_at": "2026-11-28T03:34:00Z"}
    body |= {"inspections": [{"id": each.id, "sha256": each.sha256} for each in inspections]}
    content = content_hash(body)
    at = AT + timedelta(minutes=131)
    wave = tuple((100 + 8 * n, 200 + (60 if n % 20 < 10 else -60) * (n % 10) // 10) for n in range(100))
    people = [Signature("inspector", "Nguyễn Thu Hà", at, content, (wave, ((300, 330), (900, 300))))]
    if refused:
        people.append(
            Signature("seller", "Trần Văn Lộc", at, content, (), "Không đồng ý với số lượng ghi nhận, chờ chủ sạp về")
        )
    else:
        people.append(Signature("seller", "Trần Văn Lộc", at, content, (wave[::-1], ((500, 100),))))
    body |= {"signatures": [signature.to_json() for signature in people]}
    closed = Round.of(seal(ROUND, body, ACCOUNT))
    signatures[closed.sha256] = signed_by(key, closed.sha256)
    return ClosedRound(closed, tuple(inspections), photos, Proof(signatures, {key.kid: certificate(key)}), key)


def with_proof(closed: ClosedRound, **other: Any) -> ClosedRound:
    return replace(closed, proof=replace(closed.proof, **other))

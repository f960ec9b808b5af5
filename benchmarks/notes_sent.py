"""Notes with a photo as the app sends them: one request, with the record's signature and a digest of the whole body."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SERVER = Path(__file__).resolve().parent.parent / "server"
API = "/api/v1"
ACCOUNT = "kiemtra01"


class SignedIn(NamedTuple):
    """A device that is signed in: its tokens, its id, its key's name, and the key that its records are signed with."""

    access: str
    refresh: str
    id: str
    kid: str
    key: bytes


def sign_in(database_url: str, data: Path, count: int) -> tuple[SignedIn, ...]:
    """Sign `count` devices of one account in, and have their keys certified; nobody types a password."""
    keys = [Ed25519PrivateKey.generate() for _ in range(count)]
    public = [_base64url(key.public_key().public_bytes_raw()) for key in keys]
    code = (
        "import django, json, sys, uuid; django.setup()\n"
        "from accounts import sessions; from accounts.models import User; from records import device_keys\n"
        f"user = User.objects.get(username='{ACCOUNT}')\n"
        "for public in json.load(sys.stdin):\n"
        "    device = uuid.uuid4(); device_keys.certify(user, device, public)\n"
        "    tokens = sessions.sign_in(user, device)\n"
        "    print(json.dumps([tokens.access, tokens.refresh, str(device), device_keys.kid_of(public)]))"
    )
    told = {"DATABASE_URL": database_url, "OCOP_SERVER_DATA": str(data), "DJANGO_SETTINGS_MODULE": "config.settings"}
    run = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(public).encode(),
        cwd=SERVER, env={**os.environ, **told}, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    made = zip((json.loads(line) for line in run.stdout.splitlines()), keys, strict=True)
    return tuple(
        SignedIn(access, refresh, device, kid, key.private_bytes_raw()) for (access, refresh, device, kid), key in made
    )


class Picture:
    """The photo that all notes have in common; what follows a JPEG's end makes each another file."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._hashed = hashlib.sha256(content)

    def sha256(self, *, before: bytes = b"", after: bytes = b"") -> hashlib._Hash:
        """The hash of the photo with something before and after it."""
        whole = hashlib.sha256(before + self.content) if before else self._hashed.copy()
        whole.update(after)
        return whole


@dataclass(frozen=True)
class NoteRequest:
    """A note that is ready to be sent: the body is `before`, the picture, `after`. `headers` has no token."""

    path: str
    headers: str
    before: bytes
    after: bytes
    sha256: str


def note_request(
    note: dict[str, object], picture: Picture, device: str, signer: tuple[str, Ed25519PrivateKey] | None
) -> NoteRequest:
    """A new note that says `note` and brings the picture; `signer` (a key and its name) is None for nobody's."""
    identity = str(uuid.uuid4())
    tail = identity.encode()
    photo = picture.sha256(after=tail).hexdigest()
    named = [{"sha256": photo, "size": len(picture.content) + len(tail), "type": "image/jpeg"}]
    own = {"id": identity, "device": device, "account": ACCOUNT if signer else None, "photos": named}
    record = rfc8785.dumps({**note, **own})  # type: ignore[dict-item]  # what JSON may hold
    sha256 = hashlib.sha256(record).hexdigest()
    boundary = f"ocop-{identity}"
    before = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n".encode() + content
        for name, kind, content in (("record", "application/json", record + b"\r\n"), (photo, "image/jpeg", b""))
    )  # fmt: skip
    after = tail + f"\r\n--{boundary}--\r\n".encode()
    digest = base64.b64encode(picture.sha256(before=before, after=after).digest()).decode()
    headers = f"Content-Type: multipart/form-data; boundary={boundary}\r\nContent-Digest: sha-256=:{digest}:\r\n"
    if signer:
        kid, key = signer
        signature = _base64url(key.sign(b"ocop-record\n" + sha256.encode()))
        headers += f"Record-Signature: {kid};{signature}\r\n"
    return NoteRequest(f"{API}/records/note/{identity}", headers, before, after, sha256)


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

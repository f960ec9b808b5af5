#!/usr/bin/env python
"""Forges, drops, swaps, copies and revokes what an inspector records, and prints who finds it and what it is called.

    .venv/bin/python benchmarks/forgeries.py                     # all cases, about three minutes
    .venv/bin/python benchmarks/forgeries.py --only fork --only photo
    .venv/bin/python benchmarks/forgeries.py --vi                # the app's words in Vietnamese too

A real server on SQLite, real folders of devices, real PDFs. The columns are what `main.py check-record` says of the
PDF on another device, what the page that the paper's QR code opens says, and what the back office shows. A case has
words that must be there and words that must not. The program ends with 1 where one is not so.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import html
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import requests
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from services.accounts.sealing import SealingKey  # noqa: E402 - of this project, not installed
from services.client.registry import Registry  # noqa: E402
from services.papers.checking import check_pdf  # noqa: E402
from services.papers.file_form import Manifest, read_pdf, sealed  # noqa: E402
from services.papers.paper import Paper, paper_link  # noqa: E402
from services.papers.trust import Trust, padless  # noqa: E402
from services.papers.words import fault_words  # noqa: E402
from services.records.chain import signature_of  # noqa: E402
from services.records.record import Receipt  # noqa: E402
from services.register.catalogue import Catalogue  # noqa: E402
from services.rounds.inspection import Finding, Found, Inspection, Shows  # noqa: E402
from services.rounds.place import Place, PlaceKind  # noqa: E402
from services.rounds.round import Inspected, Role, Round, Signature  # noqa: E402
from services.storage.store import Store  # noqa: E402
from services.workspace import Workspace  # noqa: E402
from tests.support.closed_rounds import photo  # noqa: E402
from tests.support.registry_server import RegistryServer  # noqa: E402
from views.parts.round_paper import paper_of  # noqa: E402
from views.parts.texts import Texts  # noqa: E402

INSPECTOR, COLLEAGUE = ("kiemtra01", "mau-kiemtra-01"), ("kiemtra02", "mau-kiemtra-02")
ADMINISTRATOR = ("quantri", "mau-quantri-01")
YEAR = timedelta(days=365)
WAIT = 30.0
_CHECK, _PAGE, _OFFICE = 0, 1, 2

SEAL_KEY = SealingKey.of_browser("the same text in every run")


@dataclass
class Told:
    """What the check, the page and the back office say."""

    check: list[str] = field(default_factory=list)
    page: list[str] = field(default_factory=list)
    office: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Case:
    """A case: its name, what makes it, and what must and must not be said in which column."""

    name: str
    make: Callable[[Town], Told]
    said: tuple[str, str, str]
    unsaid: tuple[str, str, str] = ("", "", "")


class NobodyAnswers(Registry):
    """The server at an address, without a network between."""

    def __init__(self, address: str) -> None:
        self._known = address
        super().__init__("http://127.0.0.1:9", timeout=(1, 1))
        self.addresses = frozenset({address})

    @property
    def url(self) -> str:
        return self._known


class Phone:
    """An inspector's device: a folder, with the account signed in."""

    def __init__(self, town: Town, name: str, who: tuple[str, str] = INSPECTOR) -> None:
        self.town, self.who = town, who
        self.root = town.scratch / name
        self.open()
        if self.device.accounts.current is None:
            self.device.sign_in(*who)

    def open(self) -> None:
        """Open the app on the folder, and wait for the copy of the register."""
        self.workspace = Workspace.open(self.root, server=self.town.server.url)
        self.device = self.workspace.device("local")
        self.device.accounts.unlock(SEAL_KEY)
        until(lambda: self.workspace.catalogue.copy.complete)

    def offline(self) -> None:
        """Cut the network: the app knows its server, and nobody answers there."""
        self.workspace.use(NobodyAnswers(self.town.server.url))

    def online(self) -> None:
        self.workspace.connect(self.town.server.url)

    def close(self) -> None:
        self.workspace.close()

    def inspect(self, round_id: str, number: int, at: datetime) -> str:
        """One inspection with a photo."""
        rounds, author = self.device.rounds, self.device.author
        findings = (Finding.MATCHES,) if number % 2 else (Finding.NO_PAPERS,)
        draft = rounds.begin(round_id, Found(product_name=f"Trà hoa vàng {number}", findings=findings), author, now=at)
        rounds.add_photo(draft.id, photo(self.town.next(), (320, 240)), Shows.FRONT)
        return rounds.finish(draft.id, author, now=at).id

    def begin(self, at: datetime) -> str:
        inspected = Inspected("Hộ kinh doanh Trần Văn Lộc", "22A8012345")
        place = Place(PlaceKind.MARKET, "Chợ Cửa Sông", "Sạp 12")
        return self.device.rounds.open(place, inspected, (), None, self.device.author.viewer, now=at).id

    def finish(self, round_id: str, at: datetime, *, refused: str | None = None) -> Round:
        rounds, author = self.device.rounds, self.device.author
        content = rounds.to_sign(round_id, author, now=at)
        strokes = () if refused else (((100, 100), (900, 300)),)
        rounds.sign(round_id, Signature(Role.SELLER, "Trần Văn Lộc", at, content, strokes, refused), author)
        return rounds.close(round_id, author, now=at)

    def round(self, products: int = 2, at: datetime | None = None, refused: str | None = None) -> Round:
        """A round with so many inspections, closed."""
        at = at or datetime.now(UTC)
        round_id = self.begin(at)
        for number in range(products):
            self.inspect(round_id, number, at + timedelta(seconds=number))
        return self.finish(round_id, at + timedelta(seconds=products), refused=refused)

    def send(self) -> None:
        """Send all that waits, and wait until the server has it."""
        books = (*self.device.rounds.books, self.device.answers.records)

        def sent() -> bool:
            if self.device.accounts.sign_in_needed:
                self.device.sign_in(*self.who)
            self.device.send_now()
            time.sleep(0.1)
            return not any(book.waiting for book in books)

        until(sent)

    def pdf(self, closed: Round) -> bytes:
        made = paper_of(self.device, self.workspace, closed.id, [Texts("vi")])
        assert made
        return made.pdf

    def paper(self, closed: Round) -> tuple[Any, Paper]:
        """The device's key, and what the code says."""
        key = self.device.accounts.signing_key(closed.owner or "", closed.device)
        found = [Inspection.of(self.device.rounds.inspections.record(each)) for each, _hash in closed.inspections]
        return key, Paper.of(closed, found)


class Town:
    """The server, its office, and another device that checks."""

    def __init__(self, scratch: Path, *, vietnamese: bool) -> None:
        self.scratch, self.vietnamese = scratch, vietnamese
        self._number = 0
        self.server = RegistryServer(scratch / "server")
        self.server.start()

    def next(self) -> int:
        self._number += 1
        return self._number

    def close(self) -> None:
        self.server.stop()

    def manage(self, *arguments: str) -> str:
        """Run a command of the server; its output, errors too."""
        environment = {**os.environ, "OCOP_SERVER_DATA": str(self.server.data)}
        command = [sys.executable, str(ROOT / "server" / "manage.py"), *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def revoke(self, kid: str) -> None:
        self.manage(
            "shell", "--no-imports", "-c", f"from records.device_keys import revoke; revoke('{kid}', 'Mất máy')"
        )

    @cached_property
    def reader(self) -> Path:
        """The folder of a device that only checks."""
        workspace = Workspace.open(self.scratch / "reader", server=self.server.url)
        until(lambda: workspace.catalogue.copy.complete)
        workspace.close()
        return workspace.root

    def reader_syncs(self) -> None:
        """Bring the reader's copy up to date."""
        workspace = Workspace.open(self.reader, server=self.server.url)
        until(lambda: workspace.fetcher.status.last_success is not None)
        workspace.close()

    def check(self, *told: bytes | str) -> list[str]:
        """What `main.py check-record` prints on the reader's device; in Vietnamese what its screen says of faults."""
        names = []
        for each in told:
            name = each if isinstance(each, str) else str(self.scratch / f"{self.next()}.pdf")
            if isinstance(each, bytes):
                Path(name).write_bytes(each)
            names.append(name)
        command = [sys.executable, "main.py", "check-record", *names, "--data", str(self.reader)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        lines = (done.stdout + done.stderr).replace(str(self.scratch) + "/", "").splitlines()
        shown = [line.strip() for line in lines if re.search(r": |!|received|corrected|another record|revoked", line)]
        shown = [line for line in shown if not re.match(r"(by the register's copy|inspected|round |SHA|\d\. )", line)]
        if self.vietnamese:
            trust = Trust.of(Catalogue.open(self.reader / "catalogue", read_only=True).register)
            files = [each for each in told if isinstance(each, bytes)]
            shown += [fault_words(f, Texts("vi").gettext) for each in files for f in check_pdf(each, trust).faults]
        return [*shown, f"(ends with {done.returncode})"]

    def page(self, link: str) -> list[str]:
        """The headlines of the page that the code opens, in Vietnamese and English."""
        told = []
        for language in ("vi", "en"):
            text = requests.get(f"{link}&lang={language}", timeout=30).text
            told += [html.unescape(each) for each in re.findall(r'<p class="headline">(.*?)</p>', text, re.DOTALL)]
        half = len(told) // 2
        return [f"{one} / {other}" for one, other in zip(told[:half], told[half:], strict=True)]

    def proof(self, record_id: str, sha256: str) -> str:
        """What `GET /proofs` says."""
        address = f"{self.server.url}/api/v1/proofs/{record_id}?hash={sha256}"
        return f"GET /proofs: {requests.get(address, timeout=30).json()['state']}"

    @cached_property
    def office(self) -> requests.Session:
        browser = requests.Session()
        address = f"{self.server.url}/admin/login/"
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', browser.get(address, timeout=30).text)
        assert token
        fields = {"csrfmiddlewaretoken": token[1], "username": ADMINISTRATOR[0], "password": ADMINISTRATOR[1]}
        browser.post(address, fields, headers={"Referer": address}, timeout=30)
        return browser

    def shown(self, kind: str, record_id: str) -> list[str]:
        """What the office's page of a record says of its signature, its chain and what is not as it should be."""
        page = self.office.get(f"{self.server.url}/admin/rounds/{kind}/{record_id}/change/", timeout=30)
        if page.status_code != 200:
            return [f"status {page.status_code}"]
        text = html.unescape(re.sub(r"<[^>]+>", "\n", page.text))
        wanted = re.compile(
            r"^(ký bằng khóa.*|không có chữ ký của máy|Hai phiếu cùng nối.*|Phiếu liền trước chưa.*|Đồng hồ của máy.*|"
            r".*CHƯA NHẬN ĐƯỢC.*|KHÁC với.*|.*đã được thay.*|.*thay cho phiếu mà.*|.*từ chối ký.*|.*, lý do: .*|"
            r"Đã xóa tên và.*|.*KÝ MỘT NỘI DUNG KHÁC.*|.*đợt không nêu.*)$"
        )
        lines = (" ".join(line.split()) for line in text.splitlines())
        told = [re.sub(r"khóa [0-9a-f]{32}", "khóa …", line) for line in lines if wanted.match(line)]
        return list(dict.fromkeys(told))

    def told_of(self, pdf: bytes, closed: Round) -> Told:
        """All three, of a round whose device is not open."""
        return Told(self.check(pdf), self.page(manifest_of(pdf).link or ""), self.shown("round", closed.id))

    def told(self, phone: Phone, closed: Round, *files: bytes | str) -> Told:
        """All three, of a round; `files` instead of its own PDF for the check."""
        own = files or (phone.pdf(closed),)
        link = next(
            (m.link for each in own if isinstance(each, bytes) for m in read_pdf(each).manifests if m.link), None
        )
        return Told(self.check(*own), self.page(link or link_of(phone, closed)), self.shown("round", closed.id))


def until(done: Callable[[], bool]) -> None:
    """Wait. Raises TimeoutError."""
    ends = time.monotonic() + WAIT
    while not done():
        if time.monotonic() > ends:
            raise TimeoutError
        time.sleep(0.05)


def link_of(phone: Phone, closed: Round, **changed: Any) -> str:
    """The address in the code, by the round's own key, with other facts where they are given."""
    key, facts = phone.paper(closed)
    certificate = phone.device.accounts.keys.certificate_of(key.kid, [phone.town.server.url])
    return paper_link(phone.town.server.url, replace(facts, **changed), key, certificate)


def with_file(pdf: bytes, number: int, change: Callable[[bytes], bytes]) -> bytes:
    """The PDF with an attached file changed: 0 is the round, then come the inspections, -1 are the signatures."""
    found = list(re.finditer(rb"/Type /EmbeddedFile", pdf))[number]
    start = pdf.index(b"stream\n", found.end()) + 7
    end = pdf.index(b"\nendstream", start)
    return pdf[:start] + zlib.compress(change(zlib.decompress(pdf[start:end]))) + pdf[end:]


def with_manifest(pdf: bytes, **changed: Any) -> bytes:
    """The PDF with other members in signatures.json."""
    return with_file(pdf, -1, lambda content: rfc8785.dumps(json.loads(content) | changed))


def manifest_of(pdf: bytes) -> Manifest:
    return read_pdf(pdf).manifests[0]


def without_seal(pdf: bytes) -> bytes:
    return pdf[: pdf.rindex(b"%OCOP-SEAL ")]


def with_other_words(pdf: bytes) -> bytes:
    """The PDF whose first page draws its longest text twice the other way round: other words than were drawn."""
    for found in re.finditer(rb"stream\r?\n", pdf):
        end = pdf.index(b"\nendstream", found.end())
        with contextlib.suppress(zlib.error):
            page = zlib.decompress(pdf[found.end() : end])
            if b" Tj" in page or b"TJ" in page:
                words = max(re.findall(rb"\(((?:[^()\\]|\\.)*)\) ?Tj", page) or [b""], key=len)
                other = page.replace(b"(" + words + b")", b"()", 1) if words else page.replace(b"BT", b"BT 9 Ts", 1)
                return pdf[: found.end()] + zlib.compress(other) + pdf[end:]
    raise ValueError("no page")


@dataclass(frozen=True)
class Stranger:
    """A key that nobody certified."""

    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def kid(self) -> str:
        return hashlib.sha256(self.public).hexdigest()[:32]

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


# The cases


def as_it_was_made(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        return town.told(phone, closed)


def before_it_was_sent(town: Town) -> Told:
    with phone_of(town) as phone:
        phone.offline()
        closed = phone.round()
        return town.told(phone, closed)


def one_byte_of_the_round(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        altered = with_file(
            phone.pdf(closed), 0, lambda content: content.replace(b"Trang", b"Trong").replace(b"12", b"13", 1)
        )
        told = town.told(phone, closed, altered)
        sha256 = hashlib.sha256(closed.canonical().replace(b"12", b"13", 1)).hexdigest()
        return replace(told, page=[*told.page, town.proof(closed.id, sha256)])


def one_byte_of_an_inspection(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        return town.told(
            phone, closed, with_file(phone.pdf(closed), 2, lambda c: c.replace(b'"matches"', b'"no_papers"'))
        )


def one_byte_of_the_file(town: Town) -> Told:
    """Within a packed attachment, which then cannot be unpacked."""
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        pdf = bytearray(phone.pdf(closed))
        found = re.search(rb"/Type /EmbeddedFile", bytes(pdf))
        assert found
        pdf[pdf.index(b"stream\n", found.end()) + 60] ^= 1
        return town.told(phone, closed, bytes(pdf))


def words_changed_and_sealed_anew(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        return town.told(phone, closed, sealed(with_other_words(without_seal(phone.pdf(closed))), Stranger()))


def words_changed_and_sealed_by_a_colleague(town: Town) -> Told:
    with phone_of(town) as phone, phone_of(town, COLLEAGUE) as other:
        closed = phone.round()
        phone.send()
        pdf = with_other_words(without_seal(phone.pdf(closed)))
        key = other.device.accounts.signing_key(other.device.accounts.viewer.account or "", other.device.id)
        assert key
        certificate = key.certificate([town.server.url])
        both = manifest_of(pdf).certificates | {key.kid: certificate}
        return town.told(phone, closed, sealed(with_manifest(pdf, certificates=both), key))


def anothers_code_on_the_paper(town: Town) -> Told:
    with phone_of(town) as phone:
        closed, other = phone.round(), phone.round(1)
        phone.send()
        told = town.told(phone, closed, phone.pdf(closed), link_of(phone, other))
        return replace(
            told, page=[*town.page(link_of(phone, other)), f"shows the id {other.id[:8]}…, its day and counts"]
        )


def anothers_code_in_the_file(town: Town) -> Told:
    with phone_of(town) as phone:
        closed, other = phone.round(), phone.round(1)
        phone.send()
        pdf = with_manifest(without_seal(phone.pdf(closed)), link=link_of(phone, other))
        return replace(town.told(phone, closed, pdf), page=town.page(link_of(phone, closed)))


def other_numbers_in_the_code(town: Town) -> Told:
    """Signed by the inspector's own key."""
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        link = link_of(phone, closed, products=9)
        return town.told(phone, closed, with_manifest(without_seal(phone.pdf(closed)), link=link))


def code_signed_by_a_colleague(town: Town) -> Told:
    with phone_of(town) as phone, phone_of(town, COLLEAGUE) as other:
        closed = phone.round()
        phone.send()
        _key, facts = phone.paper(closed)
        key = other.device.accounts.signing_key(other.device.accounts.viewer.account or "", other.device.id)
        assert key
        link = paper_link(town.server.url, facts, key, key.certificate([town.server.url]))
        return town.told(phone, closed, with_manifest(without_seal(phone.pdf(closed)), link=link))


def certificate_from_outside_its_issuers_days(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        (path,) = (town.server.data / "issuer-keys").glob("*.pem")
        issuer = load_pem_private_key(path.read_bytes(), None)
        assert isinstance(issuer, Ed25519PrivateKey)
        key, account = Stranger(), json.loads(unpad(next(iter(manifest_of(phone.pdf(closed)).certificates.values()))))
        claims = account | {"kid": key.kid, "key": padless(key.public), "iat": 946_684_800}
        parts = [padless(rfc8785.dumps(part)) for part in ({"alg": "EdDSA", "kid": path.stem}, claims)]
        token = ".".join([*parts, padless(issuer.sign(".".join(parts).encode()))])
        link = paper_link(town.server.url, phone.paper(closed)[1], key, token)
        signatures = {closed.sha256: signature_of(closed, key)}
        pdf = with_manifest(
            without_seal(phone.pdf(closed)), link=link, signatures=signatures, certificates={key.kid: token}
        )
        return town.told(phone, closed, pdf)


def signed_with_the_key_of_another_device(town: Town) -> Told:
    """A session of one device sends a record that the same account's key of another device has signed."""
    with phone_of(town) as phone, phone_of(town) as tablet:
        closed = phone.round(1)
        key = tablet.device.accounts.signing_key(tablet.device.accounts.viewer.account or "", tablet.device.id)
        assert key
        credentials = {"username": INSPECTOR[0], "password": INSPECTOR[1], "device": tablet.device.id}
        signed_in = requests.post(f"{town.server.url}/api/v1/auth/sign-in", json=credentials, timeout=30).json()
        body = rfc8785.dumps(closed.body | {"id": (other := str(uuid.uuid4()))})
        sha256 = hashlib.sha256(body)
        signature = padless(key.sign(b"ocop-record\n" + sha256.hexdigest().encode()))
        answer = requests.put(
            f"{town.server.url}/api/v1/records/round/{other}",
            body,
            headers={
                "Authorization": f"Bearer {signed_in['access']}",
                "Content-Type": "application/json",
                "Content-Digest": f"sha-256=:{base64.b64encode(sha256.digest()).decode()}:",
                "Record-Signature": f"{key.kid};{signature}",
            },
            timeout=30,
        ).json()
        phone.send()
        own = with_manifest(
            without_seal(phone.pdf(closed)),
            signatures={closed.sha256: signature_of(closed, key)},
            certificates={key.kid: key.certificate([town.server.url])},
            link=None,
        )
        told = town.told(phone, closed, own)
        return replace(told, page=[f"PUT /records: {answer['error']}: {answer['detail']}"], office=["not stored"])


def photo_swapped_in_the_file(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        pdf = phone.pdf(closed)
        found = re.search(rb"\xff\xd8\xff.*?\nendstream", pdf, re.DOTALL)
        assert found
        mine, other = found[0].removesuffix(b"\nendstream"), photo(99, (320, 240))
        swapped = pdf.replace(b"/Length %d" % len(mine), b"/Length %d" % len(other)).replace(mine, other)
        return town.told(phone, closed, swapped)


def photo_swapped_on_the_servers_disk(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        (inspection, _hash), *_ = closed.inspections
        record = phone.device.rounds.inspections.record(inspection)
        until(lambda: not phone.device.rounds.inspections.unsent_files(inspection))
        (stored,) = (town.server.data / "photos").rglob(f"{record.files[0].sha256}.*")
        kept = stored.read_bytes()
        stored.write_bytes(photo(99, (320, 240)))
        page = town.office.get(f"{town.server.url}/admin/rounds/inspection/{inspection}/change/", timeout=30).text
        address = re.search(r'src="(/admin/rounds/inspection/photo/\d+/small)"', page)
        assert address
        drawn = town.office.get(town.server.url + address[1], timeout=30).text
        told = town.told(phone, closed)
        found = [html.unescape(each) for each in re.findall(r"<text[^>]*>(.*?)</text>", drawn)]
        command = [line for line in town.manage("check_files").splitlines() if "bytes" in line or "files" in line]
        stored.write_bytes(kept)
        return replace(told, office=[*found, *[re.sub(r"[0-9a-f-]{36}|photos/.*", "…", line) for line in command]])


def record_left_out(town: Town) -> Told:
    """The inspection is never sent: the device is told that it was."""
    with phone_of(town) as phone:
        phone.offline()
        closed = phone.round()
        dropped = phone.device.rounds.inspections.record(closed.inspections[0][0])
        files = frozenset(file.sha256 for file in dropped.files)
        phone.device.rounds.inspections.record_receipt(Receipt(dropped.id, dropped.sha256, datetime.now(UTC), files))
        phone.online()
        phone.send()
        told = town.told(phone, closed)
        return replace(told, office=[*told.office, *town.shown("inspection", closed.inspections[1][0])])


def whole_disk_copied(town: Town) -> Told:
    """Both go on with one key. A copy of the folder alone is noticed, so the mark is made as a copied disk has it."""
    with phone_of(town) as phone:
        phone.round(1)
        phone.send()
        root = phone.root
        phone.close()
        copy = root.with_name(root.name + "-copy")
        shutil.copytree(root, copy, copy_function=shutil.copy2)
        (folder,) = (copy / "devices").iterdir()
        forge_mark(folder)
        phone.open()
        with contextlib.closing(Phone(town, copy.name)) as other:
            assert other.device.id == phone.device.id
            one, two = phone.round(1), other.round(1)
            phone.send()
            other.send()
            return town.told(other, two, phone.pdf(one), other.pdf(two))


def forge_mark(folder: Path) -> None:
    """Let a copied folder believe that it is the original, as it does on a copied disk."""
    mark = (folder / "device.mark").stat()
    store = Store(folder / "device.json")
    (kept,) = store.table("device")
    store.commit({"device": {1: dict(kept) | {"mark": [mark.st_ino, mark.st_ctime_ns]}}})
    store.close()


def correction_begun_and_folder_copied(town: Town) -> Told:
    """Original and copy both finish the correction, and each goes on: no fork, since the copy has a key of its own."""
    with phone_of(town) as phone:
        round_id = phone.begin(now := datetime.now(UTC))
        first = phone.inspect(round_id, 1, now)
        phone.send()
        phone.device.rounds.correct(first, phone.device.author.viewer)
        phone.close()
        copy = phone.root.with_name(phone.root.name + "-copy")
        shutil.copytree(phone.root, copy)
        phone.open()
        with contextlib.closing(Phone(town, copy.name)) as other:
            assert other.device.id != phone.device.id
            told = []
            for each in (phone, other):
                rounds, author = each.device.rounds, each.device.author
                (draft,) = rounds.drafts(author.viewer)
                rounds.finish(draft.id, author)
                said = rounds.current(author.viewer)
                assert said
                each.inspect(said.id, 2, datetime.now(UTC))
                closed = each.finish(said.id, datetime.now(UTC))
                each.send()
                told.append(town.told(each, closed))
            return Told(*([*getattr(told[0], n), *getattr(told[1], n)] for n in ("check", "page", "office")))


def key_revoked_afterwards(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        pdf = phone.pdf(closed)
        time.sleep(1.1)  # the times are of whole seconds
        town.revoke(kid_of(pdf))
        town.reader_syncs()
        return town.told(phone, closed, pdf)


def key_revoked_before_it_came(town: Town) -> Told:
    with phone_of(town) as phone:
        phone.offline()
        closed = phone.round()
        pdf = phone.pdf(closed)
        town.revoke(kid_of(pdf))
        time.sleep(1.1)
        phone.online()
        phone.send()
        town.reader_syncs()
        return town.told(phone, closed, pdf)


def kid_of(pdf: bytes) -> str:
    return next(iter(manifest_of(pdf).certificates))


def clock_set_back_before_the_round(town: Town) -> Told:
    with phone_of(town) as phone:
        phone.round(1)
        closed = phone.round(2, datetime.now(UTC) - YEAR)
        phone.send()
        return town.told(phone, closed)


def clock_set_back_within_the_round(town: Town) -> Told:
    with phone_of(town) as phone:
        round_id = phone.begin(now := datetime.now(UTC))
        phone.inspect(round_id, 1, now)
        phone.inspect(round_id, 2, now - YEAR)
        closed = phone.finish(round_id, now - YEAR)
        phone.send()
        return town.told(phone, closed)


def clock_a_year_ahead(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round(2, datetime.now(UTC) + YEAR)
        phone.send()
        return town.told(phone, closed)


def a_year_without_a_network(town: Town) -> Told:
    with phone_of(town) as phone:
        phone.offline()
        closed = phone.round(2, datetime.now(UTC) - YEAR)
        phone.online()
        phone.send()
        return town.told(phone, closed)


def register_restored(town: Town) -> Told:
    """From a copy that is older than the round; before the device has sent it again."""
    with phone_of(town) as phone:
        backup = town.scratch / "backup.sqlite3"
        database = town.server.data / "registry.sqlite3"
        with (
            contextlib.closing(sqlite3.connect(database)) as source,
            contextlib.closing(sqlite3.connect(backup)) as copy,
        ):
            source.backup(copy)
        closed = phone.round()
        phone.send()
        pdf = phone.pdf(closed)
        root = phone.root
        phone.close()
        town.server.stop()
        for path in town.server.data.glob("registry.sqlite3*"):
            path.unlink()
        shutil.copy(backup, database)
        town.server.start()
        told = town.told_of(pdf, closed)
        phone.root = root
        phone.open()
        phone.device.send_now()
        until(lambda: "matches" in town.proof(closed.id, closed.sha256))
        phone.send()
        return replace(
            told, page=[*told.page, f"after the device has heard of it: {town.proof(closed.id, closed.sha256)}"]
        )


def erased_by_law(town: Town) -> Told:
    """With an inspection that was corrected: both versions are erased."""
    with phone_of(town) as phone:
        closed = corrected_round(phone)
        phone.send()
        town.manage("erase_names", closed.id)
        rows = town.server.rows("SELECT body FROM rounds_inspection") + town.server.rows(
            "SELECT body FROM rounds_round"
        )
        bodies = [json.loads(body) for (body,) in rows]
        mine = [b for b in bodies if closed.id in (b["id"], b["round"])]
        left = [body["id"] for body in mine if body["place"]["address"] or body.get("inspected")]
        told = town.told(phone, closed)
        return replace(told, office=[*told.office, f"{len(mine)} stored bodies, {len(left)} with names or places"])


def corrected_round(phone: Phone) -> Round:
    """A round whose first of three inspections is corrected after the third, before it is closed."""
    round_id = phone.begin(now := datetime.now(UTC))
    _zero, first, _third = (phone.inspect(round_id, n, now) for n in range(3))
    rounds, author = phone.device.rounds, phone.device.author
    phone.device.rounds.inspections.take_up(first)
    rounds.finish(rounds.correct(first, author.viewer).id, author, now=now)
    return phone.finish(round_id, now)


def corrected_before_closing(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = corrected_round(phone)
        phone.send()
        return town.told(phone, closed)


def corrected_afterwards(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round()
        phone.send()
        before = phone.pdf(closed)
        rounds, author = phone.device.rounds, phone.device.author
        rounds.finish(rounds.correct(closed.inspections[0][0], author.viewer).id, author)
        phone.send()
        return town.told(phone, closed, before, phone.pdf(closed))


def signature_refused(town: Town) -> Told:
    with phone_of(town) as phone:
        closed = phone.round(refused="Không đồng ý với số lượng")
        phone.send()
        return town.told(phone, closed)


def receipt_of_another_record(town: Town) -> Told:
    with phone_of(town) as phone:
        closed, other = phone.round(1), phone.round(1)
        phone.send()
        receipts = {closed.sha256: manifest_of(phone.pdf(other)).receipts[other.sha256]}
        return town.told(phone, closed, with_manifest(without_seal(phone.pdf(closed)), receipts=receipts))


def unpad(token: str) -> bytes:
    payload = token.split(".")[1]
    return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


@contextlib.contextmanager
def phone_of(town: Town, who: tuple[str, str] = INSPECTOR) -> Iterator[Phone]:
    """A new device, signed in."""
    with contextlib.closing(Phone(town, f"phone-{town.next()}", who)) as phone:
        yield phone


NOT = "NOT as it was signed"
CASES = [
    Case(
        "nothing: as it was made",
        as_it_was_made,
        ("as it was signed", "Matches the record", "ký bằng khóa"),
        ("!", "", ""),
    ),
    Case(
        "nothing: not sent yet", before_it_was_sent, ("as it was signed", "has not reached", ""), ("received", "", "")
    ),
    Case("one byte of the round in the PDF", one_byte_of_the_round, ("record of the round is not", "differs", "")),
    Case("one byte of an inspection in the PDF", one_byte_of_an_inspection, ("Inspection 2 is not", "", "")),
    Case("one byte of the packed PDF", one_byte_of_the_file, ("The file was changed after", "", "")),
    Case("words on a page, sealed by a stranger", words_changed_and_sealed_anew, ("A stranger's key sealed", "", "")),
    Case(
        "words on a page, sealed by a colleague",
        words_changed_and_sealed_by_a_colleague,
        ("Somebody else sealed", "", ""),
    ),
    Case(
        "another round's code on the paper", anothers_code_on_the_paper, ("that of another record", "shows the id", "")
    ),
    Case("another round's code in the file", anothers_code_in_the_file, ("that of another record", "", "")),
    Case(
        "other numbers, signed by the own key",
        other_numbers_in_the_code,
        ("numbers in the code", "not those of the record", ""),
    ),
    Case(
        "code signed by a colleague's key",
        code_signed_by_a_colleague,
        ("another device or account", "key of another person", ""),
    ),
    Case(
        "certificate from outside its days",
        certificate_from_outside_its_issuers_days,
        ("did not certify", "Nobody knows", ""),
    ),
    Case(
        "signed by another device's key",
        signed_with_the_key_of_another_device,
        ("another device or account", "bad_signature", "not stored"),
    ),
    Case("photo swapped in the PDF", photo_swapped_in_the_file, ("Photo 1.1 is not the picture", "", "")),
    Case(
        "photo swapped on the server's disk",
        photo_swapped_on_the_servers_disk,
        ("as it was signed", "", "KHÔNG PHẢI ẢNH ĐÃ KÝ"),
        ("!", "", ""),
    ),
    Case(
        "record left out of the chain (gap)", record_left_out, ("as it was signed", "has not arrived", "CHƯA NHẬN ĐƯỢC")
    ),
    Case(
        "whole disk copied (fork)",
        whole_disk_copied,
        ("Two different records follow", "Two records follow", "Hai phiếu"),
    ),
    Case(
        "nothing: correction in a copied folder",
        correction_begun_and_folder_copied,
        ("as it was signed", "Matches", ""),
        ("!", "Two records", "Hai phiếu"),
    ),
    Case(
        "key revoked after the record came",
        key_revoked_afterwards,
        ("key that sealed the pages was revoked", "after the record had arrived", "sau khi đã nhận"),
    ),
    Case(
        "key revoked before the record came",
        key_revoked_before_it_came,
        ("The key was revoked", "arrived after its key", "trước khi nhận"),
    ),
    Case(
        "clock set back a year before the round",
        clock_set_back_before_the_round,
        ("days after the day", "clock was set back", ""),
    ),
    Case(
        "clock set back a year within the round",
        clock_set_back_within_the_round,
        ("clock was wrong or was set", "clock was set back", ""),
    ),
    Case("clock a year ahead", clock_a_year_ahead, ("clock was wrong or was set", "after the arrival", "")),
    Case(
        "nothing: a year without a network",
        a_year_without_a_network,
        ("days after the day", "many days after", ""),
        ("!", "set back", "chỉnh lùi"),
    ),
    Case(
        "register restored from an older copy", register_restored, ("the register received it", "has not reached", "")
    ),
    Case("nothing: erased by law", erased_by_law, ("as it was signed", "erased", "0 with names"), ("!", "", "")),
    Case(
        "nothing: corrected before closing",
        corrected_before_closing,
        ("as it was signed", "Matches", ""),
        ("!", "", ""),
    ),
    Case(
        "corrected after closing: the old paper",
        corrected_afterwards,
        ("corrected after the round", "were corrected", "đã được thay"),
    ),
    Case(
        "nothing: signature refused",
        signature_refused,
        ("refused: Không đồng ý", "Matches", "từ chối ký"),
        ("!", "", ""),
    ),
    Case("receipt of another record", receipt_of_another_record, ("A receipt in the file is not", "", "")),
]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="WORDS", help="cases with these words in their names")
    parser.add_argument("--vi", action="store_true", help="also what the app says of the file in Vietnamese")
    options = parser.parse_args()
    chosen = [case for case in CASES if not options.only or any(words in case.name for words in options.only)]
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder), vietnamese=options.vi)
        try:
            print(row("case", Told(["the check"], ["the register's page"], ["the office"])))
            for case in chosen:
                told = case.make(town)
                print("-" * 198, row(case.name, told), sep="\n", flush=True)
                wrong += [f"{case.name}: {each}" for each in missed(case, told)]
        finally:
            town.close()
    print("-" * 198, *wrong, f"{len(chosen)} cases, {len(wrong)} not told as they must be", sep="\n")
    return int(bool(wrong))


def missed(case: Case, told: Told) -> list[str]:
    """What of a case is not said, or said though it must not be."""
    columns = ["\n".join(column) for column in (told.check, told.page, told.office)]
    found = [f"not said: {words}" for words, column in zip(case.said, columns, strict=True) if words not in column]
    pairs = zip(case.unsaid, columns, strict=True)
    return found + [f"said: {words}" for words, column in pairs if words and words in column]


def row(name: str, told: Told) -> str:
    """A row of the table, as many lines high as its highest cell."""
    cells = [[name], told.check, told.page, told.office]
    widths = (26, 60, 60, 42)
    wrapped = [
        [line for each in c for line in textwrap.wrap(each, w) or [""]] for c, w in zip(cells, widths, strict=True)
    ]
    height = max(map(len, wrapped))
    lines = zip(*(cell + [""] * (height - len(cell)) for cell in wrapped), strict=True)
    return "\n".join(" | ".join(text.ljust(w) for text, w in zip(line, widths, strict=True)).rstrip() for line in lines)


if __name__ == "__main__":
    sys.exit(main())

"""A real server with its office, devices that make records, and another device that checks them."""

from __future__ import annotations

import contextlib
import html
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import requests

from benchmarks.forging.changes import manifest_of
from services.accounts.sealing import SealingKey
from services.client.registry import Registry
from services.papers.checking import check_pdf
from services.papers.file_form import read_pdf
from services.papers.paper import Paper, paper_link
from services.papers.trust import Trust
from services.papers.words import fault_words
from services.register.catalogue import Catalogue
from services.rounds.inspection import Finding, Found, Inspection, Shows
from services.rounds.place import Place, PlaceKind
from services.rounds.round import Inspected, Role, Round, Signature
from services.workspace import Workspace
from tests.support.closed_rounds import photo
from tests.support.registry_server import RegistryServer
from views.parts.round_paper import paper_of
from views.parts.texts import Texts

ROOT = Path(__file__).resolve().parents[2]

INSPECTOR, COLLEAGUE = ("kiemtra01", "mau-kiemtra-01"), ("kiemtra02", "mau-kiemtra-02")
ADMINISTRATOR = ("quantri", "mau-quantri-01")
WAIT = 60.0

_SEAL_KEY = SealingKey.of_browser("the same text in every run")


@dataclass
class Told:
    """What the check, the page and the back office say."""

    check: list[str] = field(default_factory=list)
    page: list[str] = field(default_factory=list)
    office: list[str] = field(default_factory=list)


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
        self.device.accounts.unlock(_SEAL_KEY)
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


@contextlib.contextmanager
def phone_of(town: Town, who: tuple[str, str] = INSPECTOR) -> Iterator[Phone]:
    """A new device, signed in."""
    with contextlib.closing(Phone(town, f"phone-{town.next()}", who)) as phone:
        yield phone

"""A certificate statement of the real server, read by the real app from a picture of its QR code, without network."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.api_jws import PyJWS
from playwright.sync_api import Browser

from tests.support.browser import ROOT, Screen, app, person
from tests.support.registry_server import RegistryServer, free_port

CERTIFIED, EXPIRED, NEW = "09520007900017", "09520021000021", "09529999999993"
PUBLIC = {"OCOP_PUBLIC_URL": "https://ocop.example"}  # that of a test server is doubtful: no name, and no HTTPS
RIGHT = "The signature is right. It proves the statement, not that this pack is the original."
REVOKED = "that was revoked on"
IS_CERTIFIED, NOT_VALID = "Certificate valid", "Signed statement not valid"


class Office:
    """Those who run the register: they sign, and revoke keys."""

    def __init__(self, server: RegistryServer) -> None:
        self.server = server

    def statement(self, gtin: str) -> Address:
        answer = requests.get(f"{self.server.url}/api/v1/products/{gtin}/statement", timeout=10)
        assert answer.status_code == 200, answer.text
        return Address.of(answer.json()["url"])

    def signer(self, kid: str) -> Ed25519PrivateKey:
        """The secret half of a key, where the server keeps it."""
        pem = (self.server.data / "issuer-keys" / f"{kid}.pem").read_bytes()
        private = load_pem_private_key(pem, password=None)
        assert isinstance(private, Ed25519PrivateKey)
        return private

    def revoke(self, kid: str) -> None:
        command = [sys.executable, str(ROOT / "server/manage.py"), "issuer_keys", "revoke", kid, "--reason", "Lộ khóa"]
        env = {**os.environ, "OCOP_SERVER_DATA": str(self.server.data)}
        subprocess.run(command, env=env, capture_output=True, text=True, check=True)


@dataclass(frozen=True)
class Address:
    """A product's address with a signed statement in it."""

    plain: str
    token: str

    @classmethod
    def of(cls, text: str) -> Address:
        plain, _parameter, token = text.partition("?statement=")
        return cls(plain, token)

    def __str__(self) -> str:
        return f"{self.plain}?statement={self.token}"

    @property
    def header(self) -> dict[str, Any]:
        return decoded(self.token.split(".")[0])

    @property
    def claims(self) -> dict[str, Any]:
        return decoded(self.token.split(".")[1])

    def claiming(self, **claims: Any) -> Address:
        """With other claims under the same signature."""
        header, _claims, signature = self.token.split(".")
        return Address(self.plain, f"{header}.{encoded(self.claims | claims)}.{signature}")

    def of_product(self, gtin: str) -> Address:
        """The same statement on another product's address."""
        return Address(self.plain.replace(self.claims["gtin"], gtin), self.token)

    def signed(self, key: Ed25519PrivateKey, kid: str) -> Address:
        """The same claims, signed anew."""
        claims = json.dumps(self.claims).encode()
        return Address(self.plain, PyJWS().encode(claims, key, "EdDSA", {"kid": kid, "typ": None}))


def encoded(document: dict[str, Any]) -> str:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decoded(part: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return document


def choose_picture(screen: Screen, text: str, folder: Path) -> None:
    """Give the app a picture of the text's QR code."""
    picture = folder / "code.png"
    segno.make(text, error="m", micro=False).save(str(picture), scale=4)
    screen.see("camera-fault")  # until that is known, what is drawn around the button changes under a tap
    with screen.page.expect_file_chooser() as chooser:
        screen.page.get_by_role("button", name="Choose a picture").click()
    chooser.value.set_files(str(picture))


def judged(screen: Screen, address: Address, folder: Path, sentence: str) -> str:
    """Wait until the verdict on an address says the sentence, and give its word; then go back to the camera."""
    choose_picture(screen, str(address), folder)
    word = screen.see("verdict")
    try:
        screen.page.get_by_text(sentence).first.wait_for(state="attached", timeout=15_000)
    finally:
        screen.page.get_by_role("button", name="Scan the next").click()
        screen.find("verdict").first.wait_for(state="detached", timeout=15_000)
    return word


def has_the_register(screen: Screen) -> None:
    screen.page.get_by_text("products, as of").wait_for(state="attached", timeout=30_000)


@dataclass(frozen=True)
class Stall:
    """A market stall without a signal: the app has the register, and nobody answers any more."""

    screen: Screen
    office: Office
    address: Address
    signer: Ed25519PrivateKey
    folder: Path

    def signed(self, address: Address) -> Address:
        """With a right signature of the register's key."""
        return address.signed(self.signer, self.address.header["kid"])


@pytest.fixture(scope="module")
def stall(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stall]:
    folder = tmp_path_factory.mktemp("stall")
    with RegistryServer(folder / "registry", env=PUBLIC) as server:
        office = Office(server)
        address = office.statement(CERTIFIED)
        signer = office.signer(address.header["kid"])
        with (
            app(folder / "app", server.url, free_port()) as site,
            person(browser, site, locale="en-GB") as screen,
        ):
            has_the_register(screen)
            server.stop()
            yield Stall(screen, office, address, signer, folder)


def test_the_server_signs_in_the_form_of_the_contract(stall: Stall) -> None:
    """A word of the app's own would not show a mistake that both sides make."""
    checked = PyJWS().decode_complete(stall.address.token, stall.signer.public_key(), ["EdDSA"])
    assert set(checked["header"]) == {"alg", "kid"}
    assert stall.address.plain.endswith(f"/01/{CERTIFIED}")
    assert stall.address.claims["gtin"] == CERTIFIED
    assert abs(stall.address.claims["iat"] - time.time()) < 600


CASES: dict[str, tuple[Callable[[Stall], Address], str, str]] = {
    "as the server signed it": (lambda at: at.address, RIGHT, IS_CERTIFIED),
    "of a product younger than the copy": (
        lambda at: at.signed(at.address.of_product(NEW).claiming(gtin=NEW, iat=int(time.time()))),
        RIGHT,
        IS_CERTIFIED,
    ),
    "altered": (
        lambda at: at.address.claiming(stars=5 if at.address.claims["stars"] < 5 else 4),
        "The signed statement in the code was altered, or was never signed by the register",
        NOT_VALID,
    ),
    "altered beyond reading": (
        lambda at: at.address.claiming(stars=6),
        "The signed statement in the code was altered, or was never signed by the register",
        NOT_VALID,
    ),
    "ended": (
        lambda at: at.signed(at.address.claiming(to=str(date.today() - timedelta(days=2)))),  # noqa: DTZ011 - two days are enough anywhere
        "The signed statement in the code, on certificate",
        IS_CERTIFIED,  # which the register says, of the certificate that it knows
    ),
    "of another product": (
        lambda at: at.address.of_product(EXPIRED),
        f"The signed statement belongs to another product: it names {CERTIFIED[1:]}, the code {EXPIRED[1:]}.",
        NOT_VALID,
    ),
    "of an unknown key": (
        lambda at: at.address.signed(Ed25519PrivateKey.generate(), "2099-1"),
        "is signed with a key (2099-1) that the register on this device does not know",
        NOT_VALID,
    ),
    "of a time when the key was not in use": (
        lambda at: at.signed(at.address.claiming(iat=1_000_000_000)),
        "2001, when its key",
        NOT_VALID,
    ),
    "cut off": (
        lambda at: Address(at.address.plain, at.address.token[:-1]),
        "The code carries something like a signed statement that cannot be read.",
        NOT_VALID,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_statement_has_its_own_sentence_without_network(case: str, stall: Stall) -> None:
    made, sentence, word = CASES[case]
    assert judged(stall.screen, made(stall), stall.folder, sentence) == word


def test_a_revoked_key_is_known_from_the_next_sync_on(stall: Stall) -> None:
    """Behind the others: from then on the app knows it."""
    screen = stall.screen
    stall.office.revoke(stall.address.header["kid"])
    assert judged(screen, stall.address, stall.folder, RIGHT) == IS_CERTIFIED  # nobody can know it here yet

    stall.office.server.start()
    screen.tap("nav-settings")
    screen.page.get_by_role("button", name="Update now").click()
    screen.leave_settings()
    screen.tap("nav-scan")
    judged(screen, stall.address, stall.folder, REVOKED)  # as soon as it has arrived
    stall.office.server.stop()
    # The register says so; no pack is accused.
    assert judged(screen, stall.address, stall.folder, REVOKED) == IS_CERTIFIED

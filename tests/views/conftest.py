from __future__ import annotations

import asyncio
import gc
import inspect
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import keyring
import keyring.backends.fail
import pytest

from services.client.answers import Account, SignIn
from services.client.registry import Registry
from services.register.certificates import VIETNAM
from services.workspace import Device, Workspace

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "assets" / "samples"
INDEX: list[dict[str, Any]] = json.loads((SAMPLES / "index.json").read_text(encoding="utf-8"))
REGISTER: dict[str, Any] = {
    "name": "OCOP Quảng Ninh (mẫu)",
    "sample": True,
    "localities": [
        {
            "code": "ba-che", "name": "Ba Chẽ", "kind": "huyện", "level": "former_unit",
            "valid_from": None, "valid_to": "2025-06-30", "former_units": [],
        },
        {
            "code": "luong-minh", "name": "Lương Minh", "kind": "xã", "level": "commune",
            "valid_from": "2025-07-01", "valid_to": None, "former_units": ["ba-che"],
        },
    ],
}  # fmt: skip

Open = Callable[[], Workspace]


@pytest.fixture(autouse=True, scope="session")
def no_key_store() -> None:
    """Keeps the tests out of the key store of whoever runs them."""
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]


@pytest.fixture(autouse=True, scope="session")
def sessions_freed() -> Iterator[None]:
    """Frees the last Flet sessions, which are circles, while logging still is the tests': each tells of its end."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def fonts_loaded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names the files of the fonts one after another without a pause: the client of these tests draws no frames."""
    monkeypatch.setattr("views.parts.fonts._A_FRAME", 0)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run tests that are coroutine functions, each in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture
def open_workspace(tmp_path: Path) -> Iterator[Open]:
    """Opens the app's folder, again and again as a restart does, without a server."""
    opened: list[Workspace] = []

    def open_it() -> Workspace:
        if opened:
            opened[-1].close()
        opened.append(Workspace.open(tmp_path / "data", server=None))
        return opened[-1]

    yield open_it
    for workspace in opened:
        workspace.close()


@pytest.fixture
def workspace(open_workspace: Open) -> Workspace:
    """The app's folder with a copy of the register that holds the products of the sample labels."""
    workspace = open_workspace()
    fill(workspace)
    return workspace


def fill(workspace: Workspace, as_of: datetime | None = None, *, withdrawn_on: date | None = None) -> None:
    """Give the workspace a whole copy of a register with the products of the sample labels, by default of now.

    `withdrawn_on` is the day of withdrawal of all certificates.
    """
    products = [_product(label) for label in INDEX if label["status"] in _CERTIFICATES]
    if withdrawn_on:
        for product in products:
            product["certificates"][0]["withdrawn_on"] = withdrawn_on.isoformat()
    workspace.catalogue.replace_all(products, "1", REGISTER, as_of or datetime.now(UTC))


def today() -> date:
    return datetime.now(VIETNAM).date()


# By the verdict that it shall give: the certificate's last day from today on, and whether it was withdrawn.
_CERTIFICATES = {
    "certified": (400, False),
    "certificate_expires_soon": (40, False),
    "certificate_expired": (-20, False),
    "withdrawn": (400, True),
}


def _product(label: dict[str, Any]) -> dict[str, Any]:
    """PRODUCT of docs/api.md for a sample label."""
    days, withdrawn = _CERTIFICATES[label["status"]]
    last = today() + timedelta(days)
    text = label["texts"][0]["text"]
    lot = text.rfind("/L")
    code = {"kind": "exact", "value": text} if lot < 0 else {"kind": "prefix", "value": text[: lot + 1]}
    return {
        "gtin": label["gtin"],
        "name": f"Chả mực {label['file']}",
        "group": "thuc_pham",
        "producer": {"id": 7, "name": "HTX Hoa Núi", "address": "Thôn 1, xã Lương Minh", "phone": None},
        "former_unit": {"code": "ba-che", "name": "Ba Chẽ"},
        "commune": {"code": "luong-minh", "name": "Lương Minh"},
        "certificates": [
            {
                "number": "12/QĐ-UBND",
                "stars": 4,
                "decision": "148/QĐ-TTg",
                "issuer": "UBND tỉnh",
                "valid_from": (last - timedelta(days=1095)).isoformat(),
                "valid_to": last.isoformat(),
                "withdrawn_on": (today() - timedelta(days=5)).isoformat() if withdrawn else None,
                "withdrawn_reason": "Sai công thức." if withdrawn else None,
            }
        ],
        "codes": [] if label["gtin"] in text else [code],
        "updated_at": "2026-01-02T08:00:00Z",
    }


@pytest.fixture
def signed_in() -> Callable[[Device], None]:
    """Signs the sample inspector in on a device, without asking a server."""

    class Door(Registry):
        def sign_in(
            self, username: str, password: str, device: str, key: str | None = None, **changed: str | None
        ) -> SignIn:
            account = Account(username, "Nguyễn Thị Kiểm", "inspector")
            return SignIn(account, self.url, "access", datetime.now(UTC) + timedelta(hours=1), "refresh")

    def make(device: Device) -> None:
        door = Door("http://127.0.0.1:9")
        device.accounts.sign_in(door, "kiemtra01", "mau-kiemtra-01", device.id)
        door.close()

    return make

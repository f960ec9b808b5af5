from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from services.accounts.accounts import Accounts
from services.accounts.sealing import KeyKeeper, SealingKey
from services.client.registry import Registry
from services.notes.content import NotedCode, NotedVerdict, Position
from services.notes.note import Inspection
from services.notes.notebook import Notebook
from tests.support.record_kinds import DEVICE, NOW
from tests.support.registry_server import ROOT, RegistryServer
from tests.support.wire import Answer, Proxy, Stranger

INSPECTOR = ("kiemtra01", "mau-kiemtra-01")
COLLEAGUE = ("kiemtra02", "mau-kiemtra-02")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    """The real registry server with the sample register, for tests that do not change the register.

    Nothing is queued here, so nobody looks at the queue, four times a second to the end of the run.
    """
    with RegistryServer(tmp_path_factory.mktemp("registry"), arguments=["--no-queue"]) as running:
        yield running


@pytest.fixture
def registry(server: RegistryServer) -> Iterator[Registry]:
    registry = Registry(server.url)
    yield registry
    registry.close()


@pytest.fixture
def proxy(server: RegistryServer) -> Iterator[Proxy]:
    proxy = Proxy(server.port)
    yield proxy
    proxy.close()


@pytest.fixture
def stranger() -> Iterator[Callable[[Callable[[str, str], Answer]], Registry]]:
    """Makes a Registry that talks to somebody else."""
    strangers: list[Stranger] = []

    def make(answer: Callable[[str, str], Answer]) -> Registry:
        strangers.append(Stranger(answer))
        return Registry(strangers[-1].url, timeout=(1, 1), deadline=2)

    yield make
    for each in strangers:
        each.close()


@pytest.fixture
def notebook(tmp_path: Path) -> Notebook:
    return Notebook.open(tmp_path / "device")


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    return opened(tmp_path / "device")


KEY = SealingKey(bytes(range(32)), KeyKeeper.STORE)


def opened(folder: Path, key: SealingKey = KEY) -> Accounts:
    """The accounts in a folder, unlocked."""
    accounts = Accounts.open(folder)
    accounts.unlock(key)
    return accounts


def picture(colour: str = "red", size: tuple[int, int] = (64, 48)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, "JPEG")
    return target.getvalue()


def written(
    notebook: Notebook, text: str = "Nhãn in 5 sao", *, account: str | None = None, colours: tuple[str, ...] = ()
) -> Inspection:
    """A signed note with one photo a colour."""
    draft = notebook.new_draft(
        code=NotedCode("9520000000011", "EAN-13", gtin="09520000000011"),
        verdict=NotedVerdict("certified", ("certificate_valid",), datetime(2026, 11, 23, 7, tzinfo=UTC)),
        product_name="Trà hoa vàng Ba Chẽ",
        outcome="mislabelled",
        text=text,
        place=Position(20.95, 107.0, 12.5),
    )
    for colour in colours:
        notebook.add_photo(draft.id, picture(colour))
    return notebook.sign(draft.id, account=account, device=DEVICE, now=NOW, clock_offset=-3)


def product(n: int, **fields: Any) -> dict[str, Any]:
    """PRODUCT number `n` of docs/api.md."""
    return {
        "gtin": f"0952{n:010d}",
        "name": "Trà hoa vàng Ba Chẽ",
        "group": "do_uong",
        "producer": {"id": n, "name": "HTX Hoa Núi", "address": "Thôn 1, xã Lương Minh", "phone": None},
        "former_unit": {"code": "ba-che", "name": "Ba Chẽ"},
        "commune": {"code": "luong-minh", "name": "Lương Minh"},
        "certificates": [
            {
                "number": f"{n}/QĐ-UBND",
                "stars": 4,
                "decision": "148/QĐ-TTg",
                "issuer": "UBND tỉnh",
                "valid_from": "2025-01-10",
                "valid_to": "2028-01-09",
                "withdrawn_on": None,
                "withdrawn_reason": None,
            }
        ],
        "codes": [],
        "updated_at": "2026-11-23T08:00:00Z",
    } | fields


def change_register(server: RegistryServer, code: str) -> None:
    """Run this in the server's shell, beside the running server."""
    settings = {"DJANGO_SETTINGS_MODULE": server.env.get("OCOP_SETTINGS", "config.settings")}
    subprocess.run(
        [sys.executable, str(ROOT / "server" / "manage.py"), "shell", "--no-imports", "-c", code],
        env={**os.environ, **server.env, **settings, "OCOP_SERVER_DATA": str(server.data)},
        check=True,
        capture_output=True,
    )


def until(true: Callable[[], bool], timeout: float = 10) -> bool:
    """Wait until it is true, and give whether it has become so."""
    ends = time.monotonic() + timeout
    while not true() and time.monotonic() < ends:
        time.sleep(0.01)
    return true()


def new_id() -> str:
    return str(uuid.uuid4())

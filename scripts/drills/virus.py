"""Lists with a virus are handed in to the real server in front of ClamAV's own clamd."""
# drill: files of lists, looked at by ClamAV's clamd: harmful ones, clean ones, the largest, a scanner that is gone
# needs: clamav-daemon clamav-base

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import requests
from frame import Figures

from tests.support.clamd import EICAR
from tests.support.registry_server import ROOT, RegistryServer

PASSWORD = "mau-cuc-ky-dai-2026"
# Signatures take a download of hundreds of megabytes. One of our own is enough to try how the two work together.
SIGNATURE = f"Own.Eicar.Test:0:*:{EICAR.hex()}\n"
LIST = "STT,Tên sản phẩm,Chủ thể,Địa chỉ,Sao\n1,Miến dong,HTX Một,Thôn 1,4\n".encode()


@contextlib.contextmanager
def clamd(folder: Path) -> Iterator[Path]:
    """The real scanner with one signature, at a socket in the folder."""
    (folder / "own.ndb").write_text(SIGNATURE)
    own = folder / "clamd.conf"
    path = folder / "clamd.ctl"
    own.write_text(f"LocalSocket {path}\nDatabaseDirectory {folder}\nForeground yes\nStreamMaxLength 25M\n")
    process = subprocess.Popen(["/usr/sbin/clamd", "--config-file", str(own)], stdout=subprocess.DEVNULL)
    try:
        ends = time.monotonic() + 60
        while not path.exists():
            if time.monotonic() > ends or process.poll() is not None:
                raise SystemExit("clamd did not start")
            time.sleep(0.1)
        yield path
    finally:
        process.terminate()
        process.wait(30)


class Office:
    """A registrar's browser."""

    def __init__(self, url: str) -> None:
        self.url, self.http = url, requests.Session()
        form = {"username": "sodangky", "password": PASSWORD, "next": "/admin/"}
        self.http.get(f"{url}/admin/login/")
        self.send("/admin/login/", form)

    def send(self, where: str, form: dict[str, str], **more: object) -> requests.Response:
        """Send a form with its mark."""
        mark = {"csrfmiddlewaretoken": self.http.cookies["csrftoken"]}
        return self.http.post(f"{self.url}{where}", data=form | mark, timeout=120, **more)  # type: ignore[arg-type]

    def hand_in(self, name: str, data: bytes) -> requests.Response:
        """Hand a list in; the page to which that leads."""
        return self.send("/admin/imports/", {}, files={"file": (name, data)})


def zipped(*files: tuple[str, bytes]) -> bytes:
    """A ZIP, as spreadsheets are."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, data in files:
            whole.writestr(name, data)
    return made.getvalue()


def main() -> None:
    """Hand lists in while the scanner is there, and when it is gone."""
    figures = Figures("virus")
    with tempfile.TemporaryDirectory(prefix="ocop-virus-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        socket = folder / "clamd" / "clamd.ctl"
        socket.parent.mkdir()
        env = {"OCOP_CLAMD": str(socket)}
        with RegistryServer(folder / "data", env=env) as server:
            _manage(folder, env, "shell", "-c", _ACCOUNT)
            office = Office(server.url)
            with clamd(socket.parent):
                _while_it_is_there(figures, office)
            page = office.hand_in("danh-sach.csv", LIST + b"2,B,HTX,Thon,4\n").text
            figures.hold("the scanner is gone: no file is taken, and that is told", "chưa được nhận" in page)
            told = _manage(folder, env, "doctor")
            figures.hold("doctor tells that it does not answer", "DO  virus scanner" in told)
    figures.exit()


def _manage(folder: Path, env: dict[str, str], *command: str) -> str:
    """What a command of the server says."""
    whole = os.environ | env | {"OCOP_SERVER_DATA": str(folder / "data")}
    asked = [sys.executable, str(ROOT / "server" / "manage.py"), *command]
    return subprocess.run(asked, env=whole, capture_output=True, text=True, check=False).stdout


def _while_it_is_there(figures: Figures, office: Office) -> None:
    for name, data in {
        "in a table of text": LIST + b"2,X,Y,Z,4\n" + EICAR,
        "in a part of a spreadsheet": zipped(("xl/workbook.xml", b"<x/>"), ("xl/media/image1.png", EICAR)),
    }.items():
        page = office.hand_in("danh-sach.csv", data)
        figures.hold(f"{name}: found", "Có mã độc" in page.text and "Own.Eicar" in page.text)
        file = office.http.get(f"{page.url}file/", timeout=60)
        figures.hold(
            f"{name}: not given out again", EICAR not in file.content and "text/html" in file.headers["Content-Type"]
        )
    clean = office.hand_in("danh-sach.csv", LIST)
    figures.hold("a clean list is read", "Có mã độc" not in clean.text and "/admin/imports/" in clean.url)
    given = office.http.get(f"{clean.url.removesuffix('columns/')}file/", timeout=60)
    figures.hold("and given out again", given.content == LIST)
    largest = LIST + b"," * (20_000_000 - len(LIST) - 100)
    began = time.monotonic()
    page = office.hand_in("danh-sach.csv", largest)
    taken = page.ok and "chưa được nhận" not in page.text and page.url != clean.url
    figures.hold("20 MB, the most that is taken, is looked at", taken, page.url.rpartition("/imports/")[2])
    figures.tell("seconds for it, the reading begun", f"{time.monotonic() - began:.1f}")


_ACCOUNT = (
    "from accounts.models import Role, User; "
    f"User.objects.create_user('sodangky', password='{PASSWORD}', name='So Dang Ky', role=Role.REGISTRAR)"
)

if __name__ == "__main__":
    main()

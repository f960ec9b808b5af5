"""Server and app behind the proxy of deploy/, as people reach them: by TLS, with a browser and its camera."""
# drill: the proxy in front of server and app: TLS, headers, large bodies, WebSocket, a browser with a camera
# needs: caddy curl chromium libnss3-tools

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import requests
import rfc8785
from frame import Figures
from playwright.sync_api import sync_playwright
from proxied import APP, REGISTER, proxy

from tests.support.browser import ROOT, app, camera_flags, chromium, person
from tests.support.registry_server import RegistryServer, free_port
from tests.support.video import film, part

MIB = 1024 * 1024
PRODUCT = "/p/09520000100018"
OFFICE = {"username": "quantri", "password": "mau-quantri-01"}


def main() -> None:
    """Start everything, ask it, and tell what held."""
    figures = Figures("tls")
    with tempfile.TemporaryDirectory(prefix="ocop-tls-") as name:
        scratch = Path(name)
        secure, plain = free_port(), free_port()
        register, site = f"https://{REGISTER}:{secure}", f"https://{APP}:{secure}"
        server = RegistryServer(
            scratch / "server",
            env={
                "OCOP_HTTPS": "1",
                "OCOP_PROXIES": "1",
                "OCOP_ALLOWED_HOSTS": f"{REGISTER},ocop.example",
                "OCOP_PUBLIC_URL": register,
                "OCOP_APP_URL": site,
                "OCOP_SECOND_FACTOR": "none",
            },
            arguments=("--workers", "2"),
        )
        app_port = free_port()
        with server, proxy(scratch, secure, plain, server.port, app_port) as authority:
            figures.tell("server, proxy", f"{server.url}, {register}")
            asked = _Curl(authority)
            _tls(figures, asked, register, plain)
            _headers(figures, asked, register, server)
            _bodies(figures, asked, register, authority, scratch)
            _doctor(figures, server, register, authority)
            os.environ |= {"HOME": str(scratch), "REQUESTS_CA_BUNDLE": str(authority)}
            _trust(authority, scratch)
            with app(scratch / "app", register, app_port):
                _app(figures, asked, site)
                _browser(figures, site, scratch)
            _while_it_is_away(figures, asked, register, server)
    figures.exit()


class _Curl:
    """Asks with curl, which knows the proxy's authority."""

    def __init__(self, authority: Path) -> None:
        self._authority = authority

    def __call__(self, url: str, *arguments: str) -> tuple[int, dict[str, str], str, dict[str, Any]]:
        """Status, headers by their names in small letters, the body, and curl's own figures."""
        command = ["curl", "--silent", "--show-error", "--cacert", str(self._authority), "--max-time", "60"]
        command += ["--dump-header", "-", "--write-out", "\n%{json}", *arguments, url]
        told = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        if told.returncode:
            return 0, {}, told.stderr.strip(), {}
        text, _, figures = told.stdout.rpartition("\n")
        head, _, body = text.replace("\r\n", "\n").partition("\n\n")
        lines = [line.partition(":") for line in head.splitlines()[1:]]
        return (
            int(head.split()[1]),
            {name.lower(): value.strip() for name, _, value in lines},
            body,
            json.loads(figures),
        )


def _trust(authority: Path, home: Path) -> None:
    """Let a browser of this home know the proxy's authority."""
    store = home / ".pki/nssdb"
    store.mkdir(parents=True)
    for arguments in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "ocop", "-i", str(authority)]):
        subprocess.run(["certutil", "-d", f"sql:{store}", *arguments], check=True, capture_output=True)


def _tls(figures: Figures, asked: _Curl, register: str, plain: int) -> None:
    for attempt in range(50):  # the first certificate is made when it is first asked for
        status, headers, body, told = asked(f"{register}/health")
        if status:
            break
        time.sleep(0.1 * attempt)
    figures.hold("/health by TLS, with a certificate that is verified", status == 200, f"{status} {body[:60]}")
    figures.tell("HTTP version, seconds until TLS was up", f"{told['http_version']}, {told['time_appconnect']:.3f}")
    figures.hold("HSTS for a year", "max-age=31536000" in headers.get("strict-transport-security", ""))
    figures.hold(
        "one HSTS header, not the proxy's and the server's", headers["strict-transport-security"].count("=") == 1
    )
    status, headers, _, _ = asked(f"http://{REGISTER}:{plain}{PRODUCT}?lang=en")
    led, wanted = headers.get("location", ""), f"https://{REGISTER}{PRODUCT}?lang=en"  # it takes its port for 443
    figures.hold("http is led to https", (status, led) == (308, wanted), f"{status} {led}")
    status, headers, _, _ = asked(f"{register}{PRODUCT}")
    figures.hold("a product's page", status == 200, status)
    figures.hold("nothing tells which proxy it is", "server" not in headers, headers.get("server", "no Server header"))
    old = asked(f"{register}/health", "--tls-max", "1.1")
    figures.hold("TLS 1.1 is refused", old[0] == 0, old[2][:50])


def _headers(figures: Figures, asked: _Curl, register: str, server: RegistryServer) -> None:
    status, _, _, _ = asked(f"{register}{PRODUCT}", "-H", "X-Forwarded-Proto: http")
    figures.hold("a client's X-Forwarded-Proto means nothing", status == 200, status)
    body = json.dumps({"username": "kiemtra01", "password": "wrong", "device": "6f1d2c3b-0000-4000-8000-000000000001"})
    for source in ("127.0.0.1", "127.0.0.2"):
        forged = ("-H", "X-Forwarded-For: 203.0.113.9", "-H", "Content-Type: application/json", "--data", body)
        status, _, told, _ = asked(f"{register}/api/v1/auth/sign-in", "--interface", source, *forged)
        figures.hold(f"a wrong password from {source} is refused", status == 401, f"{status} {told[:70]}")
    seen = {str(row[0]) for row in server.rows("SELECT ip_address FROM axes_accessattempt")}
    figures.hold("the server saw each sender's own address", seen == {"127.0.0.1", "127.0.0.2"}, sorted(seen))
    through, direct = asked(f"{register}/metrics")[0], asked(f"{server.url}/metrics")[0]
    figures.hold(
        "/metrics is closed by the proxy's way, open here", (through, direct) == (404, 200), f"{through}, {direct}"
    )
    status, _, told, _ = asked(f"{register}/api/v1/changes", "-H", "Host: another.example")
    figures.hold("another host's name gets nothing of the register", status != 200 or not told, status)


def _bodies(figures: Figures, asked: _Curl, register: str, authority: Path, scratch: Path) -> None:
    session = requests.Session()
    session.trust_env, session.verify = False, str(authority)
    photo = (ROOT / "assets/samples/certified.png").read_bytes()
    photo += os.urandom(8 * MIB - len(photo))  # a picture may have anything behind its end
    note, device = _note(photo)
    sent = rfc8785.dumps(note)
    answer = session.put(f"{register}/api/v1/inspections/{note['id']}", data=sent, headers=_digest(sent), timeout=60)
    figures.hold("a note is taken", answer.status_code == 201, f"{answer.status_code} {answer.text[:80]}")
    address = f"{register}/api/v1/inspections/{note['id']}/photos/{hashlib.sha256(photo).hexdigest()}"
    began = time.monotonic()
    answer = session.put(address, data=photo, headers={"X-Device": device, "Content-Type": "image/png"}, timeout=60)
    figures.hold("its photo of 8 MiB is taken", answer.status_code == 201, f"{answer.status_code} {answer.text[:60]}")
    figures.tell("seconds for 8 MiB", f"{time.monotonic() - began:.2f}")
    larger = scratch / "larger"
    for size in (8 * MIB + 1024, 12 * MIB):
        larger.write_bytes(bytes(size))
        # As the app speaks: by HTTP/2 curl 7.88 sometimes takes the end of such an answer for a broken one.
        status, _, told, _ = asked(
            address, "--http1.1", "--request", "PUT", "--data-binary", f"@{larger}", "-H", f"X-Device: {device}"
        )
        held = status == 413 and '"too_large"' in told
        figures.hold(f"{size / MIB:.3f} MiB: 413 in the API's form", held, f"{status} {told[:60]}")
    _upload(figures, session, register)


def _upload(figures: Figures, session: requests.Session, register: str) -> None:
    """Sign in to the office by its form, and send 100 MiB with a product's."""
    page = session.get(f"{register}/admin/login/", timeout=60)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    form = {**OFFICE, "csrfmiddlewaretoken": token[1] if token else "", "next": "/admin/"}
    answer = session.post(f"{register}/admin/login/", form, headers={"Referer": page.url}, timeout=60)
    figures.hold(
        "the office lets its registrar in", "/admin/login/" not in answer.url, f"{answer.status_code} {answer.url}"
    )
    cookies = {cookie.name: cookie.secure for cookie in session.cookies}
    figures.hold("its cookies are for TLS alone", all(cookies.values()) and bool(cookies), sorted(cookies))
    page = session.get(f"{register}/admin/register/product/add/", timeout=60)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    files = {f"pictures-{n}-upload": (f"{n}.png", os.urandom(20 * MIB - 4096), "image/png") for n in range(5)}
    began = time.monotonic()
    form = {
        "csrfmiddlewaretoken": token[1] if token else "",
        "pictures-TOTAL_FORMS": "5",
        "pictures-INITIAL_FORMS": "0",
    }
    answer = session.post(page.url, form, files=files, headers={"Referer": page.url}, timeout=300)
    is_form = answer.status_code == 200 and "csrfmiddlewaretoken" in answer.text
    figures.hold(
        "100 MiB reach the form of a product", is_form, f"{answer.status_code}, {time.monotonic() - began:.1f} s"
    )


def _note(photo: bytes) -> tuple[dict[str, Any], str]:
    sys.path += [str(ROOT / "tests/server")]
    from registry_notes import note, photo_of  # type: ignore[import-not-found]

    device = "6f1d2c3b-0000-4000-8000-0000000000aa"
    return note(device=device, photos=[photo_of(photo, "image/png")]), device


def _digest(body: bytes) -> dict[str, str]:
    from registry_notes import content_digest

    return {"Content-Digest": content_digest(body), "Content-Type": "application/json"}


def _doctor(figures: Figures, server: RegistryServer, register: str, authority: Path) -> None:
    (server.data / "last-backup").touch(mode=0o600)
    env = {**os.environ, **server.env, "OCOP_SERVER_DATA": str(server.data), "REQUESTS_CA_BUNDLE": ""}
    server.data.chmod(0o700)  # which a test makes without care
    command = [sys.executable, str(ROOT / "server/manage.py"), "doctor", "--url", register, "--ca", str(authority)]
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=False, cwd=ROOT / "server")
    for line in told.stdout.splitlines():
        figures.tell("doctor", line)
    figures.hold("the doctor finds nothing to do", told.returncode == 0, told.stderr.strip()[-200:])


def _app(figures: Figures, asked: _Curl, site: str) -> None:
    status, headers, _, _ = asked(f"{site}/", "-H", "Accept-Encoding: br, gzip")
    figures.hold("the app's page, packed by the app", (status, headers.get("content-encoding")) == (200, "br"), status)
    figures.hold("HSTS for the app", "max-age=31536000" in headers.get("strict-transport-security", ""))


def _browser(figures: Figures, site: str, scratch: Path) -> None:
    picture = cv2.imread(str(ROOT / "assets/samples/certified.png"))
    video = film(part(np.asarray(picture, np.uint8), "qr"), scratch / "camera.y4m")
    loaded: list[int] = []
    sockets: list[str] = []
    with sync_playwright() as playwright, chromium(playwright, *camera_flags(video)) as browser:
        context = browser.new_context(permissions=["camera"])
        context.close()
        began = time.monotonic()
        with person(browser, site, camera=True) as screen:
            screen.page.on("websocket", lambda opened: sockets.append(opened.url))
            verdict = screen.see("verdict", 60)
            figures.hold("a code before the camera gets its verdict", verdict == "Chứng nhận còn hiệu lực", verdict)
            figures.tell("seconds from the address to the verdict", f"{time.monotonic() - began:.1f}")
            figures.hold("the page is a secure context", bool(screen.page.evaluate("isSecureContext")))
            entries = screen.page.evaluate(
                "performance.getEntriesByType('resource').map(e => [e.name, e.transferSize, e.nextHopProtocol])"
            )
            loaded = [size for _, size, _ in entries]
            protocols = sorted({protocol for _, _, protocol in entries if protocol})
            figures.tell(
                "files, MB of the first visit, protocols", f"{len(loaded)}, {sum(loaded) / 1e6:.1f}, {protocols}"
            )
            screen.page.reload()
            screen.ready()
            screen.page.wait_for_timeout(1000)
            address = site.replace("https", "wss")
            figures.hold(
                "its WebSocket goes by TLS", any(url.startswith(f"{address}/ws") for url in sockets), sockets[:1]
            )


def _while_it_is_away(figures: Figures, asked: _Curl, register: str, server: RegistryServer) -> None:
    server.stop()
    status, headers, body, _ = asked(f"{register}/api/v1/changes")
    is_own = headers.get("retry-after", "").isdigit() and json.loads(body or "{}").get("error") == "unavailable"
    figures.hold("no server: the API answers 503, Retry-After", status == 503 and is_own, f"{status} {body[:60]}")
    status, headers, body, _ = asked(f"{register}{PRODUCT}")
    figures.hold("no server: pages say so in Vietnamese", status == 503 and "Máy chủ đang bận" in body, status)
    figures.hold("with HSTS as well", "max-age" in headers.get("strict-transport-security", ""))
    server.start()
    status = asked(f"{register}{PRODUCT}")[0]
    figures.hold("the server again: its pages again, at once", status == 200, status)


if __name__ == "__main__":
    main()

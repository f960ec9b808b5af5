"""Looks at the installation from outside, as a device does: TLS, what the proxy passes on and what it does not."""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from doctor.finding import Finding, to_do, well
from doctor.inside import clock

CERTIFICATE_DAYS = 14
SECONDS = 20
BODY_BYTES = 8 * 1024 * 1024
_PROXY = "proxy"


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    certificate_ends: float | None


def findings(url: str, ca: str | None = None) -> Iterator[Finding]:
    """Everything that can be seen at `url`. `ca` is a file with a certificate's authority that this machine lacks.

    Where the address does not answer, that is all that is told.
    """
    host = urlsplit(url).netloc
    try:
        health = _ask(url, "/health", ca)
        yield from _tls(url, health)
        yield _health(health)
        yield clock(_ahead(health), f"{host}'s Date")
        if urlsplit(url).scheme == "https":
            yield _strict(_ask(url, "/p/0", ca))
            yield _protocol(_ask(url, "/p/0", ca, headers={"X-Forwarded-Proto": "http"}), url)
        yield _own_word(_ask(url, "/metrics", ca))
        yield _body(_ask(url, "/api/v1/doctor", ca, method="PUT", body=bytes(BODY_BYTES)))
    except ssl.SSLCertVerificationError as error:
        yield to_do("TLS", f"{host}'s certificate is not trusted: {error.verify_message}. Look at the proxy's log.")
    except (OSError, http.client.HTTPException) as error:
        yield to_do("address", f"{url} does not answer ({type(error).__name__}). Are proxy and firewall right?")


def _ask(
    url: str,
    path: str,
    ca: str | None,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> _Answer:
    parts = urlsplit(url)
    port = parts.port
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=ca)
        connection = http.client.HTTPSConnection(parts.hostname or "", port, timeout=SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname or "", port, timeout=SECONDS)
    try:
        connection.connect()
        socket = connection.sock
        ends = None
        if isinstance(socket, ssl.SSLSocket) and (certificate := socket.getpeercert()):
            ends = float(ssl.cert_time_to_seconds(str(certificate["notAfter"])))
        connection.request(method, path, body=body or None, headers=dict(headers or {}))
        answer = connection.getresponse()
        answer.read()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return _Answer(answer.status, told, ends)
    finally:
        connection.close()


def _tls(url: str, health: _Answer) -> Iterator[Finding]:
    if health.certificate_ends is None:
        yield to_do("TLS", f"{url} is not HTTPS: browsers give it no camera. Put a proxy with TLS in front of it.")
        return
    days = (health.certificate_ends - time.time()) / 86400
    if days < CERTIFICATE_DAYS and not _is_short_lived(days):
        yield to_do(
            "TLS", f"the certificate ends in {days:.0f} days. Look at the proxy's log for why it is not renewed."
        )
    else:
        yield well("TLS", f"trusted, the certificate ends in {days:.1f} days")
    plain = urlsplit(url)
    if plain.port in (None, 443):
        try:
            answer = _ask(f"http://{plain.hostname}", "/p/0", None)
        except OSError:
            yield to_do("http", "port 80 does not answer: whoever types the name alone gets nothing. Open it.")
            return
        leads = answer.headers.get("location", "").startswith("https://")
        is_led = answer.status in {301, 307, 308} and leads
        yield well("http", "leads to https") if is_led else to_do("http", "is not led to https. See the proxy.")


def _is_short_lived(days: float) -> bool:
    """Whether the certificate may be one that lives for hours, as of a proxy's own authority."""
    return 0 < days < 1


def _health(health: _Answer) -> Finding:
    if health.status == 200:
        return well("health", "200")
    return to_do("health", f"{health.status}: ask /health what does not work. See docs/alerts.md.")


def _ahead(answer: _Answer) -> float:
    """How many seconds the other clock is ahead; the header has no fractions, so half a second is added."""
    told = answer.headers.get("date")
    return parsedate_to_datetime(told).timestamp() + 0.5 - time.time() if told else 0.0


def _strict(answer: _Answer) -> Finding:
    if "max-age" in answer.headers.get("strict-transport-security", ""):
        return well("HSTS", answer.headers["strict-transport-security"])
    return to_do("HSTS", "browsers are not told to use https alone. Set OCOP_HTTPS=1.")


def _protocol(answer: _Answer, url: str) -> Finding:
    """A client says that it came by HTTP: a proxy that passes this on has it led to https without end."""
    if answer.headers.get("location", "").startswith(url) or answer.status in {301, 307, 308}:
        return to_do(_PROXY, "passes on what a client sends as X-Forwarded-Proto, or sets none. Let it set https.")
    return well(_PROXY, "sets X-Forwarded-Proto itself")


def _own_word(answer: _Answer) -> Finding:
    """Metrics are for this machine, by who sends: a proxy that does not say for whom it asks would give them away."""
    if answer.status == 200:
        return to_do(_PROXY, "adds no X-Forwarded-For: senders cannot be told apart, and anybody reads /metrics.")
    return well(_PROXY, "tells for whom it asks, /metrics is closed")


def _body(answer: _Answer) -> Finding:
    """8 MiB for an address that is not there: the server's own answer has an id, a proxy's has none."""
    if "x-request-id" in answer.headers:
        return well(_PROXY, "passes on 8 MiB")
    return to_do(
        _PROXY, f"answers {answer.status} to 8 MiB by itself: photos would not come. Raise its limit to 9 MiB."
    )

"""What the environment says: folders, the database, the secret key."""

from __future__ import annotations

import difflib
import importlib.util
import ipaddress
import os
import re
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

SQLITE_OPTIONS = {
    # SQLite cannot turn a reader into a writer while another writes, so every transaction begins with the write lock.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # FULL: a receipt means that the row survives a power cut.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}


POSTGRESQL_OPTIONS = {
    "connect_timeout": "5",
    # A database whose machine is gone says nothing more: after these times the connection is given up, before an app
    # gives up its request (20 s).
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "14000",
}
# A server that lost its power must not hold the clock's lock until TCP times out, and nobody waits for it forever.
POSTGRESQL_LIMITS = {"options": "-c idle_in_transaction_session_timeout=60s -c lock_timeout=20s -c jit=off"}


class BadSetting(ValueError):
    """An environment variable says what cannot be meant. Its words name the variable, and no password."""


def number(name: str, default: int) -> int:
    """The whole number, not below zero, that the environment variable `name` says. Raises BadSetting."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise BadSetting(f"{name}: {text[:40]!r} is no whole number. Say one such as {default}.")
    return int(text)


def flag(name: str) -> bool:
    """Whether the environment variable `name` says yes (1, true, yes, on). Raises BadSetting for neither yes nor no."""
    text = os.environ.get(name, "").strip()
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"", "0", "false", "no", "off"}:
        return False
    # Taken for a no, a slip in OCOP_HTTPS would leave cookies and passwords unprotected.
    raise BadSetting(f"{name}: {text[:40]!r} is neither yes nor no. Say 1 or 0.")


def settings_module() -> str:
    """The module of settings, by its name, that OCOP_SETTINGS says. Raises BadSetting where there is none."""
    name = os.environ.get("OCOP_SETTINGS") or "config.settings"
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        found = None
    if found is None:
        raise BadSetting(f"OCOP_SETTINGS: no module is called {name[:80]!r}. It has to be on PYTHONPATH.")
    return name


def unknown(table: str | None) -> list[str]:
    """What the environment sets that the table of variables does not have, each with the name that may be meant."""
    known = set(re.findall(r"`(OCOP_\w+)`", table or ""))
    # Those of the app, which may be started from the same environment.
    given = {name for name in os.environ if name.startswith("OCOP_") and not name.startswith("OCOP_VERIFY_")}
    meant = {name: difflib.get_close_matches(name, known, 1, 0.8) for name in sorted(given - known)}
    return [name + "".join(f" ({near[0]}?)" for near in [close] if near) for name, close in meant.items()]


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """The choice that the environment variable `name` says, else the first. Raises BadSetting for any other."""
    text = os.environ.get(name, "").strip()
    if text and text not in choices:
        raise BadSetting(f"{name}: {text[:40]!r} is none of {', '.join(choices)}.")
    return text or choices[0]


def hosts(name: str, default: str) -> list[str]:
    """The host names that the environment variable `name` lists. Raises BadSetting for what no request can name."""
    found = [one.strip() for one in (os.environ.get(name) or default).split(",") if one.strip()]
    for one in found:
        if not re.fullmatch(r"\*|\.?[\w.-]+|\[[0-9a-fA-F:.]+\]", one):
            raise BadSetting(f"{name}: {one[:80]!r} is no host's name. Say one such as ocop.example, without a port.")
    return found or default.split(",")


def address(name: str, example: str) -> str:
    """The http(s) address that the environment variable `name` says, without a slash at its end; "" where none is said.

    Raises BadSetting, which does not repeat the address: it may have a password.
    """
    text = os.environ.get(name, "").strip().rstrip("/")
    if not text:
        return ""
    parts, _ = _parts(text, name, example)
    plain = not (parts.query or parts.fragment or parts.username is not None or set(text) & set(' \\"<>'))
    if parts.scheme not in {"http", "https"} or not parts.hostname or not plain:
        raise BadSetting(f"{name}: this is no address such as {example}")
    return text


def folder(name: str, default: Path) -> Path:
    """The folder that the environment variable `name` says, which is made where it is missing. Raises BadSetting."""
    path = Path(os.environ.get(name) or default).resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(f"{name}: {path} is no folder, and none can be made there ({error.strerror}).") from None
    return path


def roles(name: str, *, https: bool) -> list[str]:
    """The roles that the environment variable `name` lists. Raises BadSetting for one that there is not.

    Unless given, they are those that keep the register and the accounts where the server is public, and none elsewhere.
    """
    listed = os.environ.get(name) or ("administrator,registrar" if https else "none")
    found = [one.strip() for one in listed.split(",") if one.strip() not in {"", "none"}]
    if unknown := set(found) - {"administrator", "registrar", "reviewer"}:
        raise BadSetting(f"{name}: no role of the office is called {', '.join(sorted(unknown))}")
    return found


def keep_new_files_private() -> None:
    """Let this process make files and folders that its own user alone may read: 0600 and 0700."""
    os.umask(0o077)


def networks(name: str, default: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """The addresses and networks that the environment variable `name` lists. Raises BadSetting for anything else."""
    listed = (os.environ.get(name) or default).split(",")
    try:
        return [ipaddress.ip_network(one.strip(), strict=False) for one in listed if one.strip()]
    except ValueError as error:
        raise BadSetting(f"{name}: {error}. List addresses and networks such as {default}.") from None


_DATABASE = "postgres://user:password@host:5432/name"


def database(url: str, data: Path, *, pooled: bool = False, name: str = "DATABASE_URL") -> dict[str, Any]:
    """Django's database settings for `url`; an SQLite file in `data` when it is empty.

    Takes `sqlite:///path` and `postgres://user:password@host:port/name?option=value` (also `postgresql://`; libpq's
    options). Raises BadSetting for anything else, which names the variable `name`. `pooled`: a pooler (PgBouncer) lends
    a connection for one transaction. Then no cursor outlives its transaction, and the limits are the role's own
    (deploy/failover/roles.sql).
    """
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": data / "registry.sqlite3", "OPTIONS": SQLITE_OPTIONS}
    parts, port = _parts(url, name, _DATABASE)
    if parts.scheme == "sqlite":
        path = unquote(parts.path.removeprefix("/"))
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": SQLITE_OPTIONS}
    if parts.scheme in {"postgres", "postgresql"}:
        if set(parts.path[1:]) & set("/@"):  # a part of the password: its / has to be written as %2F
            raise BadSetting(f"{name}: this is no address such as {_DATABASE}")
        return {
            "ENGINE": "querying.postgresql",
            "NAME": unquote(parts.path.removeprefix("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(port or ""),
            "OPTIONS": {
                **POSTGRESQL_OPTIONS,
                **({} if pooled else POSTGRESQL_LIMITS),
                **dict(parse_qsl(parts.query)),
            },
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "DISABLE_SERVER_SIDE_CURSORS": pooled,
        }
    raise BadSetting(f"{name}: the scheme {parts.scheme!r} is neither sqlite nor postgres")


def _parts(url: str, name: str, example: str) -> tuple[SplitResult, int | None]:
    """An address's parts and its port. Raises BadSetting, which does not repeat the address: it has a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadSetting(f"{name}: this is no address such as {example}") from None
    return parts, port


_MAIL = "smtps://user:password@host"


def mail(url: str) -> dict[str, Any]:
    """Django's settings of the mail server at `url`; none when it is empty.

    Takes `smtps://user:password@host:port` (TLS from the beginning) and `smtp://...` (STARTTLS; none with `?tls=no`,
    for a server on this machine). Raises BadSetting for anything else.
    """
    if not url:
        return {}
    parts, port = _parts(url, "OCOP_MAIL", _MAIL)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise BadSetting(f"OCOP_MAIL: this is no address such as {_MAIL}")
    is_tls = parts.scheme == "smtps"
    starts_tls = not is_tls and dict(parse_qsl(parts.query)).get("tls") != "no"
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if is_tls else 587 if starts_tls else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_tls,
        "EMAIL_USE_TLS": starts_tls,
        "EMAIL_TIMEOUT": 30,
    }


def secret_key(path: Path) -> str:
    """The key in the file `path`, made at the first start and readable by its owner alone. Raises BadSetting."""
    try:
        return _kept_key(path)
    except FileNotFoundError:
        pass
    # Written to another file and linked, so that two simultaneous first starts agree on one whole key.
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # mkstemp's mode is 0600
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())  # a power cut must not leave an empty one under the name
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink()
    return _kept_key(path)


def _kept_key(path: Path) -> str:
    """What the file holds. Another key in its place would end every session and open no second factor any more."""
    cure = "Put the file of a backup in its place (docs/backup.md)."
    try:
        key = path.read_text("ascii")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise BadSetting(f"The secret key {path} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise BadSetting(f"The secret key {path} is damaged. {cure}") from None
    if not key.strip():
        raise BadSetting(f"The secret key {path} is empty. {cure}")
    return key

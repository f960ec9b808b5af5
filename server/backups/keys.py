"""The secrets of this server: the issuer's private keys, the secret key, and what the environment says."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from backups.folder import write_durably
from backups.sealing import Secrets

SETTINGS_FILE = "restored-settings.env"
"""In the data folder after a restore: what the environment said where the backup was made, to be compared by hand."""
_OWN = "OCOP_BACKUP"


def gathered() -> Secrets:
    """All of them. Raises OSError where a key's file cannot be read."""
    pems = {path.name: path.read_text("ascii") for path in sorted(Path(settings.ISSUER_KEYS).glob("*.pem"))}
    told = {name: value for name, value in sorted(os.environ.items()) if name[:5] == "OCOP_" and _OWN not in name}
    return Secrets(pems, settings.SECRET_KEY, told)


def put_back(secrets: Secrets) -> list[str]:
    """Put them where the server looks for them; what was done, in sentences. Raises OSError.

    A file with other content stays, under a name that tells since when it is replaced.
    """
    done = []
    folder = Path(settings.ISSUER_KEYS)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, pem in secrets.issuer_keys.items():
        done += _put(folder / name, pem)
    if os.environ.get("OCOP_SECRET_KEY"):
        if os.environ["OCOP_SECRET_KEY"] != secrets.secret_key:
            done.append(f"OCOP_SECRET_KEY is another one than that of the backup, which is in {SETTINGS_FILE}.")
    else:
        done += _put(settings.DATA_DIR / "secret-key", secrets.secret_key)
    told = {**secrets.settings, "OCOP_SECRET_KEY": secrets.secret_key}
    lines = "".join(f"{name}={value}\n" for name, value in told.items())
    write_durably(settings.DATA_DIR / SETTINGS_FILE, lines.encode())
    return [*done, f"{settings.DATA_DIR / SETTINGS_FILE} has the settings of then. Compare them, and remove the file."]


def _put(path: Path, content: str) -> list[str]:
    done = []
    if path.exists():
        if path.read_text("ascii") == content:
            return []
        kept = path.with_name(f"{path.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        path.rename(kept)
        done.append(f"{path} had another key, which is now {kept.name}.")
    write_durably(path, content.encode("ascii"))
    return done

"""Tells whether the server at an address is the one that this folder's data is of, wherever it stands now."""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

import requests
import rfc8785

from services.client.answers import Refused
from services.client.registry import Registry
from services.register.about import Register
from services.register.catalogue import Catalogue
from services.register.statements import is_signed
from services.storage.store import Store

_log = logging.getLogger(__name__)


class Standing(Enum):
    """What is known of the server at the present address.

    KNOWN: it may be talked to. NOT_ASKED: the address is new, and nothing has answered there yet. UNPROVED: what
    answers could not prove that it is the same register. ANOTHER: it says that it is another one. Until the person
    decides, neither tokens nor records are sent to the last three.
    """

    KNOWN = "known"
    NOT_ASKED = "not_asked"
    UNPROVED = "unproved"
    ANOTHER = "another"


class Addresses:
    """The addresses at which this folder's register was found, in addresses.json. Safe to use from several threads."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        """Open or begin the list. The caller holds the FolderLock. Raises StoreError."""
        self._store = Store(folder / "addresses.json")
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._asked: tuple[Registry, Standing] | None = None

    def standing(self, registry: Registry) -> Standing:
        """What is known of this server, without asking it. The first server that the app is given is known."""
        source = self._catalogue.copy.source
        if source in (None, registry.url):
            self._introduce(registry)
            return Standing.KNOWN
        with self._lock:
            row = self._store.table("addresses").get(doc_id=_key(registry.url))
            if row and row["register"] == self._catalogue.register.id:
                proven = bool(row["proven"])
            elif self._asked and self._asked[0] is registry:
                return self._asked[1]
            else:
                return Standing.NOT_ASKED
        if proven:
            self._introduce(registry)
        return Standing.KNOWN

    def settle(self, registry: Registry) -> Standing:
        """What is known of this server, which is asked for a proof where that is needed. Raises Unreachable."""
        standing, source = self.standing(registry), self._catalogue.copy.source
        if standing is Standing.KNOWN or source is None:
            return standing
        found = prove(registry, self._catalogue.register, source, self._catalogue.copy.as_of)
        if found is Standing.KNOWN:
            self._keep(source, registry.url, proven=True)
            self._introduce(registry)
            self._catalogue.move(registry.url)
        elif found is not standing:
            _log.warning("%s has not proved to be the register at %s: nothing is sent to it", registry.url, source)
        with self._lock:
            self._asked = (registry, found)
        return found

    def accept(self, registry: Registry) -> None:
        """Take over the person's word that this server may be talked to. Its sessions and copy begin anew."""
        self._keep(registry.url, proven=False)

    def close(self) -> None:
        """Refuse every later change."""
        self._store.close()

    def _introduce(self, registry: Registry) -> None:
        """Tell the registry under which other addresses it was known."""
        registry.addresses = frozenset({registry.url, *self._proven(registry.url)})

    def _proven(self, address: str) -> Iterator[str]:
        register = self._catalogue.register.id
        with self._lock:
            rows = [row for row in self._store.table("addresses") if row["register"] == register and row["proven"]]
        if register is not None and any(row["address"] == address for row in rows):
            yield from (row["address"] for row in rows)

    def _keep(self, *addresses: str, proven: bool) -> None:
        register = self._catalogue.register.id
        with self._lock:
            self._store.commit(
                {
                    "addresses": {
                        _key(address): {"address": address, "register": register, "proven": proven}
                        for address in addresses
                    }
                }
            )


def prove(registry: Registry, register: Register, source: str, as_of: datetime | None) -> Standing:
    """Ask a server at a new address to prove that it is this register (docs/api.md, "Identity").

    `source` is the address at which the register was known, `as_of` a time that has certainly passed. Raises
    Unreachable where nothing answers.
    """
    if urlsplit(source).scheme == "https" != urlsplit(registry.url).scheme:
        return Standing.UNPROVED  # anybody on the way could pass the question on, and read what comes after it
    challenge = secrets.token_urlsafe(32)
    try:
        claimed, proofs = registry.identity(challenge)
    except Refused:
        return Standing.UNPROVED
    if register.id is None:
        return Standing.UNPROVED
    if claimed != register.id:
        return Standing.ANOTHER
    wanted = rfc8785.dumps({"id": register.id, "challenge": challenge, "host": _host(registry.url)})
    now = max(datetime.now(UTC), as_of or datetime.min.replace(tzinfo=UTC))
    signed = any(is_signed(proof, wanted, register.issuer_keys, now) for proof in proofs)
    return Standing.KNOWN if signed else Standing.UNPROVED


def _host(address: str) -> str | None:
    """The host name as it is sent to the server."""
    return urlsplit(requests.Request("GET", address).prepare().url or "").hostname


def _key(address: str) -> int:
    return int(hashlib.sha256(address.encode()).hexdigest()[:15], 16)

"""One's own looks: what was scanned or opened, kept on this device until it is deleted or the oldest have to go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from services.accounts.viewer import Viewer
from services.register.search import fold
from services.storage.segments import Segments
from services.storage.store import Recovery, StoreWriteError
from services.subscriptions import Subscriptions, Unsubscribe

MOST = 10_000
"""Looks that are kept; beyond it the oldest go, some dozens at once."""

SAME_LOOK = timedelta(minutes=10)
"""So long, what is looked at again at once is the same look: a screen is drawn anew, or the server has been asked."""

_LONGEST = 2000  # characters of a text


@dataclass(frozen=True)
class Look:
    """What was looked at, as it was shown then. `text` is the code's text or what was typed or chosen.

    `verdict` is the verdict's code (services.verification), and `said` its word in the person's language. `name` is the
    product's. `owner` is the account that was signed in (Viewer.account). `key` tells it from all others once it is
    kept.
    """

    at: datetime
    text: str
    verdict: str
    said: str
    gtin: str | None = None
    name: str | None = None
    owner: str | None = None
    key: int = 0


@dataclass(frozen=True)
class Found:
    """Looks, newest first, and how many there are in all."""

    looks: list[Look]
    in_all: int


class History:
    """The looks of one device. Safe to use from several threads; opened when it is first used, which may take a moment.

    Methods that write are durable on return. All raise StoreError where the disk does not take or give it. Screens pass
    their `viewer` and get nothing of other accounts, as for notes.
    """

    def __init__(self, folder: Path, *, most: int = MOST) -> None:
        self._folder = folder
        self._most = most
        self._lock = threading.RLock()
        self._opened: Segments | None = None
        self._folded: dict[int, str] = {}
        self._changed = Subscriptions()
        self._closed = False

    @property
    def recovered(self) -> list[Recovery]:
        """What had to be recovered on opening; empty before it is opened."""
        return self._opened.recovered if self._opened else []

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change, from the thread that made it."""
        return self._changed.add(callback)

    def add(self, look: Look) -> Look:
        """Keep a look, and give it with its key. The newest look at the same takes over what is shown now."""
        look = replace(look, text=look.text[:_LONGEST])
        with self._lock:
            looks = self._segments()
            newest = _read(max(looks), looks) if looks else None
            if newest and _same(newest, look):
                look = replace(look, at=newest.at, key=newest.key)
                if look == newest:
                    return look
                self._folded.pop(look.key, None)
            else:
                look = replace(look, key=max(looks, default=0) + 1)
            looks.put(look.key, _row(look))
            if len(looks) > self._most:
                self._forget(looks.oldest())
        self._changed.notify()
        return look

    def put_back(self, look: Look) -> None:
        """Keep a look again that was deleted: in its old place, unless another has taken that since."""
        with self._lock:
            looks = self._segments()
            looks.put(max(looks) + 1 if look.key in looks else look.key, _row(look))
        self._changed.notify()

    def find(self, viewer: Viewer, query: str = "", *, limit: int = 50, offset: int = 0) -> Found:
        """The viewer's looks in which every word of `query` begins a word, whatever its diacritics; newest first."""
        words = fold(query).split()
        with self._lock:
            looks = self._segments()
            keys = [key for key in _newest_first(looks) if viewer.sees(looks.get(key)["owner"])]
            if words:
                keys = [key for key in keys if all(f" {word}" in self._searched(key) for word in words)]
            return Found([_read(key, looks) for key in keys[offset : offset + limit]], len(keys))

    def products(self, limit: int = 200) -> list[str]:
        """The GTINs of the newest looks, whoever looked."""
        with self._lock:
            looks = self._segments()
            return [gtin for key in _newest_first(looks)[:limit] if (gtin := looks.get(key)["gtin"])]

    def delete(self, keys: Collection[int]) -> None:
        """Delete these looks, in every file that holds them."""
        with self._lock:
            self._forget(keys)
        self._changed.notify()

    def delete_all(self, viewer: Viewer) -> None:
        """Delete all that the viewer sees, in every file that holds them, damaged ones too where nothing is left."""
        with self._lock:
            looks = self._segments()
            self._forget([key for key in looks if viewer.sees(looks.get(key)["owner"])])
            if not looks:
                looks.clear()
        self._changed.notify()

    def close(self) -> None:
        """Refuse every later change."""
        with self._lock:
            self._closed = True
            if self._opened:
                self._opened.close()

    def _segments(self) -> Segments:
        if self._opened is None:
            if self._closed:
                raise StoreWriteError(self._folder, "closed")
            self._opened = Segments(self._folder, table="looks")
        return self._opened

    def _forget(self, keys: Collection[int]) -> None:
        self._segments().erase(keys)
        for key in keys:
            self._folded.pop(key, None)

    def _searched(self, key: int) -> str:
        """What is searched of a look, each word with a space before it."""
        if key not in self._folded:
            row = self._segments().get(key)
            parts = (row["name"], row["said"], row["text"], row["gtin"], (row["gtin"] or "").lstrip("0"))
            self._folded[key] = f" {fold(' '.join(filter(None, parts)))}"
        return self._folded[key]


def _newest_first(looks: Segments) -> list[int]:
    """All keys. What was put back stands last in the files, and its key tells its place."""
    return sorted(looks, reverse=True)


def _same(newest: Look, look: Look) -> bool:
    alike = (newest.text, newest.gtin, newest.owner) == (look.text, look.gtin, look.owner)
    return alike and abs(look.at - newest.at) < SAME_LOOK


def _row(look: Look) -> dict[str, Any]:
    row = dict(vars(look)) | {"at": look.at.isoformat()}
    del row["key"]
    return row


def _read(key: int, looks: Segments) -> Look:
    row = looks.get(key)
    return Look(**{**row, "at": datetime.fromisoformat(row["at"])}, key=key)

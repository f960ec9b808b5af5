"""The sentences that an account writes often: kept on this device, learned from what is saved, offered for one tap."""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from services.accounts.viewer import Viewer
from services.storage.store import Recovery, Store
from services.texts import normal

OFFERED, MOST = 12, 200
"""How many sentences are offered at once, and how many are remembered for all accounts together."""

LEARNED_AFTER = 2
"""A sentence is offered once it was written so often, or at once if the person kept it."""

SHORTEST, LONGEST = 8, 200
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Sentence:
    """A sentence, whose it is, how often it was saved in an inspection, and whether the person kept it themselves."""

    text: str
    account: str | None
    uses: int = 0
    kept: bool = False
    last: int = 0  # counts up with each use, so that the newest is known without a clock

    @property
    def is_offered(self) -> bool:
        return self.kept or self.uses >= LEARNED_AFTER


class Templates:
    """The sentences of one device. Each change is on the disk when its method returns, or raises StoreWriteError.

    Safe to use from several threads.
    """

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder / "templates.json")
        self._lock = threading.Lock()
        kept = {row.doc_id: dict(row) for row in self._store.table("sentences")}
        self._sentences = {key: Sentence(**row) for key, row in kept.items()}

    @property
    def recovered(self) -> Recovery | None:
        return self._store.recovered

    def offered(self, viewer: Viewer) -> list[str]:
        """The viewer's sentences, those used most and last first."""
        with self._lock:
            own = [each for each in self._sentences.values() if viewer.owns(each.account) and each.is_offered]
        return [each.text for each in sorted(own, key=lambda each: (-each.uses, -each.last))][:OFFERED]

    def learn(self, text: str, viewer: Viewer) -> None:
        """Count the sentences of a text that was saved: a line each. What only fits one product is left out."""
        self._write({line: None for line in _lines(text) if not _HASH.search(line)}, viewer)

    def keep(self, text: str, viewer: Viewer) -> None:
        """Offer this from now on, because the person says so."""
        self._write(dict.fromkeys(_lines(text, shortest=1), True), viewer)

    def change(self, text: str, other: str, viewer: Viewer) -> None:
        """Put another sentence in the place of one."""
        self.forget(text, viewer)
        self.keep(other, viewer)

    def forget(self, text: str, viewer: Viewer) -> None:
        """Offer this no longer; it is learned again only from the beginning."""
        with self._lock:
            key = _key(text, viewer.account)
            if key in self._sentences:
                self._store.commit({"sentences": {key: None}})
                self._store.durable.remove_earlier()
                del self._sentences[key]

    def close(self) -> None:
        with self._lock:
            self._store.close()

    def _write(self, lines: dict[str, bool | None], viewer: Viewer) -> None:
        """Count a use of each line; True: it is kept by the person, and was not used yet."""
        if not lines or viewer.account is None:
            return
        with self._lock:
            last = max((each.last for each in self._sentences.values()), default=0)
            changed: dict[int, Sentence | None] = {}
            for number, (line, kept) in enumerate(lines.items(), start=last + 1):
                key = _key(line, viewer.account)
                was = self._sentences.get(key, Sentence(line, viewer.account))
                changed[key] = replace(was, uses=was.uses + (not kept), kept=was.kept or bool(kept), last=number)
            sentences = self._sentences | changed
            oldest = sorted(sentences.items(), key=lambda one: (one[1].is_offered, one[1].last) if one[1] else (0, 0))
            for key, _sentence in oldest[: max(0, len(sentences) - MOST)]:
                changed[key] = None
            self._store.commit({"sentences": {key: asdict(each) if each else None for key, each in changed.items()}})
            for key, each in changed.items():
                if each is None:
                    self._sentences.pop(key, None)
                else:
                    self._sentences[key] = each


def _lines(text: str, *, shortest: int = SHORTEST) -> list[str]:
    lines = (" ".join(normal(line).split()) for line in text.splitlines())
    return [line for line in lines if shortest <= len(line) <= LONGEST]


def _key(text: str, account: str | None) -> int:
    return int.from_bytes(hashlib.sha256(f"{account}\n{text}".encode(errors="replace")).digest()[:8])

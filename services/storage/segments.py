"""A growing table whose writes stay small: documents in many small durable files, filled one after another."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from services.storage.store import Migration, Recovery, Store, StoreWriteError

_FILE = re.compile(r"(\d{6})(\.prev)?(\.tmp)?\.json")
"""Any generation of a segment: an interrupted write may have left the file under another name."""


class Segments:
    """Documents by key in the order they were added, at most `rows` to a file.

    One write replaces one file, so its cost depends on `rows` and not on the number of documents. Not locked.
    """

    def __init__(self, folder: Path, *, table: str, rows: int = 64, migrations: Sequence[Migration] = ()) -> None:
        """Open every segment in `folder`; each keeps its schema until it is next written. Raises StoreError.

        `table` is the name of the documents' table in the files.
        """
        self.folder = folder
        self._migrations = migrations
        self.recovered: list[Recovery] = []
        self._rows = rows
        self._table = table
        self._stores: dict[int, Store] = {}
        self._segment_of: dict[int, int] = {}
        found = {int(match[1]) for path in folder.glob("*.json") if (match := _FILE.fullmatch(path.name))}
        for number in sorted(found):
            store = self._open(number)
            if store.recovered:
                self.recovered.append(store.recovered)
            self._segment_of |= dict.fromkeys(map(int, store.durable.read().get(self._table, {})), number)

    def __contains__(self, key: int) -> bool:
        return key in self._segment_of

    def __len__(self) -> int:
        return len(self._segment_of)

    def __iter__(self) -> Iterator[int]:
        """All keys, oldest first."""
        return iter(self._segment_of)

    def __reversed__(self) -> Iterator[int]:
        return reversed(self._segment_of)

    def get(self, key: int) -> Mapping[str, Any]:
        """The document, not to be changed in place. Raises KeyError."""
        table: Mapping[str, Mapping[str, Any]] = self._stores[self._segment_of[key]].durable.read()[self._table]
        return table[str(key)]

    def put(self, key: int, document: Mapping[str, Any]) -> None:
        """Add a document at the end, or replace one that exists; durable on return. Raises StoreWriteError."""
        number = self._segment_of.get(key)
        if number is None:
            number = max(self._stores, default=1)
            if number in self._stores and len(self._stores[number].table(self._table)) >= self._rows:
                number += 1
        store = self._stores[number] if number in self._stores else self._open(number)
        store.commit({self._table: {key: document}})
        self._segment_of[key] = number

    def put_all(self, documents: Mapping[int, Mapping[str, Any]]) -> None:
        """Add new documents at the end, in order, with one write for each file. Raises StoreWriteError.

        Those of one file are kept all or none. What was kept before a write failed stays.
        """
        left = [*documents.items()]
        number = max(self._stores, default=1)
        while left:
            store = self._stores[number] if number in self._stores else self._open(number)
            room = max(0, self._rows - len(store.table(self._table)))
            now, left = left[:room], left[room:]
            if now:
                store.commit({self._table: dict(now)})
                self._segment_of |= dict.fromkeys((key for key, _document in now), number)
            number += 1

    def drop(self, key: int) -> None:
        """Take a document out as if it had not been put; durable on return. Raises KeyError, StoreWriteError.

        The earlier generation of its file may hold it still, unlike after `erase`.
        """
        self._stores[self._segment_of[key]].commit({self._table: {key: None}})
        del self._segment_of[key]

    def oldest(self) -> list[int]:
        """The keys of the oldest file, which `erase` removes whole."""
        first = min(self._segment_of.values(), default=0)
        return [key for key, number in self._segment_of.items() if number == first]

    def erase(self, keys: Collection[int]) -> None:
        """Remove documents, in earlier generations too: no file holds them when this returns. Raises StoreWriteError.

        A file of which nothing is left is removed.
        """
        by_file: dict[int, set[int]] = {}
        for key in keys:
            if key in self._segment_of:
                by_file.setdefault(self._segment_of[key], set()).add(key)
        for number, gone in by_file.items():
            store = self._stores[number]
            if len(gone) == len(store.durable.read()[self._table]):
                store.durable.remove()
                del self._stores[number]
            else:
                store.commit({self._table: dict.fromkeys(gone)})
                store.durable.remove_earlier()
            for key in gone:
                del self._segment_of[key]

    def clear(self) -> None:
        """Remove every file of the folder, damaged ones and those of interrupted writes too. Raises StoreWriteError."""
        self.erase(list(self._segment_of))
        for path in self.folder.glob("??????.*json"):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise StoreWriteError(path, error.strerror or str(error)) from error

    def close(self) -> None:
        for store in self._stores.values():
            store.close()

    def _open(self, number: int) -> Store:
        store = self._stores[number] = Store(self.folder / f"{number:06d}.json", migrations=self._migrations)
        return store

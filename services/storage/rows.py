"""A table kept in memory as the text of its file: a document is parsed only when it is asked for."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any


class Rows(Mapping[str, Any]):
    """Documents by key, each as its JSON text in UTF-8 without line breaks.

    A register of a hundred thousand products is opened without parsing it, and takes hardly more memory than its file.
    Immutable.
    """

    def __init__(self, texts: dict[str, bytes]) -> None:
        self.texts = texts

    @classmethod
    def of(cls, documents: Mapping[str, Any]) -> Rows:
        """Make rows of documents. Raises TypeError or ValueError for what JSON cannot hold."""
        return documents if isinstance(documents, cls) else cls({key: to_text(row) for key, row in documents.items()})

    def __getitem__(self, key: str) -> Any:
        return json.loads(self.texts[key])

    def __contains__(self, key: object) -> bool:
        return key in self.texts

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)

    def size(self) -> int:
        """The size of all texts in bytes."""
        return sum(map(len, self.texts.values()))


def to_text(document: Any) -> bytes:
    """A document as one line of JSON. Raises TypeError or ValueError for what JSON cannot hold."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def write_tables(tables: Mapping[str, Any]) -> bytes:
    """Tables as JSON. A table of Rows comes last, with a line for each document."""
    plain = to_text({name: table for name, table in tables.items() if not isinstance(table, Rows)})
    lined = [(name, table.texts) for name, table in tables.items() if isinstance(table, Rows)]
    if not lined:
        return plain
    ((name, texts),) = lined
    comma = b"," if len(tables) > 1 else b""
    lines = b",\n".join([b'"%b":%b' % (key.encode(), text) for key, text in texts.items()])
    return b'%b%b"%b":{\n%b\n}}' % (plain[:-1], comma, name.encode(), lines)


def read_tables(blob: bytes, begin: int, name: str) -> dict[str, Any]:
    """The tables in `blob` from byte `begin` on, the one called `name` as Rows.

    Documents may also stand several on a line. Raises ValueError for what is not JSON.
    """
    lines = io.BytesIO(blob)  # shares the memory of `blob`
    lines.seek(begin)
    head = lines.readline()
    tables: dict[str, Any]
    if not head.endswith(b'"%b":{\n' % name.encode()):
        tables = json.loads(blob[begin:])
        return {**tables, name: Rows.of(tables.get(name, {}))}
    tables = json.loads(head + b"}}")
    texts: dict[str, bytes] = {}
    for line in lines:
        if line[:1] == b'"':
            colon = line.index(b'":')
            texts[line[1:colon].decode()] = line[colon + 2 : -2 if line.endswith(b",\n") else -1]
    return {**tables, name: Rows(texts)}

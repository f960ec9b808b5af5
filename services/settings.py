"""Keeps what the person chose on this device."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from services.scanners.reading import LONGEST_FRAME
from services.storage.store import Recovery, Store
from services.window_place import WindowPlace

Language = Literal["vi", "en"]
Theme = Literal["system", "light", "dark", "contrast"]

_CHOICES: dict[str, tuple[object, ...]] = {
    "language": (None, *get_args(Language)),
    "theme": get_args(Theme),
    "photos_on_wifi_only": (False, True),
    "pictures_mb": (50, 100, 250, 500),
    "labels_ahead": (False, True),
    "keep_history": (False, True),
    "haptics": (False, True),
    "told_photos": (False, True),
    "told_position": (False, True),
    "told_report": (False, True),
    "tones": (False, True),
    "volume": tuple(range(0, 101, 10)),
}
_LONGEST_ADDRESS = 500
_ONLY = 1  # the one document of the table


@dataclass(frozen=True)
class Settings:
    """The choices. `language` None: the platform's; `server` None: the one that the app was started with.

    `pictures_mb`: how many megabytes pictures that were looked at may take. `labels_ahead`: an inspector's device
    fetches all labels in advance. `keep_history`: what was looked at is kept (services.history).
    `haptics`: a phone trembles by each verdict's tone. `tones`: each verdict is heard, at `volume` per cent in steps of
    10.
    `scanner_prefix` and `scanner_suffix` are what a handheld scanner types around each code, mostly nothing.
    `told_photos`, `told_position` and `told_report`: the person has read what becomes of these.
    `window` is where the window of a computer stood (services.window_place), `last_screen` the address that was open.
    """

    language: Language | None = None
    theme: Theme = "system"
    server: str | None = None
    photos_on_wifi_only: bool = False
    pictures_mb: int = 100
    labels_ahead: bool = True
    keep_history: bool = True
    haptics: bool = True
    tones: bool = True
    volume: int = 80
    scanner_prefix: str = ""
    scanner_suffix: str = ""
    window: tuple[int, ...] | None = None
    last_screen: str | None = None
    told_photos: bool = False
    told_position: bool = False
    told_report: bool = False


class SettingsFile:
    """Settings on the disk. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        kept: Mapping[str, Any] = store.table("settings").get(doc_id=_ONLY) or {}
        # A choice that this version does not know is ignored, so that the app starts all the same.
        chosen = {name: value for name, value in kept.items() if _fits(name, value)}
        if chosen.get("window"):
            chosen["window"] = tuple(chosen["window"])
        self._value = Settings(**chosen)

    @classmethod
    def open(cls, folder: Path) -> SettingsFile:
        """Open or begin the settings in `folder`. The caller holds the FolderLock. Raises StoreError."""
        return cls(Store(folder / "settings.json"))

    @property
    def recovered(self) -> Recovery | None:
        return self._store.recovered

    @property
    def value(self) -> Settings:
        return self._value

    def change(self, **chosen: Any) -> Settings:
        """Change some fields; durable on return. Raises ValueError for an unknown choice, StoreWriteError."""
        for name, value in chosen.items():
            if not _fits(name, value):
                raise ValueError(f"{name}: {value!r}")
        with self._lock:
            changed = replace(self._value, **chosen)
            self._store.commit({"settings": {_ONLY: asdict(changed)}})
            self._value = changed
            return changed

    def close(self) -> None:
        with self._lock:
            self._store.close()


def _fits(name: str, value: Any) -> bool:
    if name == "window":
        return value is None or _is_place(value)
    if name == "last_screen":
        return value is None or (isinstance(value, str) and value.startswith("/") and len(value) <= _LONGEST_ADDRESS)
    if name == "server":
        return value is None or isinstance(value, str)
    if name in ("scanner_prefix", "scanner_suffix"):
        return isinstance(value, str) and len(value) <= LONGEST_FRAME and (value == "" or value.isprintable())
    return value in _CHOICES.get(name, ())


def _is_place(value: Any) -> bool:
    try:
        WindowPlace.of(value)
    except ValueError:
        return False
    return True

"""The device's pictures of products: from the disk at once, otherwise fetched, each of them once and within a bound.

    seen/    pictures that somebody looked at; what was used least recently goes first
    ahead/   every product's label, fetched before it is needed (services.sync.pictures); nothing of it goes by itself
    none/    an empty file for each picture that the register did not have; it is asked again after a day

Nothing here is needed for a verdict, and all of it can be fetched again.
"""

from __future__ import annotations

import contextlib
import io
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from services.register.shelf import Key, Shelf
from services.storage.store import StoreWriteError, make_folder

WIDTHS = (160, 640, 1600)
"""Pixels of the longest side, at most."""

LARGEST = {160: 128 * 1024, 640: 1024 * 1024, 1600: 6 * 1024 * 1024}
"""Bytes that a picture of each width may have."""

MOST_SEEN = 100_000_000
MOST_AHEAD = 200_000_000
"""Bytes on the disk."""

_AT_ONCE = 3
_SLOW, _RESTS = 0.5, 3.0
"""Seconds: after a failure that took so long, nothing is asked for so long. A dead line is not tried one by one."""

_ASKS_AGAIN = 24 * 3600.0
"""Seconds: a register that was restored may have got its pictures back since."""

_CANCEL_CHECK = 0.2
_NAME = re.compile("[0-9a-f]{64}")
_NONE = re.compile(r"([0-9a-f]{64})-(\d{1,4})-([0-9a-f]{8})")

Cancelled = Callable[[], bool]
Fetch = Callable[[str, int, Cancelled], bytes | None]
"""Asks the register for a picture of this name and width; None where it has none. Raises what a failure is."""


class NotWanted(Exception):
    """The picture was not waited for."""


def is_webp(content: bytes, width: int) -> bool:
    """Whether these bytes are one whole WebP picture whose longest side is at most `width`, and which can be drawn."""
    try:
        with Image.open(io.BytesIO(content), formats=["WEBP"]) as picture:
            if max(picture.size) > width or getattr(picture, "n_frames", 1) != 1:
                return False
            picture.load()
            return True
    except Exception:  # Pillow raises whatever its decoders raise for bytes that are no picture
        return False


def not_cancelled() -> bool:
    """Stand for Cancelled where nobody can cancel."""
    return False


class Pictures:
    """Pictures by name and width. Safe to share between threads, and shared by everybody: pictures are public."""

    def __init__(self, folder: Path, fetch: Fetch, named: Callable[[], Mapping[str, int]]) -> None:
        """`named` gives the pictures that the register's copy names, each with a number that changes with its product.

        Reads nothing yet.
        """
        self.seen = Shelf(folder / "seen", MOST_SEEN)
        self.ahead = Shelf(folder / "ahead", MOST_AHEAD, makes_room=False)
        self._fetch = fetch
        self._named = named
        self._none = _None(folder / "none")
        self._lock = threading.Lock()
        self._turns: dict[Key, _Turn] = {}
        self._failed: tuple[float, Exception] | None = None
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="picture")
        self._closed = False

    def kept(self, sha256: str, width: int) -> bytes | None:
        """The picture if it is on the disk. Raises ValueError for what names no picture."""
        key = _key(sha256, width)
        return self.seen.read(key) or self.ahead.read(key)

    def at_hand(self, sha256: str, width: int, *, smaller: bool = False) -> bytes | None:
        """The picture from the disk in this width or the next larger one; with `smaller`, else in a smaller one.

        Raises ValueError for what names no picture.
        """
        _key(sha256, width)
        others = sorted((each for each in WIDTHS if each < width), reverse=True) if smaller else []
        widths = [each for each in WIDTHS if each >= width] + others
        return next(filter(None, (self.kept(sha256, each) for each in widths)), None)

    def is_named(self, sha256: str) -> bool:
        """Whether a product of the register's copy has this picture."""
        return sha256 in self._named()

    def picture(
        self, sha256: str, width: int, *, cancelled: Cancelled = not_cancelled, ahead: bool = False
    ) -> bytes | None:
        """The picture from the disk or from the register; None where the register has none.

        However many ask, it is fetched once. `ahead` keeps it on the shelf of that name. Raises what `fetch` raises,
        NotWanted where it is cancelled while somebody else fetches it, and ValueError for what names no picture. A
        picture that the disk does not take is given all the same.
        """
        key = _key(sha256, width)
        content = self.kept(sha256, width)
        if content is not None or self._none.has(key):
            return content
        with self._turn(key, cancelled):
            content = self.kept(sha256, width)  # somebody else may have brought it meanwhile
            if content is not None or self._none.has(key):
                return content
            return self._bring(key, self.ahead if ahead else self.seen, cancelled)

    def ask(self, sha256: str, width: int, cancelled: Cancelled = not_cancelled) -> Future[bytes | None]:
        """Give `picture` from one of a few threads that do nothing else, so that nothing else waits for pictures."""
        return self._pool.submit(self.picture, sha256, width, cancelled=cancelled)

    def follow_register(self) -> None:
        """Remove what no product names any more; what the register did not have is asked for again if it changed."""
        named = self._named()
        self.seen.keep_only(named)
        self.ahead.keep_only(named)
        self._none.keep_only(named)

    def close(self) -> None:
        """End every fetch; nothing is fetched any more."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _bring(self, key: Key, shelf: Shelf, cancelled: Cancelled) -> bytes | None:
        if self._failed and time.monotonic() - self._failed[0] < _RESTS:
            raise self._failed[1]
        began = time.monotonic()
        try:
            content = self._fetch(*key, lambda: cancelled() or self._closed)
        except Exception as error:
            if not cancelled() and time.monotonic() - began >= _SLOW:
                self._failed = time.monotonic(), error
            raise
        self._failed = None
        if content is None:
            self._none.add(key, self._named().get(key[0], 0))
            return None
        with contextlib.suppress(StoreWriteError):
            shelf.keep(key, content)
        return content

    @contextlib.contextmanager
    def _turn(self, key: Key, cancelled: Cancelled) -> Iterator[None]:
        """Wait until nobody else fetches this picture. Raises NotWanted where that is cancelled first."""
        with self._lock:
            turn = self._turns.setdefault(key, _Turn())
            turn.wanted += 1
        try:
            while not turn.lock.acquire(timeout=_CANCEL_CHECK):
                if cancelled() or self._closed:
                    raise NotWanted
            try:
                yield
            finally:
                turn.lock.release()
        finally:
            with self._lock:
                turn.wanted -= 1
                if not turn.wanted:
                    del self._turns[key]


@dataclass
class _Turn:
    lock: threading.Lock = field(default_factory=threading.Lock)
    wanted: int = 0


class _None:
    """The pictures that the register did not have when it was asked: each with that time and its product's number."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._found: dict[Key, tuple[int, float]] | None = None

    def has(self, key: Key) -> bool:
        with self._lock:
            _number, asked = self._read().get(key, (0, -_ASKS_AGAIN))
            return abs(time.time() - asked) < _ASKS_AGAIN

    def add(self, key: Key, number: int) -> None:
        with self._lock:
            self._read()[key] = number, time.time()
            with contextlib.suppress(OSError, StoreWriteError):  # then it is asked for again after a restart
                make_folder(self._folder)
                self._path(key, number).touch()

    def keep_only(self, named: Mapping[str, int]) -> None:
        """Forget those whose product has changed, or is there no more."""
        with self._lock:
            found = self._read()
            for key, (number, _asked) in [*found.items()]:
                if named.get(key[0]) != number:
                    del found[key]
                    with contextlib.suppress(OSError):
                        self._path(key, number).unlink()

    def _read(self) -> dict[Key, tuple[int, float]]:
        if self._found is None:
            self._found = {}
            with contextlib.suppress(OSError):
                for path in self._folder.iterdir():
                    if match := _NONE.fullmatch(path.name):
                        self._found[match[1], int(match[2])] = int(match[3], 16), path.stat().st_mtime
        return self._found

    def _path(self, key: Key, number: int) -> Path:
        return self._folder / f"{key[0]}-{key[1]}-{number:08x}"


def _key(sha256: str, width: int) -> Key:
    if width not in WIDTHS or not _NAME.fullmatch(sha256):
        raise ValueError("names no picture")
    return sha256, width

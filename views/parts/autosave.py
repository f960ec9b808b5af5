"""Saves what is typed, in a thread, at most half a second after the first unsaved keystroke."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

DELAY = 0.5
"""Longest time that a keystroke waits to be saved, in seconds."""


class Autosave:
    """Calls `save` in a thread after `touch`, one call at a time, and `failed` with an error, on the event loop."""

    def __init__(self, save: Callable[[], object], failed: Callable[[Exception], None]) -> None:
        self._save = save
        self._failed = failed
        self._dirty = False
        self._since = 0.0  # time of the first unsaved keystroke
        self._task: asyncio.Task[None] | None = None
        self._leaving: asyncio.Task[bool] | None = None
        self.turn = asyncio.Lock()
        """Held during a save."""

    def touch(self) -> None:
        """Note that something changed, and save it soon."""
        loop = asyncio.get_running_loop()
        idle = self._task is None or self._task.done()
        if idle or not self._dirty:
            self._since = loop.time()
        self._dirty = True
        if idle:
            self._task = loop.create_task(self._later())

    async def flush(self) -> None:
        """Save what is not saved yet, now. Raises what `save` raises."""
        async with self.turn:
            if self._dirty:
                self._dirty = False
                try:
                    await asyncio.to_thread(self._save)
                except Exception:
                    self._dirty = True
                    raise

    def leave(self) -> None:
        """Save what is not saved yet, without waiting for it, since the screen is going away."""
        self._leaving = asyncio.get_running_loop().create_task(self._save_or_tell())

    def drop(self) -> None:
        """Forget unsaved changes: the draft has been signed or discarded."""
        self._dirty = False

    async def _later(self) -> None:
        while self._dirty:  # repeated if something was typed during the save
            await asyncio.sleep(self._since + DELAY - asyncio.get_running_loop().time())
            if not await self._save_or_tell():
                return

    async def _save_or_tell(self) -> bool:
        try:
            await self.flush()
        except Exception as error:
            self._failed(error)
            return False
        return True

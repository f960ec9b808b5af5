"""Keeps the callbacks of those who want to know when something changes."""

from __future__ import annotations

import logging
from collections.abc import Callable

from services.safe_errors import describe

_log = logging.getLogger(__name__)

Unsubscribe = Callable[[], None]


class Subscriptions:
    """Callbacks without arguments, called one after another from the thread that made the change."""

    def __init__(self) -> None:
        self._callbacks: tuple[Callable[[], object], ...] = ()

    def add(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` on each change, until the returned function is called."""
        self._callbacks = (*self._callbacks, callback)

        def unsubscribe() -> None:
            self._callbacks = tuple(c for c in self._callbacks if c is not callback)

        return unsubscribe

    def notify(self) -> None:
        """Call every callback. An error in one is logged, and the others are still called."""
        for callback in self._callbacks:
            try:
                callback()
            except Exception as error:
                _log.error("a subscriber failed: %s", describe(error))

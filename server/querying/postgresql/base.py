"""Django's PostgreSQL, but a connection is asked after only where there is reason to."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Looks at the socket before each request's first statement, instead of asking the server for `SELECT 1`.

    A connection that waits has nothing to read. Where the server has ended it or has gone, there is its last word or
    the end of the stream. What falls silent without a word, `SELECT 1` would wait for as long as the statement does.
    """

    def is_usable(self) -> bool:
        """Whether the connection can be used, as far as this end of it knows."""
        if self.connection is None or self.connection.closed:
            return False
        if self.errors_occurred or not hasattr(select, "poll"):  # Windows has none
            return super().is_usable()
        socket = select.poll()
        socket.register(self.connection.fileno(), select.POLLIN)
        return not socket.poll(0) or super().is_usable()

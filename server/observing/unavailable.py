"""Tells an error that will pass, such as a database out of reach or a full disk, from a fault of the code.

Whoever meets one answers 503 with the seconds after which it is worth trying again, and counts it.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Literal

from django.db import InterfaceError, InternalError, OperationalError

from observing import metrics

What = Literal["database", "photos", "disk", "threads"]

_RETRY_SECONDS: dict[What, int] = {"database": 5, "photos": 30, "disk": 60, "threads": 5}
# A server that became a standby takes no writes; one that waited for too long ended the transaction (PostgreSQL's
# appendix A). psycopg calls both internal errors. It calls so, without a state, what is no answer to what was asked:
# a pooler adds its own error to the last one of a server that died.
_PASSING_STATES = frozenset({"25006", "25P03", None})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


class Unavailable(Exception):
    """Something of the server's does not work now; the same may be tried again."""

    what: What


@dataclass(frozen=True)
class Gone:
    """What does not work, and after how many seconds it is worth trying again."""

    what: What
    retry_after: int


def gone(error: BaseException | None) -> Gone | None:
    """What `error` says does not work now, which is counted; None where it is a fault that will not pass by itself."""
    what = _what(error)
    if what is None:
        return None
    metrics.UNAVAILABLE.labels(what).inc()
    return Gone(what, _RETRY_SECONDS[what])


def _what(error: BaseException | None) -> What | None:
    if isinstance(error, Unavailable):
        return error.what
    if isinstance(error, (OperationalError, InterfaceError)):
        return "database"
    if isinstance(error, InternalError):
        return "database" if getattr(error.__cause__, "sqlstate", "") in _PASSING_STATES else None
    return "disk" if isinstance(error, OSError) and error.errno in _FULL else None

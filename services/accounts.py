"""Who is signed in on this device, and the tokens that prove it to the server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.registry import Account, Refused, Registry, Session, SignInNeeded, Unreachable
from services.storage import Recovery, Store
from services.subscriptions import Subscriptions, Unsubscribe

__all__ = ["Account", "Accounts", "Session"]

_ONLY = 1  # the one document of the table
_EARLY = timedelta(seconds=30)


class Accounts:
    """At most one account at a time. Its files are for their owner alone, and its tokens never reach a log.

    Offline the account stays although its access token has expired: notes are signed in its name and wait. Safe to use
    from several threads.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()
        self._changed = Subscriptions()
        kept = store.table("session").get(doc_id=_ONLY)
        self._session: Session | None = None
        if kept is not None:
            self._session = Session(
                account=Account(**kept["account"]),
                server=kept["server"],
                access=kept["access"],
                access_expires=datetime.fromisoformat(kept["access_expires"]),
                refresh=kept["refresh"],
            )

    @classmethod
    def open(cls, folder: Path) -> Accounts:
        """Open or begin the accounts in `folder`. The caller holds the FolderLock. Raises StoreError."""
        return cls(Store(folder / "accounts.json"))

    @property
    def recovered(self) -> Recovery | None:
        return self._store.recovered

    @property
    def current(self) -> Account | None:
        with self._lock:
            return self._session.account if self._session else None

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each sign-in and sign-out, from the thread it was done in."""
        return self._changed.add(callback)

    def sign_in(self, registry: Registry, username: str, password: str, device: str) -> Account:
        """Make this the device's account. Raises SignInNeeded for wrong credentials; Unreachable, StoreWriteError."""
        session = registry.sign_in(username, password, device)
        with self._lock:
            earlier = self._session
            self._keep(session)
        if earlier is not None:
            _revoke(registry, earlier)
        self._changed.notify()
        return session.account

    def sign_out(self, registry: Registry | None) -> bool:
        """Forget the account; its unsent notes wait until it signs in here again.

        False where the server could not be told: then its refresh token stays good there, though nobody holds it.
        """
        with self._lock:
            earlier = self._session
            self._keep(None)
        revoked = earlier is None or (registry is not None and _revoke(registry, earlier))
        self._changed.notify()
        return revoked

    def access_token(
        self, registry: Registry, *, username: str | None = None, rejected: str | None = None
    ) -> str | None:
        """A token for the current account, fresh where needed; None where nobody is signed in on this server.

        `username`: whose token it must be, or None is returned. `rejected`: a token the server did not take, so not
        this one again. Raises SignInNeeded when the session was revoked; Unreachable, StoreWriteError.
        """
        with self._refreshing:
            session = self._session_of(registry, username)
            if session is None:
                return None
            if session.access != rejected and session.access_expires - _EARLY > datetime.now(UTC):
                return session.access
            try:
                fresh = registry.refresh(session.refresh)
            except Refused as refused:
                raise SignInNeeded(refused.code, refused.detail, refused.status) from refused
            with self._lock:
                if self._session is not session:
                    return None  # signed out, or somebody else in, while the server was asked
                if fresh.account.username != session.account.username:
                    raise SignInNeeded("not_signed_in", "the token is another account's", 401)
                self._keep(fresh)
            return fresh.access

    def _session_of(self, registry: Registry, username: str | None) -> Session | None:
        with self._lock:
            session = self._session
        if session is None or session.server != registry.url:
            return None
        return session if username in (None, session.account.username) else None

    def close(self) -> None:
        with self._lock:
            self._store.close()

    def _keep(self, session: Session | None) -> None:
        document = None
        if session is not None:
            document = {
                "account": vars(session.account),
                "server": session.server,
                "access": session.access,
                "access_expires": session.access_expires.isoformat(),
                "refresh": session.refresh,
            }
        self._store.commit({"session": {_ONLY: document}})
        earlier, self._session = self._session, session
        if earlier is not None and (session is None or session.account != earlier.account):
            # Once more, so that the previous generation does not hold the earlier account's tokens either.
            self._store.commit({"session": {_ONLY: document}})


def _revoke(registry: Registry, session: Session) -> bool:
    if registry.url != session.server:
        return False
    try:
        registry.sign_out(session.refresh)
    except (Unreachable, Refused):
        return False
    return True

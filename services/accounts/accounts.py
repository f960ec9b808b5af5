"""Who is signed in on this device, and the tokens that prove it to the server."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.accounts.sealing import KeyKeeper, SealBroken, SealingKey
from services.accounts.viewer import Viewer
from services.client.answers import Account, Refused, SignIn, SignInNeeded
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.storage.store import Migration, Recovery, Store, StoreWriteError, Tables
from services.subscriptions import Subscriptions, Unsubscribe

__all__ = ["Account", "Accounts", "SignIn"]

_ONLY = 1  # the one document of the table `session`
_EARLY = timedelta(seconds=30)


def _sealed_from_now_on(tables: Tables) -> Tables:
    """Migrate from schema 1, whose tokens are not sealed, to schema 2. They are sealed once the key is here."""
    return tables


_MIGRATIONS: tuple[Migration, ...] = (_sealed_from_now_on,)


class Accounts:
    """Keeps at most one account at a time: its name in clear in accounts.json, its tokens sealed (SealingKey).

    Until `unlock` brings the key, the account is known and its notes wait. Where the session has ended on the server,
    or the seal cannot be opened, notes are still signed in the account's name and wait until it signs in again. Tokens
    never reach a log, an error's text, or the disk without a seal. Safe to use from several threads.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()
        self._changed = Subscriptions()
        self._key: SealingKey | None = None
        self._session: SignIn | None = None

    @classmethod
    def open(cls, folder: Path) -> Accounts:
        """Open or begin the accounts in `folder`, locked. The caller holds the FolderLock. Raises StoreError."""
        return cls(Store(folder / "accounts.json", migrations=_MIGRATIONS))

    @property
    def recovered(self) -> Recovery | None:
        return self._store.recovered

    @property
    def current(self) -> Account | None:
        """Who is signed in, whether or not something can be sent for them now."""
        with self._lock:
            row = self._row()
            return Account(**row["account"]) if row else None

    @property
    def viewer(self) -> Viewer:
        """Whose notes may be shown now."""
        account = self.current
        return Viewer(account.username if account else None)

    @property
    def locked(self) -> bool:
        """Whether there are tokens, but not yet the key to open or seal them."""
        with self._lock:
            row = self._row()
            return self._key is None and row is not None and (_is_clear(row) or row["sealed"] is not None)

    @property
    def sealed(self) -> bool:
        """Whether the disk holds sealed tokens, which only the key they were sealed with can open."""
        with self._lock:
            row = self._row()
            return row is not None and not _is_clear(row) and row["sealed"] is not None

    @property
    def sign_in_needed(self) -> bool:
        """Whether the account must sign in again before anything can be sent for it."""
        locked = self.locked
        with self._lock:
            return self._row() is not None and self._session is None and not locked

    @property
    def key_keeper(self) -> KeyKeeper | None:
        """What keeps the key; None before `unlock`."""
        with self._lock:
            return self._key.keeper if self._key else None

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each unlocking, sign-in, sign-out and end of a session, from that change's thread."""
        return self._changed.add(callback)

    def unlock(self, key: SealingKey) -> None:
        """Open the sealed tokens with this key, and seal those that are not sealed yet. Raises StoreWriteError.

        Tokens that this key cannot open are left as they are, and the account has to sign in again.
        """
        with self._lock:
            if self._key == key:
                return
            moved = self._key is not None and self._key.value == key.value
            row, self._key = self._row(), key
            if not moved and row is not None:
                if self._session is None:
                    self._session = self._opened(row)
                if self._session is not None and (_is_clear(row) or row["sealed"] is None):
                    self._keep(self._session)
        self._changed.notify()

    def sign_in(self, registry: Registry, username: str, password: str, device: str) -> Account:
        """Make this the device's account. Raises SignInNeeded for wrong credentials; Unreachable, StoreWriteError."""
        session = registry.sign_in(username, password, device)
        with self._lock:
            try:
                self._keep(session, leave=True)
            except StoreWriteError:
                with contextlib.suppress(Unreachable, Refused):
                    registry.sign_out(session.refresh)
                raise
        self._changed.notify()
        return session.account

    def sign_out(self) -> None:
        """Forget the account; its unsent notes wait until it signs in here again.

        This needs no connection: `revoke_left` tells the server later. Raises StoreWriteError.
        """
        with self._lock:
            self._keep(None, leave=True)
        self._changed.notify()

    def left(self, server: str) -> list[int]:
        """The sessions ended here that this server has not been told of yet, as far as their seals can be opened."""
        with self._lock:
            return [number for number, session in self._left().items() if session.server == server]

    def revoke_left(self, registry: Registry) -> None:
        """Tell the server of the sessions that were ended on this device. Raises Unreachable, StoreWriteError."""
        for number in self.left(registry.url):
            with self._lock:
                session = self._left().get(number)
            if session is None:
                continue
            # A refusal means that the server knows no such session.
            with contextlib.suppress(Refused):
                registry.sign_out(session.refresh)
            with self._lock:
                self._store.commit({"left": {number: None}})

    def access_token(
        self, registry: Registry, *, username: str | None = None, rejected: str | None = None
    ) -> str | None:
        """A token for the current account, fresh where needed; None where nobody is signed in on this server.

        With `username`, None is returned for any other account. `rejected` is a token that the server refused: it is
        not returned again. Raises SignInNeeded when the session has ended (`not_signed_in`) or waits for its key
        (`locked`); Unreachable, StoreWriteError.
        """
        with self._refreshing:
            if not self._is_current(registry, username):
                return None
            if self.locked:
                raise SignInNeeded("locked", "the key that opens the session is not here", 401)
            with self._lock:
                session = self._session
            if session is None:
                raise SignInNeeded("not_signed_in", "the session has ended", 401)
            # Judged by the device's clock. Where that is wrong, the server refuses the token, which is then refreshed.
            if session.access != rejected and session.access_expires - _EARLY > datetime.now(UTC):
                return session.access
            return self._refreshed(registry, session)

    def close(self) -> None:
        with self._lock:
            self._store.close()

    def _refreshed(self, registry: Registry, session: SignIn) -> str | None:
        try:
            fresh = registry.refresh(session.refresh)
        except SignInNeeded:
            # This token is never valid again, so it is not sent again, neither in this run nor in the next.
            with self._lock:
                if self._session is session:
                    self._end()
            self._changed.notify()
            raise
        except Refused as refused:
            raise SignInNeeded(refused.code, refused.detail, refused.status) from refused
        with self._lock:
            if self._session is not session:
                return None  # signed out, or somebody else in, while the server was asked
            if fresh.account.username != session.account.username:
                raise SignInNeeded("not_signed_in", "the token is another account's", 401)
            self._keep(fresh)
        return fresh.access

    def _is_current(self, registry: Registry, username: str | None) -> bool:
        with self._lock:
            row = self._row()
            if row is None or row["server"] != registry.url:
                return False
            return username in (None, row["account"]["username"])

    def _row(self) -> Mapping[str, Any] | None:
        """The session as it is on the disk: account and server in clear; `sealed` is None where there are no tokens.

        A row of the previous version has `access`, `access_expires` and `refresh` in clear instead.
        """
        return self._store.table("session").get(doc_id=_ONLY)

    def _left(self) -> dict[int, SignIn]:
        rows = {row.doc_id: self._opened(row) for row in self._store.table("left")}
        return {number: session for number, session in rows.items() if session is not None}

    def _opened(self, row: Mapping[str, Any]) -> SignIn | None:
        if _is_clear(row):
            tokens = row
        elif row["sealed"] is None or self._key is None:
            return None
        else:
            try:
                tokens = json.loads(self._key.open(row["sealed"], about=_about(row)))
            except SealBroken:
                return None
        return SignIn(
            account=Account(**row["account"]),
            server=row["server"],
            access=tokens["access"],
            access_expires=datetime.fromisoformat(tokens["access_expires"]),
            refresh=tokens["refresh"],
        )

    def _sealed(self, session: SignIn) -> dict[str, Any]:
        row = {"account": vars(session.account), "server": session.server, "sealed": None}
        if self._key is None:
            return row
        tokens = {
            "access": session.access,
            "access_expires": session.access_expires.isoformat(),
            "refresh": session.refresh,
        }
        return row | {"sealed": self._key.seal(json.dumps(tokens).encode(), about=_about(row))}

    def _keep(self, session: SignIn | None, *, leave: bool = False) -> None:
        """Write a session to the disk. With `leave`, keep the one before until the server has been told of its end."""
        row, left = self._row(), self._store.table("left")
        changes: dict[str, dict[int, dict[str, Any] | None]] = {
            "session": {_ONLY: self._sealed(session) if session else None}
        }
        if leave and row is not None:
            gone = self._sealed(self._session) if self._session else dict(row)
            if gone.get("sealed"):
                changes["left"] = {max((each.doc_id for each in left), default=0) + 1: gone}
        self._store.commit(changes)
        if leave or (row is not None and _is_clear(row)):
            # Written twice, so that the previous generation of the file does not hold the earlier tokens either.
            self._store.commit(changes)
        self._session = session

    def _end(self) -> None:
        """Drop tokens that the server no longer accepts; the account stays."""
        row = self._row()
        if row is not None:
            self._store.commit({"session": {_ONLY: {**row, "sealed": None}}})
        self._session = None


def _is_clear(row: Mapping[str, Any]) -> bool:
    return "refresh" in row


def _about(row: Mapping[str, Any]) -> bytes:
    """What the seal is bound to, so that a session cannot be passed off as another account's or another server's."""
    return json.dumps([row["server"], row["account"]["username"]]).encode()

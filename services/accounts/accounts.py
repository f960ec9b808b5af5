"""Who is signed in on this device, and the tokens that prove it to the server."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from services.accounts.device_key import DeviceKey, DeviceKeys
from services.accounts.sealing import KeyKeeper, SealBroken, SealingKey
from services.accounts.viewer import Viewer
from services.client.answers import Account, Refused, SignIn, SignInNeeded
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.storage.store import Migration, Recovery, Store, StoreWriteError, Tables
from services.subscriptions import Subscriptions, Unsubscribe

__all__ = ["Account", "Accounts", "SignIn", "SignInNeed"]

_ONLY = 1  # the one document of the table `session`
_EARLY = timedelta(seconds=30)


def _sealed_from_now_on(tables: Tables) -> Tables:
    """Migrate from schema 1, whose tokens are not sealed, to schema 2. They are sealed once the key is here."""
    return tables


_MIGRATIONS: tuple[Migration, ...] = (_sealed_from_now_on,)


class SignInNeed(Enum):
    """Why an account's notes wait for a sign-in.

    LOCKED: the key that opens its session is not here. ENDED: the server ended the session, or its seal cannot be
    opened. ELSEWHERE: the session is that of another server.
    """

    LOCKED = "locked"
    ENDED = "ended"
    ELSEWHERE = "elsewhere"


class Accounts:
    """Keeps at most one account at a time: its name in clear in accounts.json, its tokens sealed (SealingKey).

    An account is known by its id. What was kept under a name alone, before ids were known, belongs to the account that
    is first told to bear that name or to have borne it; the table `names` says so for ever.

    Until `unlock` brings the key, the account is known and its notes wait. Where the session has ended on the server,
    or the seal cannot be opened, notes are still signed in the account's name and wait until it signs in again. Tokens
    never reach a log, an error's text, or the disk without a seal. Safe to use from several threads.
    """

    def __init__(self, store: Store, keys: DeviceKeys) -> None:
        self._store = store
        self.keys = keys
        """The keys with which accounts sign on this device; they open and close with the accounts."""
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()
        self._changed = Subscriptions()
        self._key: SealingKey | None = None
        self._session: SignIn | None = None
        self.count_waiting: Callable[[], int | None] = lambda: None
        """How many of the account's records are still to be sent; the server is told with each renewal."""

    @classmethod
    def open(cls, folder: Path) -> Accounts:
        """Open or begin the accounts in `folder`, locked. The caller holds the FolderLock. Raises StoreError."""
        return cls(Store(folder / "accounts.json", migrations=_MIGRATIONS), DeviceKeys(folder))

    @property
    def recovered(self) -> Recovery | None:
        return self._store.recovered or self.keys.recovered

    @property
    def current(self) -> Account | None:
        """Who is signed in, whether or not something can be sent for them now."""
        with self._lock:
            row = self._row()
            return Account.from_json(row["account"]) if row else None

    @property
    def viewer(self) -> Viewer:
        """Whose notes may be shown now."""
        account = self.current
        if account is None:
            return Viewer(None)
        with self._lock:
            named = {row["name"] for row in self._store.table("names") if row["id"] == account.id}
        return Viewer(account.key, frozenset(named))

    def one_name(self, owner: str) -> str:
        """The id of the account that bears this name or has borne it here; otherwise what was given."""
        with self._lock:
            return next((row["id"] for row in self._store.table("names") if row["name"] == owner), owner)

    def signing_key(self, owner: str, device: str) -> DeviceKey | None:
        """The key of an account (Record.owner) on this device, made if need be; None while locked.

        Raises StoreWriteError.
        """
        return self.keys.made(self.one_name(owner), device)

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
        """Whether the account's session has ended, so that it must sign in again, on whichever server."""
        locked = self.locked
        with self._lock:
            return self._row() is not None and self._session is None and not locked

    def need(self, registry: Registry | None) -> SignInNeed | None:
        """What keeps the account from sending to this server (None: to any) until it signs in; None: nothing.

        This is the one rule for both: whatever waits for a sign-in, and whether the form for it is shown.
        """
        with self._lock:
            row = self._row()
        if row is None:
            return None
        if registry is not None and row["server"] not in registry.addresses:
            return SignInNeed.ELSEWHERE
        if self.locked:
            return SignInNeed.LOCKED
        return SignInNeed.ENDED if self.sign_in_needed else None

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
        self.keys.unlock(key)
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

    def sign_in(
        self,
        registry: Registry,
        username: str,
        password: str,
        device: str,
        new_password: str | None = None,
        code: str | None = None,
    ) -> Account:
        """Make this the device's account. Raises SignInNeeded for wrong credentials; Unreachable, StoreWriteError.

        The server certifies the account's key on this device at once, where it can. `new_password` takes the place of
        the password there, and `code` is one of its second factor.
        """
        changed = {name: value for name, value in (("new_password", new_password), ("code", code)) if value}
        return self._open(
            registry, username, device, lambda key: registry.sign_in(username, password, device, key, **changed)
        )

    def redeem(self, registry: Registry, invited: str, token: str, password: str, device: str) -> Account:
        """Make the account that the person was invited to the device's, as `sign_in` does. `invited` is its name."""
        return self._open(registry, invited, device, lambda key: registry.redeem(token, password, device, key))

    def _open(self, registry: Registry, username: str, device: str, ask: Callable[[str], SignIn]) -> Account:
        key = self.keys.of(self.one_name(username), device) or DeviceKey.new()
        session = ask(key.public_text)
        with self._lock:
            try:
                self._keep(session, leave=True)
                self.keys.certified(session.account.key, device, key, registry.url, session.certificate)
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

    def left(self, *addresses: str) -> list[int]:
        """The sessions ended here that the server at these addresses has not been told of, if their seals open."""
        with self._lock:
            return [number for number, session in self._left().items() if session.server in addresses]

    def revoke_left(self, registry: Registry) -> None:
        """Tell the server of the sessions that were ended on this device. Raises Unreachable, StoreWriteError."""
        for number in self.left(*registry.addresses):
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
        self, registry: Registry, *, account: str | None = None, rejected: str | None = None
    ) -> str | None:
        """A token for the current account, fresh where needed; None where nobody is signed in on this server.

        With `account` (an id, or a name where the id is not known), None is returned for any other account. `rejected`
        is a token that the server refused: it is not returned again. Raises SignInNeeded when the session has ended
        (`not_signed_in`) or waits for its key (`locked`); Unreachable, StoreWriteError.
        """
        with self._refreshing:
            if not self._is_current(registry, account):
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
        self.keys.close()

    def _refreshed(self, registry: Registry, session: SignIn) -> str | None:
        try:
            fresh = registry.refresh(session.refresh, waiting=self.count_waiting())
        except Refused as refused:
            # This token is never valid again, so it is not sent again, neither in this run nor in the next.
            self._end_session(session)
            raise SignInNeeded(refused.code, refused.detail, refused.status) from refused
        with self._lock:
            if self._session is not session:
                return None  # signed out, or somebody else in, while the server was asked
            renewed = _same_account(session.account, fresh.account)
            if renewed is not None:
                self._keep(replace(fresh, account=renewed))
        if renewed is None:
            self._end_session(session)
            raise SignInNeeded("not_signed_in", "the token is another account's", 401)
        if renewed != session.account:
            self._changed.notify()
        return fresh.access

    def _end_session(self, session: SignIn) -> None:
        with self._lock:
            if self._session is session:
                self._end()
        self._changed.notify()

    def _is_current(self, registry: Registry, account: str | None) -> bool:
        with self._lock:
            row = self._row()
        if row is None or row["server"] not in registry.addresses:
            return False
        return account is None or self.viewer.owns(account)

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
            account=Account.from_json(row["account"]),
            server=row["server"],
            access=tokens["access"],
            access_expires=datetime.fromisoformat(tokens["access_expires"]),
            refresh=tokens["refresh"],
        )

    def _sealed(self, session: SignIn) -> dict[str, Any]:
        row = {"account": session.account.to_json(), "server": session.server, "sealed": None}
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
        if session and session.account.id:
            changes["names"] = self._newly_named(session.account, session.account.id)
        if leave and row is not None:
            gone = self._sealed(self._session) if self._session else dict(row)
            if gone.get("sealed"):
                changes["left"] = {max((each.doc_id for each in left), default=0) + 1: gone}
        self._store.commit(changes)
        if leave or (row is not None and _is_clear(row)):
            # Written twice, so that the previous generation of the file does not hold the earlier tokens either.
            self._store.commit(changes)
        self._session = session

    def _newly_named(self, account: Account, account_id: str) -> dict[int, dict[str, Any] | None]:
        """The account's names that no account has here yet."""
        taken = {row["name"] for row in self._store.table("names")}
        names = sorted({account.username, *account.former_names} - taken)
        first = max((row.doc_id for row in self._store.table("names")), default=0) + 1
        return {first + n: {"name": name, "id": account_id} for n, name in enumerate(names)}

    def _end(self) -> None:
        """Drop tokens that the server no longer accepts; the account stays."""
        row = self._row()
        if row is not None:
            self._store.commit({"session": {_ONLY: {**row, "sealed": None}}})
        self._session = None


def _same_account(before: Account, told: Account) -> Account | None:
    """The account as the server tells it when it renews a session; None where that is another account.

    Before its id is known, an account is known by its name, and by the names that it bore before.
    """
    if before.id and told.id:
        return told if before.id == told.id else None
    if before.username not in (told.username, *told.former_names):
        return None
    return told if told.id else replace(told, id=before.id, former_names=before.former_names)


def _is_clear(row: Mapping[str, Any]) -> bool:
    return "refresh" in row


def _about(row: Mapping[str, Any]) -> bytes:
    """What the seal is bound to, so that a session cannot be passed off as another account's or another server's."""
    return json.dumps([row["server"], row["account"]["username"]]).encode()

"""Keeps the audits of one device: while they run, and until the server confirms them."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from services.accounts.author import Author
from services.accounts.viewer import Viewer
from services.audits.audit import Audit, AuditClosed, AuditInvalid, Done, Line, OpenAudit, Seen, Taken, Undone
from services.audits.audit_shelf import AuditShelf
from services.audits.counting import written
from services.audits.running import Running
from services.audits.sealing import (
    audit_body,
    check_quantity,
    check_room,
    has_room,
    taken_over,
    tidy_fields,
    tidy_shelf,
    tidy_shop,
    without_account,
)
from services.records.pauses import MOST_PAUSES
from services.records.record import RecordInvalid
from services.storage.store import StoreWriteError


class AuditBook(AuditShelf):
    """The audits of one device. Each change is on the disk when its method returns, which may raise StoreWriteError.

    An account has one running audit at a time, which all its windows show and change (`subscribe`). What is begun
    without an account is shown to whoever holds the device, stays on it, and is never sent unless `take_over` is asked
    for. Methods that change something raise AuditClosed where there is no such running audit or line (any more), and
    AuditInvalid for what may not be, with the reason. Safe to use from several threads.
    """

    def open(
        self, shop: str, shelf: str, viewer: Viewer, *, now: datetime | None = None, audit_id: str | None = None
    ) -> OpenAudit:
        """Begin an audit. AuditInvalid: `already_open`, `shop_too_long`, `shelf_too_long`."""
        said = {"shop": tidy_shop(shop), "shelf": tidy_shelf(shelf), "account": viewer.account}
        with self.records.change():
            if self.current(viewer) is not None:
                raise AuditInvalid("already_open")
            self._sweep()
            at = (now or datetime.now(UTC)).isoformat()
            head = self._take_key()
            self._files.changes.put(head, {"what": "opened", "id": audit_id or str(uuid.uuid4()), "at": at, **said})
            running = Running(self._files.changes, head, [])
            self._running[running.id] = running
            return running.said

    def take(self, audit_id: str, seen: Seen, *, now: datetime | None = None) -> Taken:
        """Count a pack on the present shelf; a paused audit goes on with it. AuditInvalid: `full`, `bad_quantity`.

        The pack is on the disk when this returns. `seen.at` is when it was scanned, now where that is None.
        """
        check_quantity(seen.quantity, least=1)
        with self._changing(audit_id) as running:
            at, count = seen.at or now or datetime.now(UTC), running.count
            line, counted = count.find(seen), not count.is_counted(seen)
            change = count.seen(seen, at)
            if line is None:
                check_room(count)
            elif "fills" in change and not has_room(count):
                raise AuditInvalid("full")
            if running.is_paused:
                self._make(running, {"what": "resumed", "at": at.isoformat()})
            how = "new" if line is None else "again" if line.n == count.last else "second_time"
            n = self._make(running, change)
            return Taken(self._line(running, n), how, counted)

    def set_quantity(self, audit_id: str, n: int, quantity: int, *, now: datetime | None = None) -> Line:
        """Say how many there are. AuditInvalid: `bad_quantity`."""
        check_quantity(quantity)
        with self._changing(audit_id) as running:
            self._line(running, n)
            return self._line(running, self._make(running, _change("quantity", n, now, quantity=quantity)))

    def add(self, audit_id: str, n: int, more: int, *, now: datetime | None = None) -> Line:
        """Count `more` of a line, or fewer where it is below 0. AuditInvalid: `bad_quantity` for more than it holds."""
        with self._changing(audit_id) as running:
            quantity = max(0, self._line(running, n).quantity + more)
            return self.set_quantity(audit_id, n, quantity, now=now)

    def change_line(self, audit_id: str, n: int, *, now: datetime | None = None, **fields: Any) -> Line:
        """Change `lot`, `expiry` (a date), `price`, `stars_label`, `shows_mark`, `shelf`, `own_name` or `verdict`.

        An expiry given so is the person's. Where the line becomes the same as another, that one takes it in: the line
        that is returned may have another number. AuditInvalid: `lot_too_long`, `shelf_too_long`, `name_too_long`,
        `bad_price`, `bad_stars`, `full`.
        """
        with self._changing(audit_id) as running:
            line = self._line(running, n)
            new = {name: value for name, value in tidy_fields(line, fields).items() if value != getattr(line, name)}
            if not new:
                return line
            if not has_room(running.count):
                raise AuditInvalid("full")
            return self._line(running, self._make(running, _change("changed", n, now, fields=written(new))))

    def done(self, audit_id: str, n: int, what: str | None, *, now: datetime | None = None) -> Line:
        """Tick off what was done with a line (a What's value); None takes it back.

        A closed audit's line can be ticked off too: that is kept on this device, beside its record.
        """
        with self.records.change():
            if audit_id in self._running:
                with self._changing(audit_id) as running:
                    self._line(running, n)
                    return self._line(running, self._make(running, _change("done", n, now, done=what)))
            audit = self._closed_here(audit_id)
            line = next((line for line in audit.lines if line.n == n), None) if audit else None
            if line is None:
                raise AuditClosed(audit_id)
            ticks = self._files.ticks(audit_id)
            done = Done(what, now or datetime.now(UTC)) if what else None
            self._files.tick(audit_id, ticks | {n: done})
            return replace(line, done=done)

    def undo(self, audit_id: str) -> Undone | None:
        """Take the last change back, and the one before it the next time; None where there is none. Not pauses."""
        with self._changing(audit_id) as running:
            before = dict(running.count.lines)
            change = running.undo()
            if change is None:
                return None
            after = running.count.lines
            touched = [n for n in before.keys() | after.keys() if before.get(n) != after.get(n)]
            # Of two lines that were one, the line that the person had changed is told.
            n = change.get("n", max(touched, default=0))
            return Undone(change["what"], before.get(n), after.get(n))

    def shelf(self, audit_id: str, name: str, *, now: datetime | None = None) -> OpenAudit:
        """Go to another shelf. AuditInvalid: `shelf_too_long`."""
        name = tidy_shelf(name)
        with self._changing(audit_id) as running:
            if name != running.count.shelf:
                self._make(running, _change("shelf", None, now, shelf=name))
            return running.said

    def pause(self, audit_id: str, *, now: datetime | None = None) -> OpenAudit:
        """Pause the audit; one that is paused stays so. AuditInvalid: `too_many_pauses`."""
        with self._changing(audit_id) as running:
            if not running.is_paused:
                if len(running.pauses) >= MOST_PAUSES:
                    raise AuditInvalid("too_many_pauses")
                self._make(running, _change("paused", None, now))
            return running.said

    def resume(self, audit_id: str, *, now: datetime | None = None) -> OpenAudit:
        """End the pause, where one lasts."""
        with self._changing(audit_id) as running:
            if running.is_paused:
                self._make(running, _change("resumed", None, now))
            return running.said

    def drop(self, audit_id: str) -> None:
        """Throw the running audit away, as the person asked."""
        with self._changing(audit_id) as running:
            self._erase(running)

    def close(
        self, audit_id: str, author: Author, office: bool = False, remarks: str = "", *, now: datetime | None = None
    ) -> Audit:
        """Write the audit's record and put it into the outbox; without an account, keep it on this device.

        AuditInvalid: `empty`, `remarks_too_long`, `too_large`, `not_canonical`.
        """
        with self._changing(audit_id) as running:
            if not author.viewer.sees(running.account):
                raise AuditClosed(audit_id)
            body = audit_body(running.said, author, office=office, remarks=remarks, now=now or datetime.now(UTC))
            if running.account is None:
                audit = without_account(body)
                self._files.keep(audit)
            else:
                audit = self._sign(body, author)
            try:
                self._erase(running)
            except StoreWriteError:  # the audit is kept, and hides its changes
                del self._running[audit_id]
                self._left += [running.head, *running.keys]
            return audit

    def take_over(self, audit_id: str, author: Author, *, now: datetime | None = None) -> None:
        """Make an audit without an account the author's, because they ask for it: a closed one is signed and sent.

        AuditInvalid: `no_account`, `already_open`.
        """
        account = author.viewer.account
        if account is None or author.account is None:
            raise AuditInvalid("no_account")
        with self.records.change():
            running = self._running.get(audit_id)
            if running is not None and running.account is None:
                if any(author.viewer.owns(each.account) for each in self._running.values()):
                    raise AuditInvalid("already_open")
                running.rewrite_head(account=account)
            elif audit_id in self._files and audit_id not in self.records:
                self._sign(taken_over(self._files.audit(audit_id), author, now or datetime.now(UTC)), author)
                with contextlib.suppress(StoreWriteError):  # the record hides it
                    self._files.forget(audit_id)
            else:
                raise AuditClosed(audit_id)

    def forget(self, audit_id: str) -> None:
        """Delete a closed audit without an account, as the person asked; others are records, which stay."""
        with self.records.change():
            self._files.forget(audit_id)

    def bring_back(self, other: AuditBook, viewer: Viewer) -> int:
        """Copy what waits of the viewer's account in another book, move its running audits, and say how many.

        Everything is here before it is gone there. Raises StoreWriteError.
        """
        brought = 0
        for record in other.records.outbox():
            if viewer.owns(record.owner) and record.id not in self.records:
                self.records.take_over(other.records.entry(record.id))
                brought += 1
        for running in [each for each in other._running.values() if viewer.owns(each.account)]:
            head, *changes = running.documents()
            with self.records.change():
                key = self._take_key()
                keys = [self._take_key() for _change in changes]
                # The head last: without it the others are nobody's.
                documents = {n: {**change, "of": key} for n, change in zip(keys, changes, strict=True)}
                self._files.changes.put_all(documents | {key: head})
                self._running[running.id] = Running(self._files.changes, key, keys)
            other.drop(running.id)
            brought += 1
        return brought

    # What is behind

    @contextlib.contextmanager
    def _changing(self, audit_id: str) -> Iterator[Running]:
        with self.records.change():
            running = self._running.get(audit_id)
            if running is None:
                raise AuditClosed(audit_id)
            yield running

    def _make(self, running: Running, change: Mapping[str, Any]) -> int | None:
        if running.is_full and change["what"] in ("seen", "quantity", "changed"):
            raise AuditInvalid("full")
        return running.make(self._take_key(), change)

    def _line(self, running: Running, n: int | None) -> Line:
        line = running.count.lines.get(n or 0)
        if line is None:
            raise AuditClosed(f"{running.id} {n}")
        return line

    def _sign(self, body: dict[str, Any], author: Author) -> Audit:
        try:
            return Audit.of(self.records.sign(body, author.owner_id))
        except RecordInvalid as invalid:
            raise AuditInvalid(invalid.reason) from invalid


def _change(what: str, n: int | None, now: datetime | None, **fields: Any) -> dict[str, Any]:
    return {"what": what, "at": (now or datetime.now(UTC)).isoformat(), **({"n": n} if n else {}), **fields}

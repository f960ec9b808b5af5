"""Reads the register's receipts in a file: when it received a record, proven by its own key and without network."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import rfc8785

from services.papers.trust import Trust
from services.records.record import Record
from services.register.statements import StatementFault, proven_payload


class BadReceipt(Exception):
    """What stands for a receipt is none of this record by a key of the register's."""


def received_at(record: Record, token: str, trust: Trust) -> datetime | None:
    """When the register received a record (docs/api.md, RECEIPT).

    None where this copy of the register does not know the key, or the key was revoked, so that anybody may have signed
    with it. Raises BadReceipt.
    """
    payload, issuer, fault = proven_payload(token, trust.issuers, trust.unread)
    if fault in (StatementFault.ALTERED, StatementFault.MALFORMED):
        raise BadReceipt
    if payload is None or issuer is None or issuer.revoked_at is not None:
        return None
    try:
        said = json.loads(payload)["received_at"]
        at = datetime.fromisoformat(said).astimezone(UTC)
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise BadReceipt from error
    wanted = {"id": record.id, "sha256": record.sha256, "prev": record.prev, "received_at": said}
    if payload != rfc8785.dumps(wanted) or not issuer.in_use(at):
        raise BadReceipt
    return at

"""Has the server certify the key with which an account signs on this device (docs/records.md)."""

from __future__ import annotations

from services.accounts.accounts import Accounts
from services.accounts.device_key import DeviceKey
from services.client.answers import Refused, SignInNeeded
from services.client.registry import Registry
from services.sync.calling import call_as


def is_certified(account: str, device: str, accounts: Accounts, registry: Registry) -> bool:
    """Whether there is nothing to have certified now: the key bears this register's certificate, or cannot be had."""
    key = accounts.keys.of(account, device)
    return accounts.locked or (key is not None and key.certificate(registry.addresses) is not None)


def certify(account: str, device: str, accounts: Accounts, registry: Registry, *, again: bool = False) -> bool:
    """Have the account's key certified, unless it is (`again`: also then); whether it is certified now.

    The account is given by its id, or by a name where that is not known. A key that the server refuses, because it was
    revoked, is replaced by a new one. Raises Unreachable, Refused (SignInNeeded where the account is not signed in) and
    StoreWriteError.
    """
    if not again and is_certified(account, device, accounts, registry):
        return True
    key = accounts.signing_key(account, device)
    if key is None:
        return False

    def asked(of: DeviceKey) -> str | None:
        return call_as(account, accounts, registry, lambda token: registry.certify(token or "", of.public_text, device))

    try:
        certificate = asked(key)
    except SignInNeeded:
        raise
    except Refused as refused:
        if refused.code != "key_refused" or again:
            raise
        key = accounts.keys.renew(accounts.one_name(account), device)
        certificate = asked(key)
    accounts.keys.certified(accounts.one_name(account), device, key, registry.url, certificate)
    return certificate is not None

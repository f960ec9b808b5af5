"""Calls the server as the account that something belongs to, with a token that it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from services.accounts.accounts import Accounts
from services.client.answers import SignInNeeded
from services.client.registry import Registry
from services.client.transport import Unreachable

T = TypeVar("T")


def call_as(username: str | None, accounts: Accounts, registry: Registry, call: Callable[[str | None], T]) -> T:
    """Call with a token of this account, or without one (None); once more with a new one where it is not taken.

    Raises SignInNeeded where the account is not signed in here, and what the call raises.
    """
    if username is None:
        try:
            return call(None)
        except SignInNeeded as refused:
            # Nobody was said to be signed in: the registry would not answer so.
            raise Unreachable("not_the_registry") from refused
    token = accounts.access_token(registry, username=username)
    if token is None:
        raise SignInNeeded("not_signed_in", "this account is not signed in here", 401)
    try:
        return call(token)
    except SignInNeeded:
        fresh = accounts.access_token(registry, username=username, rejected=token)
        if fresh is None:
            raise
    try:
        return call(fresh)
    except SignInNeeded as refused:
        # It has only just given this one: a fault of the server's, which no sign-in would mend.
        raise Unreachable("server_error") from refused

"""Calls the server in the name of an account, renewing the token where needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from services.accounts.accounts import Accounts
from services.client.answers import SignInNeeded
from services.client.registry import Registry
from services.client.transport import Unreachable

T = TypeVar("T")

_WRONG_PASSWORD = "wrong_credentials"  # noqa: S105 - a code
"""What a call that asks for the account's password says of a wrong one: the token was taken, and is not renewed."""


def call_as(account: str | None, accounts: Accounts, registry: Registry, call: Callable[[str | None], T]) -> T:
    """Call with a token of this account (None: without a token), and once more with a new one where it is refused.

    The account is given by its id, or by a name where the id is not known. Raises SignInNeeded where the account is not
    signed in here, and whatever the call raises: SignInNeeded `wrong_credentials` where it asks for a password.
    """
    if account is None:
        try:
            return call(None)
        except SignInNeeded as refused:
            # The request bore no token, so such an answer is not the registry's.
            raise Unreachable("not_the_registry") from refused
    token = accounts.access_token(registry, account=account)
    if token is None:
        raise SignInNeeded("not_signed_in", "this account is not signed in here", 401)
    try:
        return call(token)
    except SignInNeeded as refused:
        if refused.code == _WRONG_PASSWORD:
            raise
        fresh = accounts.access_token(registry, account=account, rejected=token)
        if fresh is None:
            raise
    try:
        return call(fresh)
    except SignInNeeded as refused:
        if refused.code == _WRONG_PASSWORD:
            raise
        # The server has only just issued this token: its own fault, which signing in again would not mend.
        raise Unreachable("server_error") from refused

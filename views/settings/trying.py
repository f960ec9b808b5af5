"""Does what a sign-in asks of a server, and tells what came in its way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from services.client.answers import Refused, SignInNeeded
from services.client.transport import Unreachable
from services.storage.store import StoreError
from services.workspace import NotSettled


async def problem_of(do: Callable[[], Awaitable[object]], *, unauthorized: str = "") -> str:
    """Do something; gives the code of the problem (`views.parts.words.PROBLEMS`), or nothing.

    `unauthorized` is the code for a 401, where that means something of its own.
    """
    try:
        await do()
    except (NotSettled, Unreachable) as error:
        return error.reason
    except SignInNeeded as error:
        return unauthorized or error.code
    except Refused as error:
        return error.code
    except StoreError:
        return "not_saved"
    return ""

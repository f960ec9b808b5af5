"""Asks what became of reports, each with its secret: people without an account have no other way to hear of it."""

from __future__ import annotations

from collections.abc import Callable

from services.accounts.viewer import Viewer
from services.client.answers import Refused
from services.client.registry import Registry
from services.reports.report_book import ReportBook


def follow(book: ReportBook, viewer: Viewer, registry: Registry, *, cancelled: Callable[[], bool]) -> None:
    """Ask after each of the viewer's reports that this server has received and not closed, and keep what it says.

    A report that it does not know any more, as after a backup was restored, is sent again. Raises Unreachable, Refused
    and StoreWriteError; what was heard before stays kept.
    """
    for report_id, secret in book.to_ask(registry.addresses, viewer):
        if cancelled():
            return
        try:
            book.keep_answer(registry.report(report_id, secret.value))
        except Refused as refused:
            if refused.code != "not_found":
                raise
            book.doubt(report_id)

"""Keeps what people have begun to change or to sign in an open round, until they save it or give it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from services.accounts.viewer import Viewer
from services.rounds.begun import Begun, HeadEdit
from services.rounds.inspection_book import InspectionBook
from services.rounds.round import OpenRound, Signature
from services.rounds.sealing import thinned


class BegunBook(InspectionBook):
    """The part of RoundBook that keeps what is begun. Nobody else is told of it: nothing of the round has changed."""

    def head_edit(self, round_id: str, viewer: Viewer) -> HeadEdit | None:
        """The change of the open round's head that is not saved yet. Raises RoundClosed."""
        with self._lock:
            self._open(round_id, viewer)
            return self._begun_in(round_id).edit

    def keep_head_edit(self, round_id: str, edit: HeadEdit | None, viewer: Viewer) -> None:
        """Keep how the form stands that changes the head; None: nothing is to be changed. Raises RoundClosed."""
        if edit:
            edit = replace(edit, base=_head_of(edit.base), said=_head_of(edit.said))
        self._keep(round_id, lambda begun: replace(begun, edit=edit), viewer)

    def begun_signature(self, round_id: str, role: str, content: str, viewer: Viewer) -> Signature | None:
        """What was drawn for a signature under this content and not given; under another it is no signature."""
        with self._lock:
            self._open(round_id, viewer)
            begun = (each for each in self._begun_in(round_id).signatures if each.role == role)
            return next((each for each in begun if each.content == content), None)

    def keep_signature(self, round_id: str, role: str, signature: Signature | None, viewer: Viewer) -> None:
        """Keep what is drawn so far for a signature in a role; None: nothing. Raises RoundClosed."""
        drawn = (thinned(signature),) if signature else ()
        self._keep(
            round_id, lambda begun: replace(rest := begun.without(role), signatures=rest.signatures + drawn), viewer
        )

    def _keep(self, round_id: str, change: Callable[[Begun], Begun], viewer: Viewer) -> None:
        with self._lock:
            said = self._open(round_id, viewer)
            begun = change(self._begun_in(round_id))
            if begun != self._begun_in(round_id):
                self._write(said, begun=begun)


def _head_of(said: OpenRound) -> OpenRound:
    """The round with its head alone: the rest is the book's, and large."""
    return replace(said, pauses=(), looked_at=(), signatures=())

"""What the list of the register shows: searched in a thread, a row for each product."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import flet as ft

from services.register.catalogue import Catalogue, CopyState
from services.register.certificates import Today, believed_today, worth
from services.register.localities import Gazetteer
from services.register.products import Product
from services.verification import Status
from services.verification.check import TYPED, check
from services.workspace import Workspace
from views.parts.certificate_words import certificate_dates
from views.parts.place_words import short_place_words
from views.parts.shell import Shell
from views.parts.sought import Sought
from views.parts.star_row import stars_of
from views.parts.texts import Texts

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Row:
    """What is shown of a product in a list.

    `once`: it only once had the stars. `ends` is the last day of the certificate that speaks, in words. `dates` are
    that certificate's, shown where no state can be told.
    """

    product: Product
    status: Status
    stars: int
    once: bool
    ends: str
    dates: str
    place: str


@dataclass(frozen=True)
class Answer:
    """What was found for `sought`: the rows to draw, and how many there are in all."""

    sought: Sought
    surely: Sequence[Row]
    possibly: Sequence[Row]
    surely_in_all: int
    possibly_in_all: int

    @property
    def in_all(self) -> int:
        """How many products were found."""
        return self.surely_in_all + self.possibly_in_all


def row_of(catalogue: Catalogue, gazetteer: Gazetteer, texts: Texts, product: Product, now: datetime) -> Row:
    """Make the row of a product."""
    verdict = check(product.gtin, TYPED, catalogue, now).verdict
    stars, once = stars_of(product, verdict.today)
    speaks = worth(product.certificates, verdict.today.day).speaks
    return Row(
        product=product,
        status=verdict.status,
        stars=stars,
        once=once,
        ends=texts.day(speaks.valid_to) if speaks else "",
        dates=certificate_dates(texts, speaks) if speaks and verdict.today.clock_behind else "",
        place=short_place_words(texts, gazetteer.place_of(product, verdict.today.day)),
    )


def use_answer(shell: Shell, workspace: Workspace, sought: Sought, copy: CopyState, today: Today) -> Answer | None:
    """Hook: search in a thread for what is sought now; a newer search cancels an older one."""
    answer, set_answer = ft.use_state(cast("Answer | None", None))
    newest = ft.use_ref(0)
    texts = shell.texts

    async def run() -> None:
        newest.current = mine = (newest.current or 0) + 1

        def search() -> Answer | None:
            return _search(workspace.catalogue, workspace.now(), texts, sought, lambda: newest.current != mine)

        try:
            found = await asyncio.to_thread(search)
        except Exception:
            log.exception("the register could not be searched")
            shell.say_problem("internal")
            found = Answer(sought, (), (), 0, 0)
        if found and newest.current == mine:
            set_answer(found)

    def leave() -> None:
        newest.current = (newest.current or 0) + 1

    ft.use_effect(run, [sought, copy, today.day, today.clock_behind, texts.language])
    ft.use_effect(lambda: None, [], cleanup=leave)
    return answer


def _search(
    catalogue: Catalogue, now: datetime, texts: Texts, sought: Sought, cancelled: Callable[[], bool]
) -> Answer | None:
    """Find products, and make a row for each; None: cancelled. Blocks."""
    today = believed_today(now, catalogue.copy.as_of).day
    found = catalogue.find(
        sought.text, sought.where, today, limit=sought.limit, order=sought.order, cancelled=cancelled
    )
    if found is None:
        return None
    gazetteer = Gazetteer(catalogue.register.localities)
    surely, possibly = (
        tuple(row_of(catalogue, gazetteer, texts, product, now) for product in products)
        for products in (found.surely, found.possibly)
    )
    return Answer(sought, surely, possibly, found.surely_in_all, found.possibly_in_all)

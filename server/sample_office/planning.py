"""Makes up eight weeks of the sample office from a seed: the same each time, but for the days, which lead to one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from sample_office import texts
from sample_office.others import audit, packs_seen_twice, report
from sample_office.people import SHOPS
from sample_office.steps import Step, Ware
from sample_office.visits import visit
from sample_office.weeks import DAYS, Weeks

SEED = 952


def plan(wares: Sequence[Ware], today: date, seed: int = SEED) -> list[Step]:
    """All that happens in the eight weeks before `today`, in order. The last of it is on the evening before."""
    weeks = Weeks(random.Random(seed), wares, today)  # noqa: S311 - a sample, no secret
    if not weeks.good:
        return []
    for ago in range(DAYS, 0, -2):
        visit(weeks, today - timedelta(days=ago - weeks.chance.randrange(2)), ago)
    for number, (what, text, has_photo) in enumerate(texts.REPORTS):
        report(weeks, number, what, text, has_photo)
    packs_seen_twice(weeks)
    for number, shop in enumerate((*SHOPS, *SHOPS)):
        audit(weeks, number, shop)
    return weeks.time.in_order()

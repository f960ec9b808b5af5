"""Which fault meets which request: decided by the seed alone, so that a failed run can be had again."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.faults.kinds import KINDS


@dataclass(frozen=True)
class Fault:
    """What happens to one request. `draw` decides its details (where it is cut, how long it waits)."""

    kind: str
    draw: random.Random = field(repr=False)


@dataclass(frozen=True)
class Plan:
    """A fault for about `rate` of all requests, and kills, renames and moves at fixed numbers of requests.

    The n-th request to arrive meets the n-th fault of the seed. Which request is the n-th depends on how the threads
    of both ends interleave; which fault it meets does not.
    """

    seed: int
    rate: float = 0.12
    requests: int = 3000
    app_kills: int = 0
    server_kills: int = 0
    database_kills: int = 0
    renames: int = 0
    moves: int = 0
    kinds: tuple[str, ...] = tuple(kind.name for kind in KINDS.values() if kind.often)

    def at(self, n: int) -> Fault | None:
        """What the n-th request (from 1) meets; None: it passes."""
        draw = random.Random(f"{self.seed}/{n}")
        kind = self.kills.get(n)
        if kind is None and draw.random() < self.rate:
            kind = draw.choices(self.kinds, [KINDS[name].often for name in self.kinds])[0]
        return Fault(kind, draw) if kind else None

    @property
    def kills(self) -> dict[int, str]:
        """Which requests see the app, the server or the database killed, the accounts renamed, or the server moved."""
        draw = random.Random(f"{self.seed}/kills")
        names = ["app_killed"] * self.app_kills + ["server_killed"] * self.server_kills
        names += ["account_renamed"] * self.renames + ["address_moved"] * self.moves
        names += ["database_killed"] * self.database_kills
        places = draw.sample(range(10, max(self.requests, 20 + len(names))), len(names))
        return dict(zip(places, names, strict=True))

    def written(self) -> list[str]:
        """The plan as lines to be kept: every fault among the planned requests."""
        faults = ((n, self.at(n)) for n in range(1, self.requests + 1))
        return [f"{n} {fault.kind}" for n, fault in faults if fault]

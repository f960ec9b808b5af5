"""Finds the code closest to a scan line, and the next: exact minima over characters, parity and check digit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np

from services.decoding.linear.layout import Integers, Layout
from services.decoding.linear.templates import Line, Templates

_FREE = np.float32(1e9)
_KEPT = 12
"""How many characters of a slot are kept where an alphabet is large."""


@dataclass(frozen=True)
class LikelyCode:
    """A hypothesis and the choice at each slot, with its squared difference from the scan line."""

    hypothesis: int
    choices: tuple[int, ...]
    cost: float

    def same(self, other: LikelyCode) -> bool:
        """Whether both codes have the same bars."""
        return (self.hypothesis, self.choices) == (other.hypothesis, other.choices)


@dataclass(frozen=True, eq=False)
class _Chain:
    """Costs of choices and of neighbouring choices, with what each adds to the checksum.

    `own[slot]`: hypothesis x choice; `joint[slot]`: hypothesis x choice x next choice; `adds[slot]`: hypothesis x
    choice; `names[slot]`: which choice of the layout each stands for; `bound`: no code outside the chain costs less.
    """

    own: list[Line]
    joint: list[Line]
    adds: list[Integers]
    names: list[Integers]
    layout: Layout
    bound: float
    constant: float


def best(layout: Layout, t: Templates, dark: Line) -> LikelyCode:
    """The code that fits a line of darkness best."""
    chain = _chain(layout, t, dark)
    return _trace(chain, _forward(chain))


def best_two(layout: Layout, t: Templates, dark: Line) -> tuple[LikelyCode, LikelyCode]:
    """The code that fits best and the next one. Where the next was left out, its cost is a lower bound."""
    chain = _chain(layout, t, dark)
    first, lowest, (slot, hypothesis, choice) = _next(chain)
    if lowest == chain.bound:
        return first, replace(first, cost=lowest)
    own = list(chain.own)
    forced = np.full_like(own[slot], _FREE)
    forced[hypothesis, choice] = own[slot][hypothesis, choice]
    own[slot] = forced
    narrowed = replace(chain, own=own)
    return first, _trace(narrowed, _forward(narrowed))


def least_unchecked(layout: Layout, t: Templates, dark: Line) -> float:
    """The cost of the best fitting characters, whatever their check digit or checksum is."""
    chain = _chain(layout, t, dark)
    return float(_reached(chain)[-1].min()) + chain.constant


def best_with_next_cost(layout: Layout, t: Templates, dark: Line) -> tuple[LikelyCode, float]:
    """The code that fits best, and a lower bound on the next one's cost."""
    first, lowest, _ = _next(_chain(layout, t, dark))
    return first, lowest


def _next(chain: _Chain) -> tuple[LikelyCode, float, tuple[int, int, int]]:
    """The best code, the next one's cost (or a bound), and a slot, hypothesis and choice that the next has."""
    ahead = _forward(chain)
    first = _trace(chain, ahead)
    lowest, where = np.inf, (0, 0, 0)
    for slot, (reached, onward) in enumerate(zip(ahead, _backward(chain), strict=True)):
        through = (reached + onward).min(2)  # hypothesis x choice
        through[first.hypothesis, np.flatnonzero(chain.names[slot] == first.choices[slot])] = _FREE
        hypothesis, choice = np.unravel_index(int(through.argmin()), through.shape)
        if through[hypothesis, choice] < lowest:
            lowest, where = float(through[hypothesis, choice]), (slot, int(hypothesis), int(choice))
    return first, min(lowest + chain.constant, chain.bound), where


def _chain(layout: Layout, t: Templates, dark: Line) -> _Chain:
    rest = dark - t.guards
    costs = [
        energy - 2 * (characters @ rest[begin : begin + characters.shape[1]])
        for begin, characters, energy in zip(t.begins, t.characters, t.energy, strict=True)
    ]
    constant = float(rest @ rest)
    if not layout.free:
        own = [cost[choice] + free for cost, choice, free in zip(costs, *_all(layout)[:2], strict=True)]
        return _Chain(own, *_joints(layout, t), layout, np.inf, constant)
    kept, excluded = _promising(layout, costs, t.pairs)
    own = [cost[layout.choices[0, s, k]][None] for s, (cost, k) in enumerate(zip(costs, kept, strict=True))]
    joint = [
        2 * pair[layout.choices[0, s, a][:, None], layout.choices[0, s + 1, b][None, :]][None]
        for s, (pair, a, b) in enumerate(zip(t.pairs, kept[:-1], kept[1:], strict=True))
    ]
    return _Chain(
        own, joint, [layout.sums[:, s, k] for s, k in enumerate(kept)], kept, layout, excluded + constant, constant
    )


@cache
def _all(layout: Layout) -> tuple[list[Integers], list[Line]]:
    """The characters of every choice at each slot, and costs that exclude what a hypothesis rules out."""
    slots = range(layout.choices.shape[1])
    ruled_out = [np.where(layout.choices[:, s] >= 0, np.float32(0), _FREE) for s in slots]
    return [layout.choices[:, s] for s in slots], ruled_out


@lru_cache(maxsize=256)
def _joints(layout: Layout, t: Templates) -> tuple[list[Line], list[Integers], list[Integers]]:
    """Costs of neighbouring choices, what choices add to the checksum, and their names: the same for every line."""
    slots = range(layout.choices.shape[1])
    choices = [layout.choices[:, s] for s in slots]
    joint = [2 * t.pairs[s][choices[s][:, :, None], choices[s + 1][:, None, :]] for s in slots[:-1]]
    return joint, [layout.sums[:, s] for s in slots], [np.arange(layout.choices.shape[2]) for _ in slots]


def _promising(layout: Layout, costs: list[Line], pairs: tuple[Line, ...]) -> tuple[list[Integers], float]:
    """The choices of each slot that are in the cheapest chains, check digit aside, and the least cost of any other."""
    choices = [c[c >= 0] for c in layout.choices[0]]
    own = [cost[c] for cost, c in zip(costs, choices, strict=True)]
    steps = [2 * pair[: len(a), : len(b)] for pair, a, b in zip(pairs, own[:-1], own[1:], strict=True)]
    ahead, behind = [own[0]], [np.zeros_like(own[-1])]
    for step, now in zip(steps, own[1:], strict=True):
        ahead.append((ahead[-1][:, None] + step).min(0) + now)
    for step, now in zip(steps[::-1], own[:0:-1], strict=True):
        behind.append((step + (behind[-1] + now)[None]).min(1))
    kept, bound = [], np.inf
    for a, b in zip(ahead, behind[::-1], strict=True):
        through = a + b
        order = np.argsort(through)
        kept.append(np.sort(order[:_KEPT]))
        if len(order) > _KEPT:
            bound = min(bound, float(through[order[_KEPT]]))
    return kept, bound


def _forward(chain: _Chain) -> list[Line]:
    """The least cost up to each hypothesis, choice and checksum at each slot, with a right checksum at the end."""
    reached = _reached(chain)
    at = chain.layout.target[:, None, None] == np.arange(chain.layout.modulus)
    return [*reached[:-1], np.where(at, reached[-1], _FREE)]


def _reached(chain: _Chain) -> list[Line]:
    sums = np.arange(chain.layout.modulus)
    start = np.where(chain.adds[0][:, :, None] % chain.layout.modulus == sums, chain.own[0][:, :, None], _FREE)
    reached = [np.asarray(start, np.float32)]
    for slot, joint in enumerate(chain.joint):
        before = (reached[-1][:, :, None, :] + joint[:, :, :, None]).min(1)
        index = (sums - chain.adds[slot + 1][:, :, None]) % chain.layout.modulus
        reached.append(np.take_along_axis(before, index, 2) + chain.own[slot + 1][:, :, None])
    return reached


def _backward(chain: _Chain) -> list[Line]:
    """The least cost from each hypothesis, choice and checksum at each slot to a complete code."""
    sums = np.arange(chain.layout.modulus)
    last = np.where(chain.layout.target[:, None, None] == sums, np.zeros_like(chain.own[-1])[:, :, None], _FREE)
    onward = [np.asarray(last, np.float32)]
    for slot in range(len(chain.joint) - 1, -1, -1):
        index = (sums + chain.adds[slot + 1][:, :, None]) % chain.layout.modulus
        after = np.take_along_axis(onward[-1], index, 2) + chain.own[slot + 1][:, :, None]
        onward.append((chain.joint[slot].transpose(0, 2, 1)[:, :, :, None] + after[:, :, None]).min(1))
    return onward[::-1]


def _trace(chain: _Chain, reached: list[Line]) -> LikelyCode:
    hypothesis, choice, total = (int(i) for i in np.unravel_index(int(reached[-1].argmin()), reached[-1].shape))
    cost = float(reached[-1][hypothesis, choice, total])
    found = [choice]
    for slot in range(len(chain.joint) - 1, -1, -1):
        total = (total - int(chain.adds[slot + 1][hypothesis, found[-1]])) % chain.layout.modulus
        found.append(int((reached[slot][hypothesis, :, total] + chain.joint[slot][hypothesis, :, found[-1]]).argmin()))
    names = [int(name[c]) for name, c in zip(chain.names, found[::-1], strict=True)]
    return LikelyCode(hypothesis, tuple(names), cost + chain.constant)

"""Platforms to simulate: how many users each audience has, and what a store keeps of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Platform:
    """Users of a platform and sizes of its audiences, the largest first.

    Users join audiences independently of each other: the hardest case for compression.
    """

    users: int
    sizes: NDArray[np.int64]

    @property
    def everything(self) -> NDArray[np.int64]:
        """Sizes with the universe in front, which is an audience too."""
        return np.append(self.users, self.sizes)

    @property
    def memberships(self) -> int:
        """Memberships (user × audience), the universe's included."""
        return int(self.everything.sum())

    @property
    def per_user(self) -> float:
        """Audiences of an average user, the universe left out."""
        return float(self.sizes.sum() / self.users)


def zipf(users: int, audiences: int, largest: float, smallest: float) -> Platform:
    """Return a platform whose sizes fall from `largest` to `smallest` as a power of the rank."""
    exponent = np.log(largest / smallest) / np.log(audiences)
    ranks = np.arange(1, audiences + 1)
    return Platform(users, np.rint(largest / ranks**exponent).astype(np.int64))


def classical(users: int, audiences: int) -> Platform:
    """Return a platform whose r-th audience has half of all users divided by r, 50 at least."""
    sizes = users / 2 / np.arange(1, audiences + 1)
    return Platform(users, np.maximum(np.rint(sizes), 50).astype(np.int64))


@dataclass(frozen=True, slots=True)
class Allocation:
    """What is kept: everybody of an audience up to `k`, else `least` and all below `floor`."""

    floor: float
    k: int
    least: int

    def rates(self, sizes: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return T of audiences of these sizes, the random h₍k+1₎ at its expectation k/n."""
        rates = np.maximum(self.floor, self.least / sizes)
        return np.where(sizes <= self.k, 1.0, np.minimum(rates, 1.0))

    def kept(self, platform: Platform) -> float:
        """Return the expected kept memberships."""
        sizes = platform.everything
        return float((sizes * self.rates(sizes)).sum())


@dataclass(frozen=True, slots=True)
class Rule:
    """How a budget is settled into a floor F and a k.

    k falls by `step` until min(n, k) of every audience fit `share` of the budget; F falls by `step`
    until the users below it fit the rest. With `spare` the floor also has what k leaves, as long as
    k did not have to fall. An audience of more than k users keeps at least k / `divisor`.
    """

    name: str
    share: float = 0.5
    step: float = 0.5
    spare: bool = False
    divisor: int = 1


IN_USE = Rule("in use: finer, spare, a quarter for k", share=0.25, step=2 ** (-1 / 8), spare=True)
"""The rule of overlap.sketches.settling."""

PLAIN = Rule("halving, half for k")
"""A plainer rule to compare with."""

FINER = 2 ** (-1 / 8)


def settle(platform: Platform, budget: int, k: int, rule: Rule = IN_USE) -> Allocation:
    """Return what a rule keeps of a platform, hashes at their expectation.

    All rules only fall as data grow, as merging needs. Σ min(n, k) and Σ n·F only grow with the
    data. With `spare`, F answers to Σ max(min(n, k), n·F) while k is as asked, which only grows
    too, and is at most Σ n·F + share·budget: so a part whose k had not to fall has no lower F than
    a whole whose k had to. All sums can be told from what a part keeps: an audience that was cut
    has more than k users, and all of its users below F are there.
    """
    sizes = platform.everything
    if platform.memberships <= budget:
        return Allocation(1.0, k, k)
    chosen, steps = k, 0
    while chosen > 1 and np.minimum(sizes, chosen).sum() > rule.share * budget:
        steps += 1
        chosen = max(int(k * rule.step**steps), 1)
    floor, steps = 1.0, 0
    while _bound(sizes, floor, chosen, budget, rule, asked=k) > budget:
        steps += 1
        floor = rule.step**steps
    return Allocation(floor, chosen, max(chosen // rule.divisor, 1))


def _bound(
    sizes: NDArray[np.int64], floor: float, k: int, budget: int, rule: Rule, *, asked: int
) -> float:
    if rule.spare and k == asked:
        return float(np.maximum(np.minimum(sizes, k), sizes * floor).sum())
    return float(sizes.sum() * floor + rule.share * budget)


def best_within(platform: Platform, k: int, rule: Rule, fits: Callable[[Allocation], bool]) -> int:
    """Return the largest of 400 budgets whose allocation fits, in kept memberships."""
    budgets = np.geomspace(1e4, platform.memberships, 400).astype(np.int64)
    low, high = 0, len(budgets) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if fits(settle(platform, int(budgets[middle]), k, rule)):
            low = middle
        else:
            high = middle - 1
    return int(budgets[low])

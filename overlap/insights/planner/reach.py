"""What is reached after every step, with intervals: users added, in all, and paid for besides."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from overlap import estimates
from overlap.model import FULL_THETA, Estimate
from overlap.panel import Panel, Sample


@dataclass(frozen=True, slots=True)
class Step:
    """Estimates after one step: users of the category and of anybody, shares 0–1."""

    new: Estimate
    cumulative: Estimate
    share: Estimate
    reached: Estimate
    efficiency: Estimate


class _Hits(NamedTuple):
    """Kept users of one step at its threshold."""

    theta: int
    rate: float
    new: int
    new_anybody: int
    category: int
    reached: int
    reached_anybody: int


@dataclass(slots=True)
class Account:
    """Users reached so far, counted among those who did not choose the steps.

    A step is counted at the smallest threshold of the category and of the audiences so far. Steps
    at one threshold are one union sample; sums over several thresholds, whose new users are
    different people, add up their distances (MOVER, Zou and Donner 2008). `choosers` are the users
    that do not count where not everybody was kept, half of all, or None.
    """

    panel: Panel
    category: Sample
    choosers: BitMap | None
    size: Estimate
    _union: Sample | None = None
    _steps: list[_Hits] = field(default_factory=list)

    def after(self, audience: Sample) -> Step:
        """Return the estimates if this audience came next."""
        return self._estimate([*self._steps, self._count(audience)])

    def add(self, audience: Sample) -> None:
        """Take an audience into the plan."""
        self._steps.append(self._count(audience))
        self._union = self._joined(audience)

    def _joined(self, audience: Sample) -> Sample:
        if self._union is None:
            return audience
        theta = min(audience.theta, self._union.theta)
        mine, theirs = (self.panel.below(s, theta).users for s in (self._union, audience))
        return Sample(mine | theirs, theta)

    def _count(self, audience: Sample) -> _Hits:
        joined = self._joined(audience)
        theta = min(joined.theta, self.category.theta)
        category, now = (self._judged(s, theta) for s in (self.category, joined))
        before = BitMap() if self._union is None else self._judged(self._union, theta)
        inside = category & now
        return _Hits(
            theta=theta,
            rate=self._rate(theta),
            new=len(inside) - inside.intersection_cardinality(before),
            new_anybody=len(now) - now.intersection_cardinality(before),
            category=len(category),
            reached=len(inside),
            reached_anybody=len(now),
        )

    def _judged(self, sample: Sample, theta: int) -> BitMap:
        users = self.panel.below(sample, theta).users
        return users if self.choosers is None or theta == FULL_THETA else users - self.choosers

    def _rate(self, theta: int) -> float:
        part = 1.0 if self.choosers is None or theta == FULL_THETA else 0.5
        return theta / FULL_THETA * part

    def _estimate(self, steps: list[_Hits]) -> Step:
        last = steps[-1]
        by_theta: dict[int, list[_Hits]] = defaultdict(list)
        for step in steps:
            by_theta[step.theta].append(step)
        groups = list(by_theta.values())
        rates = [group[0].rate for group in groups]
        new = [sum(step.new for step in group) for group in groups]
        anybody = [sum(step.new_anybody for step in group) for group in groups]
        cumulative = _at_most(_sum(estimates.counts(new, rates)), self.size)
        if self.size.exact:
            share = _scaled(cumulative, 1 / self.size.value)
        else:
            category = [group[0].category for group in groups]
            share = _sum(estimates.shares(new, category, rates))
        return Step(
            new=estimates.count(last.new, last.rate),
            cumulative=cumulative,
            share=share,
            reached=_sum(estimates.counts(anybody, rates)),
            efficiency=estimates.share(last.reached, last.reached_anybody, last.rate),
        )


def _sum(parts: estimates.Intervals) -> Estimate:
    value = float(parts.value.sum())
    low = value - float(np.sqrt(((parts.value - parts.low) ** 2).sum()))
    high = value + float(np.sqrt(((parts.high - parts.value) ** 2).sum()))
    return Estimate(
        value, low, high, bool(parts.exact.all()), int(parts.sample.sum()), float(parts.rate.min())
    )


def _at_most(estimate: Estimate, size: Estimate) -> Estimate:
    """Return an estimate of a part within its whole, where the whole is known exactly."""
    if not size.exact or estimate.exact:
        return estimate
    value, low, high = (min(x, size.value) for x in (estimate.value, estimate.low, estimate.high))
    return Estimate(value, low, high, False, estimate.sample, estimate.rate)


def _scaled(estimate: Estimate, by: float) -> Estimate:
    return Estimate(
        estimate.value * by, estimate.low * by, estimate.high * by,
        estimate.exact, estimate.sample, estimate.rate,
    )  # fmt: skip

"""The opening score: its gates, its parts, and how far its ranking can be trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from overlap import estimates
from overlap.expressions import And, Audience
from overlap.insights import anchors, floors
from overlap.insights.measures import Measures, ratio
from overlap.model import Grade, Verdict
from overlap.panel import CoOccurrence, Panel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from overlap.insights.anchors import Baseline
    from overlap.model import Window

    Floats = NDArray[np.float64]

LARGEST_RSE = 0.2
"""An overlap with a larger relative standard error is not evidence."""

TOP_TGI = 300.0
"""A cautious TGI of this much already counts in full."""

TOO_FEW, BY_CHANCE, TOO_NOISY = "too_few", "by_chance", "too_noisy"


BEHIND, AHEAD, UNCLEAR = "behind", "ahead", "unclear"

FALSE_DISCOVERIES = 0.05
"""Share of false ones allowed among the overlaps, and among the gaps, that are called more than
chance."""


@dataclass(frozen=True, slots=True, eq=False)
class Behind:
    """How far a brand is behind in segments, q-values of that, and where it is a discovery.

    A gap is `known` where its q-value is at most FALSE_DISCOVERIES and its lower ends, that of the
    interval and the cautious one, are above 0.
    """

    gaps: estimates.Gaps
    q: Floats
    known: NDArray[np.bool_]

    @property
    def headroom(self) -> Floats:
        """The cautious H = 1 − p/p₀, 0 where the gap is not known."""
        return np.where(self.known, self.gaps.headroom, 0.0)

    def standings(self) -> list[str]:
        """Say of each segment whether the brand is known to be behind or ahead, or neither."""
        ahead = (self.q <= FALSE_DISCOVERIES) & (self.gaps.users.high < 0)
        return [
            BEHIND if b else AHEAD if a else UNCLEAR for b, a in zip(self.known, ahead, strict=True)
        ]

    def grades(self) -> list[Grade]:
        """Return how far the evidence for each gap carries, by its relative standard error."""
        users = self.gaps.users
        error = ratio((users.high - users.low) / 2, estimates.normal_quantile(0.95) * users.value)
        # Evidence of so many hits has the relative standard error 1/√hits.
        hits = np.where(self.known, ratio(np.ones_like(error), error**2), 0.0)
        return estimates.grades(hits)


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """A brand among the users of a category: counts per audience of a kind and random group.

    `brand` of `both` kept users of each segment, `brand_all` of `category` kept users of the whole
    category, all int64[audiences, groups] at each audience's `rate`, float64[audiences].
    """

    name: str
    rate: Floats
    brand: NDArray[np.int64]
    both: NDArray[np.int64]
    brand_all: NDArray[np.int64]
    category: NDArray[np.int64]

    @property
    def p0(self) -> Floats:
        """Penetration of the brand in the whole category, at each segment's rate."""
        return ratio(self.brand_all.sum(axis=1), self.category.sum(axis=1))

    def hidden(self, floor: int) -> NDArray[np.bool_]:
        """Return where too few are with or without the brand, in the segment or around it."""
        x, n, X, N = (
            c.sum(axis=1) / self.rate
            for c in (self.brand, self.both, self.brand_all, self.category)
        )
        return floors.telling(floor, x, n, X, N) | self.category_hidden(floor)

    def category_hidden(self, floor: int) -> bool:
        """Whether too few in the category are with or without the brand."""
        X, N = (c.sum(axis=1) / self.rate for c in (self.brand_all, self.category))
        return bool(floors.part_tells(floor, X, N).any())

    def least_headroom(self, known: Floats, floor: int) -> Floats:
        """Return `known` headroom, of hidden brands what the floor's users of them would leave.

        A score is a formula of what is shown, and so must not be made of what is not.
        """
        x, n = (c.sum(axis=1) / self.rate for c in (self.brand, self.both))
        most = np.where(floors.few(x, floor), 1 - ratio(np.full_like(n, floor), n * self.p0), 0.0)
        most = np.where(known > 0, np.clip(np.nan_to_num(most), 0, 1), 0.0)
        return np.where(self.hidden(floor), most, known)

    def evidence(self, tested: NDArray[np.bool_]) -> Behind:
        """Return how far the brand is behind in each segment, discoveries among the tested."""
        x, n, X, N = (c.sum(axis=1) for c in (self.brand, self.both, self.brand_all, self.category))
        gaps = estimates.brand_gaps(x, n, X, N, self.rate)
        q = discovered(gaps.p, tested)
        known = (q <= FALSE_DISCOVERIES) & (gaps.users.low > 0) & (gaps.headroom > 0)
        return Behind(gaps, q, known)

    def headroom_ratio_without_each(self) -> Floats:
        """Return how 1 − p/p₀ changes, as a ratio, with each group left out.

        float64[audiences, groups], 1 where the brand is not behind.
        """
        p = ratio(_without(self.brand), _without(self.both))
        p0 = ratio(_without(self.brand_all), _without(self.category))
        whole = 1 - ratio(ratio(self.brand.sum(axis=1), self.both.sum(axis=1)), self.p0)
        change = ratio(np.clip(1 - ratio(p, p0), 0, 1), np.clip(whole, 0, 1)[:, None])
        return np.nan_to_num(change, nan=1.0)


def brand_reach(
    panel: Panel,
    category: Audience,
    brand: str | None,
    kind: str,
    base: Baseline,
    window: Window,
    groups: int,
) -> Reach | None:
    """Count a brand's users in every segment of a category, None without a brand."""
    if brand is None:
        return None
    audience = anchors.audience_of(panel, "brand", brand)
    with_brand = panel.sample(And((category, audience)), window)
    whole = panel.below(panel.sample(category, window), with_brand.theta)
    mine = panel.cooccurrence(with_brand, kind, base.sample, window, groups)
    all_ = panel.cooccurrence(whole, kind, base.sample, window, groups)
    return Reach(audience.name, mine.rate, mine.both, all_.both, mine.anchor, all_.anchor)


def gates(m: Measures, overlap_q: Floats, floor: int) -> list[str | None]:
    """Name the gate that keeps each audience from being scored, None where none does."""
    few = ~(m.overlap_low >= max(floor, 1))
    chance = ~((m.tgi_cautious > 100) & (overlap_q <= FALSE_DISCOVERIES))
    noisy = m.rse > LARGEST_RSE
    return [
        TOO_FEW if f else BY_CHANCE if c else TOO_NOISY if n else None
        for f, c, n in zip(few, chance, noisy, strict=True)
    ]


def discovered(p: Floats, tested: NDArray[np.bool_]) -> Floats:
    """Return the q-values of the tested p-values, NaN for the others."""
    return estimates.false_discovery_rates(np.where(tested, p, np.nan))


def verdict(why_not: str | None, behind: bool | None) -> Verdict:
    """Return the verdict of a row that may be shown; `behind` is None without a brand."""
    if why_not == BY_CHANCE:
        return Verdict.BY_CHANCE
    if why_not:
        return Verdict.INSUFFICIENT
    return Verdict.OVERLAP_ONLY if behind is False else Verdict.OPENING


@dataclass(frozen=True, slots=True)
class Scale:
    """The range of sizes a score is spread over, in users."""

    floor: float
    largest: float

    def score(
        self, users_low: Floats, tgi_low: Floats, headroom: Floats | None, momentum: Floats
    ) -> Floats:
        """Return 100 · (S·A·H)^⅓ · M, or 100 · (S·A)^½ · M without headroom."""
        span = math.log(max(self.largest, self.floor * 1.01) / self.floor)
        size = np.clip(np.log(np.maximum(users_low, 1e-9) / self.floor) / span, 0, 1)
        affinity = np.clip(np.log(np.maximum(tgi_low, 1e-9) / 100) / np.log(TOP_TGI / 100), 0, 1)
        mean = np.sqrt(size * affinity) if headroom is None else np.cbrt(size * affinity * headroom)
        score: Floats = 100 * mean * momentum
        return score


def left_out(
    counts: CoOccurrence,
    m: Measures,
    reach: Reach | None,
    headroom: Floats | None,
    scale: Scale,
    momentum: Floats,
    hidden: NDArray[np.bool_],
) -> Floats:
    """Return the scores with each random group of users left out, float64[groups, audiences].

    The lower ends move as the estimates do: their distance is kept as a ratio. The headroom of
    `hidden` brands stays.
    """
    groups = counts.both.shape[1]
    grown = groups / (groups - 1)
    both, a, b = (_without(x).astype(float) for x in (counts.both, counts.anchor, counts.audience))
    n = _without(counts.baseline)
    overlap = both * grown / counts.rate[:, None]
    tgi = 100 * ratio(both * n, a * b)
    low = overlap * ratio(m.overlap_low, m.overlap)[:, None]
    cautious = tgi * ratio(m.tgi_cautious, m.tgi)[:, None]
    if reach is not None and headroom is not None:
        change = np.where(hidden[:, None], 1.0, reach.headroom_ratio_without_each())
        headroom = np.clip(headroom[:, None] * change, 0, 1)
    return scale.score(
        np.nan_to_num(low), np.nan_to_num(cautious), headroom, momentum[:, None]
    ).T  # fmt: skip


def _without(x: NDArray[np.int64] | Floats) -> Floats:
    rest: Floats = x.sum(axis=1, keepdims=True) - x
    return rest

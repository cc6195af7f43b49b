"""The opening score: its gates, its parts, and how far its ranking can be trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from overlap.expressions import And, Audience
from overlap.insights import anchors
from overlap.insights.measures import Measures, ratio
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


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """A brand among the users of a category: counts per audience of a kind and random group.

    `brand` of `both` kept users of each segment, `brand_all` of `category` kept users of the whole
    category, all int64[audiences, groups].
    """

    name: str
    brand: NDArray[np.int64]
    both: NDArray[np.int64]
    brand_all: NDArray[np.int64]
    category: NDArray[np.int64]

    @property
    def p(self) -> Floats:
        """Penetration of the brand in each segment."""
        return ratio(self.brand.sum(axis=1), self.both.sum(axis=1))

    @property
    def p0(self) -> Floats:
        """Penetration of the brand in the whole category, at each segment's rate."""
        return ratio(self.brand_all.sum(axis=1), self.category.sum(axis=1))

    def headroom(self) -> Floats:
        """Return H = 1 − p/p₀ within 0–1."""
        return np.clip(1 - np.nan_to_num(ratio(self.p, self.p0), nan=1.0), 0, 1)

    def headroom_without_each(self) -> Floats:
        """Return H with each group left out, float64[audiences, groups]."""
        p = ratio(_without(self.brand), _without(self.both))
        p0 = ratio(_without(self.brand_all), _without(self.category))
        return np.clip(1 - np.nan_to_num(ratio(p, p0), nan=1.0), 0, 1)


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
    return Reach(audience.name, mine.both, all_.both, mine.anchor, all_.anchor)


def gates(m: Measures, floor: int) -> list[str | None]:
    """Name the gate that keeps each audience from being scored, None where none does."""
    few = ~(m.overlap_low >= max(floor, 1))
    chance = ~(m.tgi_cautious > 100)
    noisy = m.rse > LARGEST_RSE
    return [
        TOO_FEW if f else BY_CHANCE if c else TOO_NOISY if n else None
        for f, c, n in zip(few, chance, noisy, strict=True)
    ]


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
    counts: CoOccurrence, m: Measures, reach: Reach | None, scale: Scale, momentum: Floats
) -> Floats:
    """Return the scores with each random group of users left out, float64[groups, audiences].

    The lower ends move as the estimates do: their distance is kept as a ratio.
    """
    groups = counts.both.shape[1]
    grown = groups / (groups - 1)
    both, a, b = (_without(x).astype(float) for x in (counts.both, counts.anchor, counts.audience))
    n = _without(counts.baseline)
    overlap = both * grown / counts.rate[:, None]
    tgi = 100 * ratio(both * n, a * b)
    low = overlap * ratio(m.overlap_low, m.overlap)[:, None]
    cautious = tgi * ratio(m.tgi_cautious, m.tgi)[:, None]
    headroom = None if reach is None else reach.headroom_without_each()
    return scale.score(
        np.nan_to_num(low), np.nan_to_num(cautious), headroom, momentum[:, None]
    ).T  # fmt: skip


def _without(x: NDArray[np.int64] | Floats) -> Floats:
    rest: Floats = x.sum(axis=1, keepdims=True) - x
    return rest

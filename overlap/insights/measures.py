"""Measures of one anchor against every audience of a kind: DESIGN terms, one array each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from overlap import estimates
from overlap.insights import floors
from overlap.panel import CoOccurrence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """Overlap, affinity and shares per audience; all float64[audiences], users or ratios.

    `shrunk` is the affinity index shrunk towards the other cells, so that it also covers the luck
    of small groups; `rse` is the relative standard error of the overlap from both sketch error and
    sampling noise. `anchor`, `audience` and `baseline` are users at each pair's own rate.
    """

    overlap: Floats
    overlap_low: Floats
    overlap_high: Floats
    exact: NDArray[np.bool_]
    expected: Floats
    excess: Floats
    share_of_anchor: Floats
    share_of_audience: Floats
    jaccard: Floats
    tgi: Floats
    tgi_low: Floats
    tgi_high: Floats
    shrunk: estimates.Shrunk
    rse: Floats
    anchor: Floats
    audience: Floats
    baseline: Floats

    @property
    def tgi_cautious(self) -> Floats:
        """The lower end of the shrunk affinity index."""
        return self.shrunk.low

    def flags(self, floor: int) -> dict[str, NDArray[np.bool_]]:
        """Return the columns that `pairs.suppress` goes by.

        `tiny` are audiences that may not be shown: too few are in them, or in all but them.
        `telling` are overlaps from which too few would follow.
        """
        whole = self.baseline
        return {
            "tiny": floors.part_tells(floor, self.audience, whole),
            "telling": floors.telling(floor, self.overlap, self.anchor, self.audience, whole),
        }


def measure(counts: CoOccurrence) -> Measures:
    """Return the measures of counts, groups added up.

    Expected users are E = A·B/N and TGI = 100·n/E, both from counts at the pair's common rate,
    where the errors of n, A and B partly cancel.
    """
    both, a, b = (
        x.sum(axis=1).astype(float) for x in (counts.both, counts.anchor, counts.audience)
    )
    n = counts.baseline.sum(axis=1)
    overlap = estimates.counts(both, counts.rate)
    tgi = estimates.tgi(both, a, b, n, counts.rate, baseline_rate=counts.baseline_rate)
    expected_hits = ratio(a * b, n)
    shrunk = estimates.shrunk_tgi(both, expected_hits)
    expected = expected_hits / counts.rate
    return Measures(
        overlap=overlap.value,
        overlap_low=overlap.low,
        overlap_high=overlap.high,
        exact=counts.exact & (counts.baseline_rate >= 1),
        expected=expected,
        excess=overlap.value - expected,
        share_of_anchor=ratio(both, a),
        share_of_audience=ratio(both, b),
        jaccard=ratio(both, a + b - both),
        tgi=tgi.value,
        tgi_low=tgi.low,
        tgi_high=tgi.high,
        shrunk=shrunk,
        rse=1 / np.sqrt(np.maximum(both, 1e-12)),
        anchor=a / counts.rate,
        audience=b / counts.rate,
        baseline=n / counts.rate,
    )


def chance_p(counts: CoOccurrence) -> Floats:
    """Return the p-value of independence of the anchor and each audience, groups added up."""
    both, a, b = (x.sum(axis=1) for x in (counts.both, counts.anchor, counts.audience))
    n = counts.baseline.sum(axis=1)
    return estimates.chance_p(both, a, b, n, counts.rate, counts.baseline_rate)


def ratio(top: Floats, bottom: Floats) -> Floats:
    """Return top / bottom, NaN where nothing is below the line."""
    with np.errstate(divide="ignore", invalid="ignore"):
        out: Floats = np.where(bottom > 0, top / bottom, np.nan)
    return out

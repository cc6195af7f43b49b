"""Counts → estimates with intervals; pure maths on arrays, no data."""

from overlap.estimates import series
from overlap.estimates.affinity import excess, expected, tgi
from overlap.estimates.discoveries import chance_p, false_discovery_rates
from overlap.estimates.gaps import Gaps, Range, brand_gaps
from overlap.estimates.intervals import Intervals, normal_quantile
from overlap.estimates.ranks import UNRANKED, rank_intervals
from overlap.estimates.shares import jaccard, share, shares
from overlap.estimates.shrinkage import WEAK_PRIOR, Shrunk, shrunk_tgi
from overlap.estimates.sizes import (
    combine,
    combined,
    count,
    counts,
    grade,
    grades,
    hll_estimate,
    hll_relative_error,
    relative_error,
    smallest_overlap,
)

__all__ = [
    "UNRANKED",
    "WEAK_PRIOR",
    "Gaps",
    "Intervals",
    "Range",
    "Shrunk",
    "brand_gaps",
    "chance_p",
    "combine",
    "combined",
    "count",
    "counts",
    "excess",
    "expected",
    "false_discovery_rates",
    "grade",
    "grades",
    "hll_estimate",
    "hll_relative_error",
    "jaccard",
    "normal_quantile",
    "rank_intervals",
    "relative_error",
    "series",
    "share",
    "shares",
    "shrunk_tgi",
    "smallest_overlap",
    "tgi",
]

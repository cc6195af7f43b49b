"""Which audiences are linked: affinity of all pairs, tested together, shrunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy import sparse

from overlap import estimates
from overlap.hashing import distinct
from overlap.insights.needs_map.records import EDGES_TABLE
from overlap.model import FULL_THETA, UNIVERSE_KIND, AudienceKey
from overlap.panel import Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Every two audiences i < j once: kept users at the pair's rate, arrays of one length."""

    i: Counts
    j: Counts
    both: Counts
    a: Counts
    b: Counts
    n: Floats
    rate: Floats
    base_rate: Floats


def count_pairs(panel: Panel, samples: Sequence[Sample], base: Sample) -> Pairs:
    """Count all pairs of samples, each at the smaller of their rates, inside a base.

    The samples are parts of the base. Memory is two matrices of samples × samples.
    """
    users = [np.asarray(s.users.to_array(), dtype=np.int64) for s in samples]
    theta = np.array([s.theta for s in samples], dtype=np.uint64)
    everybody = np.asarray(base.users.to_array(), dtype=np.int64)
    i, j = np.triu_indices(len(samples), 1)
    common = np.minimum(theta[i], theta[j])
    base_theta = np.minimum(common, np.uint64(base.theta))
    limits = distinct(np.append(theta, np.uint64(base.theta)))
    prefix = np.searchsorted(panel.kept(UNIVERSE_KIND).hashes, limits)
    # How many of each sample lie below each of the few limits there are.
    below = np.array([np.searchsorted(u, prefix) for u in users], dtype=np.int64).reshape(
        len(samples), len(prefix)
    )
    pair, whole = np.searchsorted(limits, common), np.searchsorted(limits, base_theta)
    n = np.searchsorted(everybody, prefix)[whole]
    return Pairs(
        i=i.astype(np.int64),
        j=j.astype(np.int64),
        # Both keep only what lies below their own thresholds: their meeting lies below both.
        both=_shared(users)[i, j],
        a=below[i, pair],
        b=below[j, pair],
        n=n * (common / base_theta),
        rate=common / FULL_THETA,
        base_rate=base_theta / FULL_THETA,
    )


def links(
    keys: Sequence[AudienceKey], pairs: Pairs, *, floor: float, fdr: float, least_tgi: float
) -> pl.DataFrame:
    """Return the pairs that are linked as EDGES_TABLE, the heaviest first.

    Linked are audiences with more users in common than chance gives, where that is a discovery at
    the false discovery rate over all pairs, and the lower end of the TGI, shrunk over all pairs, is
    above `least_tgi`. Overlaps below the floor are tests that found nothing.
    """
    s, a, b = (x.astype(float) for x in (pairs.both, pairs.a, pairs.b))
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where(pairs.n > 0, a * b / pairs.n, np.nan)
    seen = (s / pairs.rate >= max(floor, 1)) & (s > expected)
    p = np.ones(len(s))
    p[seen] = estimates.chance_p(
        s[seen], a[seen], b[seen], pairs.n[seen], pairs.rate[seen], pairs.base_rate[seen]
    )
    q = estimates.false_discovery_rates(p)
    found = np.flatnonzero(seen & (q <= fdr))
    if not len(found):
        return EDGES_TABLE.to_frame()
    shrunk = estimates.shrunk_tgi(s, expected).low
    at = found[shrunk[found] > least_tgi]
    overlap = estimates.counts(s[at], pairs.rate[at])
    tgi = estimates.tgi(s[at], a[at], b[at], pairs.n[at], pairs.rate[at], pairs.base_rate[at])
    return (
        pl.DataFrame(
            {
                "kind": [keys[k].kind for k in pairs.i[at]],
                "name": [keys[k].name for k in pairs.i[at]],
                "other_kind": [keys[k].kind for k in pairs.j[at]],
                "other": [keys[k].name for k in pairs.j[at]],
                "overlap_users": overlap.value,
                "overlap_low": overlap.low,
                "overlap_high": overlap.high,
                "exact": tgi.exact,
                "expected_users": expected[at] / pairs.rate[at],
                "tgi": tgi.value,
                "tgi_low": tgi.low,
                "tgi_high": tgi.high,
                "tgi_shrunk_low": shrunk[at],
                "weight": np.log(shrunk[at] / 100),
                "p_value": p[at],
                "q_value": q[at],
            },
            schema=EDGES_TABLE,
        )
        .sort(["weight", "kind", "name", "other_kind", "other"],
              descending=[True, False, False, False, False])
    )  # fmt: skip


def _shared(users: Sequence[Counts]) -> Counts:
    sizes = [len(u) for u in users]
    numbers = np.concatenate([*users, np.empty(0, dtype=np.int64)])
    matrix = sparse.csr_matrix(
        (np.ones(len(numbers), dtype=np.int32), numbers, np.concatenate([[0], np.cumsum(sizes)])),
        shape=(len(users), int(numbers.max(initial=0)) + 1),
    )
    return (matrix @ matrix.T).toarray().astype(np.int64)  # type: ignore[no-any-return]

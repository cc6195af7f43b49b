"""Compiled loop for the exact tails of a sum of overlaps; no interpreter lock, no state."""

# numba types are not annotated; what goes in and out stands in each docstring.
# mypy: disable-error-code="no-untyped-def,untyped-decorator,no-untyped-call"

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def tails(both, having, part, whole, out):
    """Write the tails of sums of independent hypergeometric overlaps to `out` float64[cells, 2].

    Overlaps are of `having` with `part` among `whole`, float64[cells, strata] of whole numbers;
    `both` float64[cells] is what was found. P(S ≥ both) comes first, then P(S ≤ both).
    """
    for i in range(len(both)):
        most, least = 0, 0
        for h in range(having.shape[1]):
            most += int(min(having[i, h], part[i, h]))
            least += int(max(0.0, having[i, h] + part[i, h] - whole[i, h]))
        chance = np.zeros(most - least + 1)
        chance[0] = 1.0
        end = 1
        for h in range(having.shape[1]):
            b, a, n = having[i, h], part[i, h], whole[i, h]
            low, high = int(max(0.0, a + b - n)), int(min(a, b))
            if high == low:
                continue
            terms = np.empty(high - low + 1)
            for s in range(low, high + 1):
                terms[s - low] = math.exp(
                    math.lgamma(b + 1) - math.lgamma(s + 1.0) - math.lgamma(b - s + 1)
                    + math.lgamma(n - b + 1) - math.lgamma(a - s + 1)
                    - math.lgamma(n - b - a + s + 1)
                    - math.lgamma(n + 1) + math.lgamma(a + 1) + math.lgamma(n - a + 1)
                )  # fmt: skip
            after = np.zeros(end + high - low)
            for s in range(end):
                for t in range(high - low + 1):
                    after[s + t] += chance[s] * terms[t]
            end += high - low
            chance[:end] = after
        at = int(both[i]) - least
        out[i, 0] = chance[at:].sum()
        out[i, 1] = chance[: at + 1].sum()

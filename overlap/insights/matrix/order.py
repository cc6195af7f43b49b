"""The order of a matrix: audiences that attract the same ones stand together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_FURTHEST = np.log(10.0)
"""A TGI of 1,000, or of 10, is as far from chance as any: outliers do not decide the order."""


def logs(tgi: Floats, *, mirrored: bool) -> Floats:
    """Return ln(TGI/100) of a matrix for clustering, 0 where nothing is known.

    `mirrored` says that rows and columns are the same audiences: each is then as close to itself
    as the closest two are to each other.
    """
    with np.errstate(divide="ignore"):
        x = np.clip(np.log(tgi / 100), -_FURTHEST, _FURTHEST)
    known = ~np.isnan(x)
    most = float(x[known].max()) if known.any() else 0.0
    x = np.where(known, x, 0.0)
    if mirrored:
        np.fill_diagonal(x, max(most, 0.0))
    return x


def clustered(x: Floats, weight: Floats) -> list[int]:
    """Return the order of the rows of a matrix without gaps; the same for the same numbers.

    Average linkage of Euclidean distances, the leaves ordered so that neighbours are nearest
    (Bar-Joseph et al. 2001). Of the two directions the one with more `weight` in its first half is
    taken. Rows in which nothing is known are all alike and come last.
    """
    blank = ~x.any(axis=1)
    told = np.flatnonzero(~blank)
    order = told
    if len(told) > 2:
        order = told[leaves_list(linkage(x[told], method="average", optimal_ordering=True))]
    half = len(order) // 2
    if half and weight[order[:half]].sum() < weight[order[-half:]].sum():
        order = order[::-1]
    return [*order.tolist(), *np.flatnonzero(blank).tolist()]

"""Where everything stands on the map: the same data in the same place, new data near the old."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]

NEAREST = 6
"""Links of each audience that its place is made of: its strongest, and those it is strongest of."""
LOOSE, CLOSE = 0.5, 0.45
"""A link of weight w is 1 / (LOOSE + w) long, and nothing is nearer than CLOSE."""
APART, AWAY = 0.75, 2.2
"""What no path joins is as far apart as this part of the longest path, and as so many of the
longest links."""

_STEPS, _SETTLED = 300, 1e-5
_STAY = 0.25
"""How much a place of before counts beside all the distances that draw at it."""
_GOLDEN = np.pi * (3 - np.sqrt(5))
_RING, _PER_RING, _RING_GAP = 1.1, 48, 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Links between audiences 0 … nodes − 1: both ends int64[links], weights float64[links]."""

    nodes: int
    i: Places
    j: Places
    weight: Floats


def layout(graph: Graph, before: Floats | None = None) -> Floats:
    """Return the places of the nodes, float64[nodes, 2].

    Linked nodes are placed by majorising the stress of their distances along the links (de Leeuw
    1977; Gansner, Koren and North 2004), each pair weighted by 1/d², starting from classical
    scaling of the distances, whose axes have their heavier tail on the positive side; the middle is
    then 0 and the farthest 1 away. Nodes without a link stand on rings around them. No part of it
    is random. `before` has the places the nodes had, NaN for new ones: they are where it starts,
    hold what stood there, and the result is turned, shifted and scaled to them as closely as it
    goes.
    """
    linked = np.zeros(graph.nodes, dtype=bool)
    linked[graph.i], linked[graph.j] = True, True
    out = np.zeros((graph.nodes, 2))
    known = _known(before, graph.nodes)
    if linked.any():
        number = np.cumsum(linked) - 1
        part = Graph(int(linked.sum()), number[graph.i], number[graph.j], graph.weight)
        old = before[linked] if before is not None and known[linked].any() else None
        out[linked] = _linked(part, old)
    return _around(out, linked, before, known)


def _known(before: Floats | None, nodes: int) -> NDArray[np.bool_]:
    """Return which nodes had a place before."""
    if before is None:
        return np.zeros(nodes, dtype=bool)
    return np.asarray(np.isfinite(before).all(axis=1))


def _linked(graph: Graph, before: Floats | None) -> Floats:
    d = distances(graph)
    if before is None:
        x = _majorise(d, _start(d))
        x -= x.mean(axis=0)
        reach: Floats = x / max(float(np.hypot(*x.T).max()), 1e-12)
        return reach
    known = _known(before, graph.nodes)
    x = _filled(before, known, graph)
    size = _scale(x, d)
    x = _majorise(d, x * size, np.where(known[:, None], x * size, 0.0), known)
    return _aligned(x, before, known)


def distances(graph: Graph) -> Floats:
    """Return how far apart nodes should be: the shortest way along their strongest links."""
    i, j, w = strongest(graph)
    length = np.maximum(1 / (LOOSE + np.maximum(w, 0)), CLOSE)
    links = sparse.coo_matrix((length, (i, j)), shape=(graph.nodes, graph.nodes)).tocsr()
    d: Floats = csgraph.shortest_path(links, directed=False)
    joined = np.isfinite(d)
    away = max(APART * float(d[joined].max()), AWAY * float(length.max(initial=CLOSE)))
    return np.where(joined, d, away)


def strongest(graph: Graph, most: int = NEAREST) -> tuple[Places, Places, Floats]:
    """Return the links that are among the strongest `most` of either end."""
    order = np.lexsort((graph.j, graph.i, -graph.weight))
    count = np.zeros(graph.nodes, dtype=np.int64)
    kept = []
    for link in order.tolist():
        i, j = graph.i[link], graph.j[link]
        if count[i] < most or count[j] < most:
            kept.append(link)
        count[i] += 1
        count[j] += 1
    at = np.array(sorted(kept), dtype=np.int64)
    return graph.i[at], graph.j[at], graph.weight[at]


def _start(d: Floats) -> Floats:
    """Return classical scaling of distances (Torgerson 1952), never on one line."""
    square = d**2
    centred = -0.5 * (square - square.mean(axis=0) - square.mean(axis=1)[:, None] + square.mean())
    values, vectors = np.linalg.eigh(centred)
    x: Floats = vectors[:, ::-1][:, :2] * np.sqrt(np.maximum(values[::-1][:2], 0))
    if x.shape[1] < 2:
        x = np.pad(x, ((0, 0), (0, 2 - x.shape[1])))
    tail = np.sign((x**3).sum(axis=0))
    x = x * np.where(tail == 0, 1, tail)
    return x + 1e-3 * float(d.max()) * _sunflower(len(d))


def _sunflower(n: int) -> Floats:
    """Return n places spread evenly over a disc of radius 1."""
    k = np.arange(n)
    radius = np.sqrt((k + 0.5) / max(n, 1))
    return np.stack([radius * np.cos(k * _GOLDEN), radius * np.sin(k * _GOLDEN)], axis=1)


def _majorise(
    d: Floats, x: Floats, hold: Floats | None = None, held: NDArray[np.bool_] | None = None
) -> Floats:
    """Return places of less stress, holding some with a spring to where they were."""
    n = len(d)
    if n < 2:
        return x
    weight = 1 / np.maximum(d, 1e-12) ** 2
    np.fill_diagonal(weight, 0)
    v = np.diag(weight.sum(axis=1)) - weight
    pull = np.zeros(n) if held is None else _STAY * np.where(held, np.diag(v), 0.0)
    # One on every cell of V leaves the middle where it is and makes it invertible.
    inverse = np.linalg.inv(v + np.diag(pull) + (1.0 if not pull.any() else 0.0))
    last = float(np.finfo(np.float64).max)
    for _ in range(_STEPS):
        apart = np.hypot(*(x[:, None] - x[None]).transpose(2, 0, 1))
        stress = float((weight * (apart - d) ** 2).sum() / 2)
        if hold is not None:
            stress += float((pull * ((x - hold) ** 2).sum(axis=1)).sum())
        if stress > last * (1 - _SETTLED):
            break
        last = stress
        b = -weight * d / np.maximum(apart, 1e-12)
        np.fill_diagonal(b, 0)
        np.fill_diagonal(b, -b.sum(axis=1))
        target = b @ x
        if hold is not None:
            target += pull[:, None] * hold
        x = inverse @ target
    return x


def _filled(before: Floats, known: NDArray[np.bool_], graph: Graph) -> Floats:
    """Return places of before; new nodes stand among those they are linked to."""
    x = np.where(known[:, None], before, 0.0)
    links = sparse.coo_matrix((graph.weight, (graph.i, graph.j)), shape=(graph.nodes,) * 2)
    links = (links + links.T).tocsr()
    weight = links @ known.astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (links @ x) / weight[:, None]
    middle = np.where(weight[:, None] > 0, middle, x[known].mean(axis=0))
    return np.where(known[:, None], x, middle + 0.02 * _sunflower(graph.nodes))


def _scale(x: Floats, d: Floats) -> float:
    """Return the factor that brings places nearest to the distances they should have."""
    apart = np.hypot(*(x[:, None] - x[None]).transpose(2, 0, 1))
    weight = 1 / np.maximum(d, 1e-12) ** 2
    return float((weight * d * apart).sum() / max(float((weight * apart**2).sum()), 1e-12))


def _aligned(x: Floats, before: Floats, known: NDArray[np.bool_]) -> Floats:
    """Return places turned, mirrored, shifted and scaled to those before (Procrustes)."""
    a, b = x[known], before[known]
    shift_a, shift_b = a.mean(axis=0), b.mean(axis=0)
    a, b = a - shift_a, b - shift_b
    u, s, vt = np.linalg.svd(a.T @ b)
    size = float((a**2).sum())
    if size < 1e-18:
        out: Floats = x - shift_a + shift_b
        return out
    turned: Floats = (x - shift_a) @ (u @ vt) * (float(s.sum()) / size) + shift_b
    return turned


def _around(
    x: Floats, linked: NDArray[np.bool_], before: Floats | None, known: NDArray[np.bool_]
) -> Floats:
    """Place the nodes without a link: where they were, else on rings around the others."""
    alone = np.flatnonzero(~linked)
    if not len(alone):
        return x
    if not linked.any() and not known.any():
        x[alone] = _sunflower(len(alone)) if len(alone) > 1 else 0.0
        return x
    radius = float(np.hypot(*x[linked].T).max()) if linked.any() else 1.0
    outside = known & ~linked
    if before is not None:
        if linked.any():
            outside &= np.hypot(*np.nan_to_num(before).T) > radius
        x[outside] = before[outside]
    taken = sorted(np.arctan2(*x[outside].T[::-1]).tolist())
    for rank, node in enumerate(alone[~outside[alone]].tolist()):
        angle = _gap(taken) if taken else np.pi / 2
        taken = sorted([*taken, angle])
        ring = radius * _RING + _RING_GAP * (rank // _PER_RING)
        x[node] = ring * np.cos(angle), ring * np.sin(angle)
    return x


def _gap(taken: list[float]) -> float:
    """Return the middle of the widest gap between angles, the first of equals."""
    ends = np.array([*taken, taken[0] + 2 * np.pi])
    gaps = np.round(np.diff(ends), 9)
    at = int(gaps.argmax())
    angle = ends[at] + np.diff(ends)[at] / 2
    return float((angle + np.pi) % (2 * np.pi) - np.pi)

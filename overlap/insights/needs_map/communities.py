"""Which audiences belong together, under which number and name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from pyroaring import BitMap

from overlap.insights.needs_map.layout import Graph
from overlap.model import AudienceKey
from overlap.panel import Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 7
CORE = 2
"""The core of a community are the users in so many of its audiences."""
NAMED_BY = 2
"""Terms, or audiences, that a community is named by."""


def communities(graph: Graph) -> NDArray[np.int64]:
    """Return a community of each node, −1 for nodes without a link, int64[nodes].

    The best modularity that the method of Blondel et al. (2008, J. Stat. Mech. P10008) finds from a
    fixed seed, on links in a fixed order. Numbers are those of the first node of each.
    """
    # Loading it takes longer than the rest of the map.
    import networkx as nx

    out = np.full(graph.nodes, -1, dtype=np.int64)
    if not len(graph.i):
        return out
    order = np.lexsort((graph.j, graph.i))
    net = nx.Graph()
    net.add_nodes_from(range(graph.nodes))
    net.add_weighted_edges_from(
        (int(graph.i[k]), int(graph.j[k]), float(graph.weight[k])) for k in order
    )
    net.remove_nodes_from(list(nx.isolates(net)))
    for members in nx.community.louvain_communities(net, weight="weight", seed=SEED):
        out[list(members)] = min(members)
    return out


def numbered(
    found: NDArray[np.int64], users: Sequence[float], before: Sequence[int | None]
) -> NDArray[np.int64]:
    """Return communities numbered from 0, the one of most users first.

    `before` are the numbers the nodes had, None for none: a community keeps the number it shares
    most users with, one number each, so that colours stay; new ones get the first that are free.
    """
    total: dict[int, float] = {}
    shared: dict[tuple[int, int], float] = {}
    for here, size, was in zip(found.tolist(), users, before, strict=True):
        if here >= 0:
            total[here] = total.get(here, 0.0) + size
            if was is not None:
                shared[here, was] = shared.get((here, was), 0.0) + size
    number: dict[int, int] = {}
    for (here, was), _ in sorted(shared.items(), key=lambda kv: (-kv[1], kv[0])):
        if here not in number and was not in number.values():
            number[here] = was
    free = (k for k in range(len(total) + len(shared) + 1) if k not in number.values())
    spare = list(free)
    for here in sorted(total, key=lambda c: (-total[c], c)):
        if here not in number:
            number[here] = spare.pop(0)
    return np.array([number.get(int(c), -1) for c in found], dtype=np.int64)


def core(panel: Panel, members: Sequence[Sample]) -> Sample:
    """Return the users in at least CORE of some audiences, at the smallest of their rates."""
    theta = min(s.theta for s in members)
    once, twice = BitMap(), BitMap()
    for sample in members:
        users = panel.below(sample, theta).users
        twice |= once & users
        once |= users
    return Sample(twice if len(members) >= CORE else once, theta)


def names(
    largest: Mapping[int, Sequence[AudienceKey]], terms: Mapping[int, Sequence[str]]
) -> dict[int, str]:
    """Return a name of each community: its first terms that name no other, else its audiences."""
    taken: set[str] = set()
    out = {}
    for community in sorted(largest):
        said = [term for term in terms.get(community, ()) if term not in taken]
        chosen = said[:NAMED_BY] or [key.name for key in largest[community][:NAMED_BY]]
        taken.update(chosen)
        out[community] = " · ".join(chosen)
    return out

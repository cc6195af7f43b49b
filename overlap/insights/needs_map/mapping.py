"""A panel → its needs map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap import estimates
from overlap.expressions import Audience, Expression, leaves, to_text
from overlap.insights import anchors
from overlap.insights.floors import require_users
from overlap.insights.needs.company import Company
from overlap.insights.needs.people import Crowd, People, both
from overlap.insights.needs_map.communities import communities, core, names, numbered
from overlap.insights.needs_map.layout import Graph, layout
from overlap.insights.needs_map.linking import count_pairs, links
from overlap.insights.needs_map.records import COMMUNITIES_TABLE, NODES_TABLE, NeedsMap
from overlap.members import ALL_PERIODS
from overlap.model import TERM_KIND, UNIVERSE, AudienceKey, Policy, UsageError, Window
from overlap.panel import Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_NODES = 120
"""More audiences than this cannot be told apart on one picture."""
MOST_EVER = 2000
"""Beyond this, all pairs take too long and no picture holds them."""
LEAST_TGI = 120.0
"""Up to here an affinity is about chance."""
_LARGEST = 3


def needs_map(
    panel: Panel,
    *,
    category: str | Expression | None = None,
    kinds: Sequence[str] = ("interest",),
    window: Window = ALL_PERIODS,
    policy: Policy | None = None,
    min_users: int | None = None,
    fdr: float = 0.05,
    least_tgi: float = LEAST_TGI,
    most: int = MOST_NODES,
    previous: NeedsMap | None = None,
) -> NeedsMap:
    """Return the audiences of some kinds, linked by affinity, in communities and in their places.

    Everything is counted among the users of `category` (any expression), everybody without it, all
    of them within the window. The `most` audiences with most users there are taken. Two are linked
    where they share more users than chance gives, as a discovery at the false discovery rate `fdr`
    over all pairs, and the lower end of their shrunk TGI is above `least_tgi`. Communities
    of linked audiences are named by the terms that users of at least two of them say more than
    others do, by their largest audiences where there are no such terms. With the `previous` map,
    what stood there stays about where it was, and communities keep their numbers. The same data
    give the same map. Raises UsageError for unknown names and kinds, a category below the floor,
    and numbers out of range.
    """
    _check(fdr, least_tgi, most)
    floor = anchors.display_floor(policy or Policy(), min_users)
    universe = Audience(UNIVERSE.kind, UNIVERSE.name)
    tree = _category(panel, category)
    base = panel.sample(tree, window)
    if tree != universe:
        users = estimates.count(base.hits, base.rate).value
        require_users(users, floor, what="category of the map", where=to_text(tree))
    own = {AudienceKey(leaf.kind or "", leaf.name) for leaf in leaves(tree)}
    sizes = _sizes(panel, kinds, base, window, own)
    shown = [(key, size) for key, size in sizes if size >= max(floor, 1)]
    keys = sorted(key for key, _ in shown[:most])
    samples = [_inside(panel, key, base, window, everybody=tree == universe) for key in keys]
    edges = links(
        keys, count_pairs(panel, samples, base), floor=floor, fdr=fdr, least_tgi=least_tgi
    )
    graph = _graph(keys, edges)
    old = {} if previous is None else _places(previous)
    before = np.array([old.get(key, (np.nan, np.nan, None))[:2] for key in keys], dtype=np.float64)
    users_of = estimates.counts([s.hits for s in samples], [s.rate for s in samples])
    community = numbered(
        communities(graph),
        users_of.value.tolist(),
        [old[key][2] if key in old else None for key in keys],
    )
    places = layout(graph, before.reshape(-1, 2) if old else None)
    who = Crowd(panel, None if tree == universe else base, window.end)
    groups = _communities(who, keys, samples, community, window, floor, fdr)
    called = dict(groups.select("community", "name").iter_rows())
    nodes = pl.DataFrame(
        {
            "kind": [key.kind for key in keys],
            "name": [key.name for key in keys],
            "users": users_of.value,
            "users_low": users_of.low,
            "users_high": users_of.high,
            "exact": users_of.exact,
            "community": [c if c >= 0 else None for c in community.tolist()],
            "community_name": [called.get(c) for c in community.tolist()],
            "links": np.bincount(np.concatenate([graph.i, graph.j]), minlength=len(keys)),
            "x": places[:, 0],
            "y": places[:, 1],
        },
        schema=NODES_TABLE,
    ).sort(["users", "kind", "name"], descending=[True, False, False])
    return NeedsMap(
        inside=to_text(tree),
        nodes=nodes,
        edges=edges,
        communities=groups,
        hidden=len(sizes) - len(shown),
        left_out=max(len(shown) - most, 0),
    )


def _check(fdr: float, least_tgi: float, most: int) -> None:
    if not 0 < fdr < 1:
        raise UsageError(
            f"a false discovery rate of {fdr:g} is not between 0 and 1",
            cure="0.05 lets one in twenty of the links be luck",
        )
    if not least_tgi >= 100:
        raise UsageError(
            f"a link from a TGI of {least_tgi:g} is none", cure="give an index of 100 or more"
        )
    if not 1 <= most <= MOST_EVER:
        raise UsageError(
            f"a map of {most:,} audiences cannot be drawn", cure=f"ask for 1 to {MOST_EVER:,}"
        )


def _category(panel: Panel, given: str | Expression | None) -> Expression:
    if given is None:
        return Audience(UNIVERSE.kind, UNIVERSE.name)
    if isinstance(given, str) and given in panel.known.get("category", {}):
        return Audience("category", given)
    return panel.resolve(given)


def _sizes(
    panel: Panel, kinds: Sequence[str], base: Sample, window: Window, own: set[AudienceKey]
) -> list[tuple[AudienceKey, float]]:
    """Return the audiences that have users in the base, the largest first."""
    out = []
    for kind in dict.fromkeys(kinds):
        panel.names(kind)
        counts = panel.cooccurrence(base, kind, base, window)
        users = (counts.both[:, 0] / counts.rate).tolist()
        keys = [AudienceKey(kind, name) for name in counts.names]
        out += [(k, n) for k, n in zip(keys, users, strict=True) if n > 0 and k not in own]
    if not kinds:
        raise UsageError("a map of no kind is empty", cure="name a kind, as in --kind interest")
    return sorted(out, key=lambda pair: (-pair[1], pair[0]))


def _inside(
    panel: Panel, key: AudienceKey, base: Sample, window: Window, *, everybody: bool
) -> Sample:
    sample = panel.sample(Audience(key.kind, key.name), window)
    return sample if everybody else both(panel, sample, base)


def _graph(keys: Sequence[AudienceKey], edges: pl.DataFrame) -> Graph:
    number = {key: i for i, key in enumerate(keys)}

    def ends(kind: str, name: str) -> NDArray[np.int64]:
        pairs = edges.select(kind, name).iter_rows()
        return np.array([number[AudienceKey(k, n)] for k, n in pairs], dtype=np.int64)

    return Graph(
        len(keys), ends("kind", "name"), ends("other_kind", "other"), edges["weight"].to_numpy()
    )


def _places(previous: NeedsMap) -> dict[AudienceKey, tuple[float, float, int | None]]:
    rows = previous.nodes.select("kind", "name", "x", "y", "community").iter_rows()
    return {AudienceKey(kind, name): (x, y, community) for kind, name, x, y, community in rows}


def _communities(
    who: Crowd, keys: Sequence[AudienceKey], samples: Sequence[Sample],
    community: NDArray[np.int64], window: Window, floor: int, fdr: float,
) -> pl.DataFrame:  # fmt: skip
    """Return COMMUNITIES_TABLE; terms only of cores that may be shown."""
    company = Company(who, floor, fdr)
    largest: dict[int, list[AudienceKey]] = {}
    terms: dict[int, list[str]] = {}
    cores: dict[int, Sample] = {}
    for number in sorted(set(community.tolist()) - {-1}):
        members = np.flatnonzero(community == number).tolist()
        members.sort(key=lambda i: (-samples[i].hits / samples[i].rate, keys[i]))
        largest[number] = [keys[i] for i in members]
        cores[number] = core(who.panel, [samples[i] for i in members])
        said = []
        if TERM_KIND in who.panel.known and cores[number].hits / cores[number].rate >= floor:
            people = People(window, cores[number], cores[number])
            said = [word["name"] for word in company.words(people, set())]
        terms[number] = said
    called = names(largest, terms)
    sizes = estimates.counts(
        [s.hits for s in cores.values()], [s.rate for s in cores.values()] or 1.0
    )
    frame = pl.DataFrame(
        {
            "community": list(largest),
            "name": [called[c] for c in largest],
            "audiences": [len(keys) for keys in largest.values()],
            "core_users": sizes.value,
            "core_users_low": sizes.low,
            "core_users_high": sizes.high,
            "exact": sizes.exact,
            "largest": [[key.name for key in keys[:_LARGEST]] for keys in largest.values()],
            "terms": list(terms.values()),
        },
        schema=COMMUNITIES_TABLE,
    )
    small = pl.col("core_users") < floor
    return frame.with_columns(
        pl.when(~small).then(pl.col(c)).alias(c)
        for c in ("core_users", "core_users_low", "core_users_high")
    )

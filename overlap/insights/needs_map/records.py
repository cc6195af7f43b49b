"""What a needs map is made of, and how it is read back from the JSON it was written as."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from overlap.model import DataError

NODES_TABLE = pl.Schema(
    {"kind": pl.String, "name": pl.String, "users": pl.Float64, "users_low": pl.Float64,
     "users_high": pl.Float64, "exact": pl.Boolean, "community": pl.Int64,
     "community_name": pl.String, "links": pl.Int64, "x": pl.Float64, "y": pl.Float64}
)  # fmt: skip
"""One row per audience, the largest first. `users` are those inside the category, `links` its
edges; `x` and `y` have no unit: the middle of the map is 0, most of it lies within 1. `community`
is null for audiences without a link."""

EDGES_TABLE = pl.Schema(
    {"kind": pl.String, "name": pl.String, "other_kind": pl.String, "other": pl.String,
     "overlap_users": pl.Float64, "overlap_low": pl.Float64, "overlap_high": pl.Float64,
     "exact": pl.Boolean, "expected_users": pl.Float64, "tgi": pl.Float64, "tgi_low": pl.Float64,
     "tgi_high": pl.Float64, "tgi_shrunk_low": pl.Float64, "weight": pl.Float64,
     "p_value": pl.Float64, "q_value": pl.Float64}
)  # fmt: skip
"""One row per two audiences that are linked, the heaviest first, each pair once. `weight` is
ln(tgi_shrunk_low / 100)."""

_TERMS = pl.List(pl.String())
COMMUNITIES_TABLE = pl.Schema(
    [("community", pl.Int64()), ("name", pl.String()), ("audiences", pl.Int64()),
     ("core_users", pl.Float64()), ("core_users_low", pl.Float64()),
     ("core_users_high", pl.Float64()), ("exact", pl.Boolean()), ("largest", _TERMS),
     ("terms", _TERMS)]
)  # fmt: skip
"""One row per community. `core_users` are in at least two of its audiences; `largest` are names of
audiences, `terms` what its core says more than others."""


@dataclass(frozen=True, slots=True, eq=False)
class NeedsMap:
    """A map: NODES_TABLE, EDGES_TABLE and COMMUNITIES_TABLE.

    `inside` is the category (or everybody) in whose users all is counted; `hidden` counts audiences
    with too few users to be shown, `left_out` those beyond the largest that were asked for.
    """

    inside: str
    nodes: pl.DataFrame
    edges: pl.DataFrame
    communities: pl.DataFrame
    hidden: int = 0
    left_out: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the map as one document of plain values, which `read_map` reads."""
        return {
            "inside": self.inside,
            "hidden": self.hidden,
            "left_out": self.left_out,
            "communities": self.communities.to_dicts(),
            "nodes": self.nodes.to_dicts(),
            "edges": self.edges.to_dicts(),
        }


def read_map(file: Path) -> NeedsMap:
    """Read a map from the JSON that `overlap map --json` printed; raises DataError for another."""
    try:
        document = json.loads(file.read_text("utf-8-sig"))
        nodes, edges, groups = (
            pl.DataFrame(document[part], schema=schema)
            for part, schema in (
                ("nodes", NODES_TABLE),
                ("edges", EDGES_TABLE),
                ("communities", COMMUNITIES_TABLE),
            )
        )
        if nodes.select(pl.any_horizontal(pl.col("kind", "name", "x", "y").is_null()).any()).item():
            raise ValueError("a node without its name or place")
        if not nodes.select(pl.col("x", "y").is_finite().all()).row(0) == (True, True):
            raise ValueError("a node whose place is no number")
        counts = int(document["hidden"]), int(document["left_out"])
        return NeedsMap(str(document["inside"]), nodes, edges, groups, *counts)
    except OSError as error:
        raise DataError(
            f"the map cannot be read: {error.strerror}", where=str(file),
            cure="name a file that `overlap map STORE --json` wrote",
        ) from error  # fmt: skip
    except (ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        raise DataError(
            f"the file is no needs map: {str(error).splitlines()[0] if str(error) else 'empty'}",
            where=str(file),
            cure="name a file that `overlap map STORE --json` wrote",
        ) from error

"""The needs map: audiences linked by affinity, in communities with names, each in its place."""

from overlap.insights.needs_map.mapping import MOST_NODES, needs_map
from overlap.insights.needs_map.records import (
    COMMUNITIES_TABLE,
    EDGES_TABLE,
    NODES_TABLE,
    NeedsMap,
    read_map,
)

__all__ = [
    "COMMUNITIES_TABLE",
    "EDGES_TABLE",
    "MOST_NODES",
    "NODES_TABLE",
    "NeedsMap",
    "needs_map",
    "read_map",
]

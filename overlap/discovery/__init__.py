"""Containment: audiences that hold a large share of an anchor, or of each other."""

from overlap.discovery.containment import (
    CONTAINMENTS,
    CROSSOVER,
    DISCOVERED,
    LEAST,
    containments,
    cooccurrence_with,
    discover,
)
from overlap.discovery.signatures import DiscoveryIndex, signatures

__all__ = [
    "CONTAINMENTS",
    "CROSSOVER",
    "DISCOVERED",
    "LEAST",
    "DiscoveryIndex",
    "containments",
    "cooccurrence_with",
    "discover",
    "signatures",
]

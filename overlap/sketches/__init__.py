"""Kept sets and HyperLogLog registers of every audience: build them, merge them.

The kept set of audience a is S_a = {(h, period, events) : h < T_a} with T_a = max(F, h₍k+1₎): at
least the k smallest hashes, and every hash below the floor rate F. A budget bounds the kept
memberships (user × audience). Where all fit, all are kept, F = 1. Otherwise half of the budget is
for the floor and half for the small audiences: F is the largest of rate, rate/2, rate/4, … with
Σ_a n_a(F) ≤ budget/2, n_a(F) being the users of a below F, and k the largest of spec.k, k/2, k/4, …
with Σ_a min(n_a, k) ≤ budget/2. Both sums count memberships, not rows per period, and neither
depends on the other's choice: so they only grow with the data, which is what lets a merge of parts
find the very F and k of the whole.
"""

from overlap.sketches.merging import build, merge
from overlap.sketches.registers import merge_registers
from overlap.sketches.streaming import SketchBuilder
from overlap.sketches.tables import AUDIENCES, ENTRIES, TOTALS, Sketches, check_spec

__all__ = [
    "AUDIENCES",
    "ENTRIES",
    "TOTALS",
    "SketchBuilder",
    "Sketches",
    "build",
    "check_spec",
    "merge",
    "merge_registers",
]

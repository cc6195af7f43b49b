"""Kept sets and HyperLogLog registers of every audience: build them, merge them.

The kept set of audience a is S_a = {(h, period, events) : h < T_a} with T_a = max(F, h₍k+1₎): at
least the k smallest hashes, and every hash below the floor rate F. A budget bounds the kept
memberships (user × audience). Where all fit, all are kept, F = 1. Otherwise k is the largest of
spec.k · 2^(−i/8) with Σ_a min(n_a, k) ≤ budget/4, and F the largest of rate · 2^(−i/8) for which
the rest fits: Σ_a max(min(n_a, k), n_a(F)) ≤ budget while k is as asked, Σ_a n_a(F) ≤ ¾ budget once
it had to fall (less, where one user of every audience is more than a quarter), n_a(F) being the
users of a below F. All sums count memberships, not rows per
period, and only grow with the data, the last being the stricter: so no part is cut deeper than its
whole, and a merge of parts finds the very F and k of the whole.

Audiences of the kinds in model.FLOOR_ONLY have T_a = F, k or no k, and no registers: their users
at or above the floor need never be looked at.
"""

from overlap.sketches.merging import build, merge
from overlap.sketches.registers import merge_registers
from overlap.sketches.sieving import Sieve, Sifted, Sifting
from overlap.sketches.streaming import SketchBuilder
from overlap.sketches.tables import AUDIENCES, ENTRIES, TOTALS, Sketches, check_spec

__all__ = [
    "AUDIENCES",
    "ENTRIES",
    "TOTALS",
    "Sieve",
    "Sifted",
    "Sifting",
    "SketchBuilder",
    "Sketches",
    "build",
    "check_spec",
    "merge",
    "merge_registers",
]

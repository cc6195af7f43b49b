"""Compiled inner loops; they run without the interpreter lock and hold no state.

Compiled once per machine and kept on disk. `theta` and `hash` are uint64 in units of 2**-63; a
*cell* is one (audience, period), numbered audience · periods + period.
"""

from overlap.kernels.counting import (
    count_below,
    invert,
    sum_periods,
    tally,
    tally_below,
    tally_cells,
    tally_pairs,
    tally_periods,
    tally_used,
)
from overlap.kernels.gathering import count_under, mark, merge_runs, number, scatter
from overlap.kernels.hashing import (
    admit,
    hash_bytes,
    hash_words,
    is_plain,
    remix,
    sift,
    update_registers,
)

__all__ = [
    "admit",
    "count_below",
    "count_under",
    "hash_bytes",
    "hash_words",
    "invert",
    "is_plain",
    "mark",
    "merge_runs",
    "number",
    "remix",
    "scatter",
    "sift",
    "sum_periods",
    "tally",
    "tally_below",
    "tally_cells",
    "tally_pairs",
    "tally_periods",
    "tally_used",
    "update_registers",
]

"""Exchange of sketches with Apache DataSketches and datasketch, as tables of one sketch a row.

A kept set is a theta sketch: Apache keeps of every user the same 63-bit hash, and of every set all
hashes below a theta. So an audience leaves as the very bytes that Apache's library writes, and a
warehouse's compact theta sketches come in as a store. What is given up on the way is said in the
notes of the store: a sketch counts users, not events, and it has no HyperLogLog registers.
"""

from overlap.exchange.exporting import (
    SKETCH_TABLE,
    Form,
    SketchTable,
    sketch_table,
    write_sketches,
)
from overlap.exchange.gathering import Gathering
from overlap.exchange.importing import (
    ImportOptions,
    ImportReport,
    import_sketches,
    parse_period_option,
)
from overlap.exchange.theta import Theta, from_bytes, seed_hash, to_bytes

__all__ = [
    "SKETCH_TABLE",
    "Form",
    "Gathering",
    "ImportOptions",
    "ImportReport",
    "SketchTable",
    "Theta",
    "from_bytes",
    "import_sketches",
    "parse_period_option",
    "seed_hash",
    "sketch_table",
    "to_bytes",
    "write_sketches",
]

"""A store: a folder of immutable parts. The only package that reads and writes them.

    STORE/parts/<id>/part.json         spec, floor, lineage, provenance
                     audiences.parquet  kind, name, theta; sorted, row number = code
                     users.parquet      the kept hashes, ascending; row number = user
                     entries.parquet    audience, user, period, events; sorted
                     totals.parquet     audience, period, events, HyperLogLog registers

A part is written under a temporary name and renamed, so a reader meets all of it or nothing;
reading merges the parts.
"""

from overlap.store.folders import Stamp, changed_at, is_store, stamp
from overlap.store.outlines import Outline, kept_users, read_outline
from overlap.store.reading import Store, read_provenance, read_store
from overlap.store.shared import SharedTime, shared_times
from overlap.store.writing import add_part, compact, merge_stores

__all__ = [
    "Outline",
    "SharedTime",
    "Stamp",
    "Store",
    "add_part",
    "changed_at",
    "compact",
    "is_store",
    "kept_users",
    "merge_stores",
    "read_outline",
    "read_provenance",
    "read_store",
    "shared_times",
    "stamp",
]

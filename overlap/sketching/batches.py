"""Batches of any events → a builder."""

from __future__ import annotations

import numpy as np
import polars as pl

from overlap import hashing
from overlap.audiences import Occurrences
from overlap.sketches import SketchBuilder
from overlap.sketching.numbering import lookup, periods


def feed_batch(
    builder: SketchBuilder, part: Occurrences, batch: pl.DataFrame, key: bytes | None
) -> None:
    """Hash the users of some rows and add what they bear to the builder."""
    for audience in part.always:
        builder.code(audience)
    if batch.is_empty():
        return
    hashes = hashing.hash_users(batch["user"], seed=builder.spec.seed, key=key)
    period = periods(builder, batch["period"].to_physical().to_numpy())
    all_alike = np.zeros(len(hashes), dtype=np.int32)
    for audience in part.always:
        number = np.array([builder.code(audience)], dtype=np.int32)
        builder.add(builder.sieve(number).sift(hashes, all_alike, period), number)
    for column, kind in part.kinds.items():
        names = batch.select(column).with_row_index("row").explode(column).drop_nulls()
        rows = names["row"].to_numpy()
        coded = names[column].cast(pl.Categorical)
        seen = coded.unique()
        numbers = lookup(builder, kind, seen)
        index = coded.to_physical().to_numpy().astype(np.int32)
        builder.add(builder.sieve(numbers).sift(hashes[rows], index, period[rows]), numbers)

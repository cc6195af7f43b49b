"""Occurrences in batches → sketches: hash the users, number the audiences, feed the builder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from overlap import hashing
from overlap.audiences import Occurrences
from overlap.model import AudienceKey, SketchSpec
from overlap.sketches import SketchBuilder, Sketches

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH = 1_000_000
"""Rows of events worked on at once."""


def sketch(
    parts: Iterable[Occurrences], spec: SketchSpec, *, source: str, key: bytes | None = None
) -> Sketches:
    """Build sketches of occurrences in memory bounded by the budget and a batch.

    `source` names the input, so that equal content of different inputs stays two parts. Raises
    DataError when the budget is too small for the number of audiences.
    """
    builder = SketchBuilder(spec)
    for part in parts:
        for audience in part.always:
            builder.code(audience)
        batches = part.frame.collect_batches(chunk_size=BATCH, maintain_order=False)
        for batch in batches:
            _feed(builder, part, batch, key)
    return builder.finish(source)


def _feed(
    builder: SketchBuilder, part: Occurrences, batch: pl.DataFrame, key: bytes | None
) -> None:
    if batch.is_empty():
        return
    hashes = hashing.hash_users(batch["user"], seed=builder.spec.seed, key=key)
    period = _periods(builder, batch["period"])
    for audience in part.always:
        code = np.full(len(batch), builder.code(audience), dtype=np.int32)
        builder.add(hashes, code, period)
    for column, kind in part.kinds.items():
        names = batch.select(column).with_row_index("row").explode(column).drop_nulls()
        rows = names["row"].to_numpy()
        builder.add(hashes[rows], _codes(builder, kind, names[column]), period[rows])


def _periods(builder: SketchBuilder, period: pl.Series) -> NDArray[np.int32]:
    days = period.to_physical()
    seen = days.unique().sort().to_numpy()
    numbers = np.array([builder.period(int(day)) for day in seen], dtype=np.int32)
    if len(seen) == 1:
        return np.full(len(days), numbers[0], dtype=np.int32)
    return numbers[np.searchsorted(seen, days.to_numpy())]


def _codes(builder: SketchBuilder, kind: str, names: pl.Series) -> NDArray[np.int32]:
    coded = names.cast(pl.Categorical)
    seen = coded.unique()
    physical = seen.to_physical().to_numpy()
    if not len(physical):
        return np.empty(0, dtype=np.int32)
    numbers = np.full(int(physical.max()) + 1, -1, dtype=np.int32)
    numbers[physical] = [builder.code(AudienceKey(kind, name)) for name in seen.cast(pl.String)]
    codes: NDArray[np.int32] = numbers[coded.to_physical().to_numpy()]
    return codes
